"""Inquiries at the desk over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from pydantic import BaseModel, ConfigDict

from madoguchi.conversations.stream import Event
from madoguchi.desk.action_routes import Said, Worker
from madoguchi.desk.chat_routes import Reader, Use
from madoguchi.desk.inquiries import NoChatError
from madoguchi.desk.notebook import PLACEHOLDER
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.refusals import DeskProblem
from madoguchi.inquiries.model import InquiryState

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,32}$")]


class Moved(BaseModel):
    """The state that an inquiry is put into."""

    model_config = ConfigDict(extra="forbid")

    state: InquiryState


@router.get("/inquiries")
async def list_inquiries(
    _agent: Reader,
    use: Use,
    state: Annotated[InquiryState | None, Query()] = None,
    q: Annotated[str, Query(max_length=100)] = "",
) -> dict[str, Any]:
    """Return inquiries: the open ones unless another state or words are asked for."""
    return {"inquiries": await use.inquiries.listed(state, q.strip().replace("\0", ""))}


@router.get("/inquiries/{number}")
async def read_inquiry(_agent: Reader, use: Use, number: Number) -> dict[str, Any]:
    """Return an inquiry with its history."""
    return {"inquiry": await _found(use, number)}


@router.patch("/inquiries/{number}")
async def move_inquiry(agent: Worker, use: Use, number: Number, body: Moved) -> dict[str, Any]:
    """Put an inquiry into another state."""
    if not await use.inquiries.move(number, body.state):
        raise DeskProblem(404, "chats.inquiry_unknown")
    detail = {"inquiry": number, "state": body.state.value}
    await use.audit.record("inquiry.state", agent.id, detail)
    return {"inquiry": await _found(use, number)}


@router.post("/inquiries/{number}/reply")
async def reply(
    agent: Worker,
    use: Use,
    number: Number,
    body: Said,
    idempotency_key: Annotated[str, Header(pattern=r"^[\x21-\x7e]{1,128}$")],
) -> dict[str, Any]:
    """Answer an inquiry in the customer's chat, once per Idempotency-Key."""
    left = PLACEHOLDER.search(body.text)
    if left is not None:
        raise DeskProblem(422, "chats.placeholder_empty", place=left.group())
    try:
        chat, message = await use.inquiries.reply(number, agent.id, body.text, idempotency_key)
    except LookupError:
        raise DeskProblem(404, "chats.inquiry_unknown") from None
    except NoChatError:
        raise DeskProblem(409, "chats.inquiry_without_chat") from None
    except NotOwnerError:
        raise DeskProblem(409, "chats.nobody_s") from None
    if message is not None:
        use.streams.publish(chat, Event("message", message))
        use.wake_delivery()
        detail = {"inquiry": number, "state": InquiryState.ANSWERED.value, "seq": message.seq}
        await use.audit.record("inquiry.reply", agent.id, detail, chat)
    return {"inquiry": await _found(use, number)}


async def _found(use: Use, number: str) -> dict[str, Any]:
    found = await use.inquiries.get(number)
    if found is None:
        raise DeskProblem(404, "chats.inquiry_unknown")
    return found
