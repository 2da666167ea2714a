"""Inquiries at the desk over HTTP."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict

from madoguchi.conversations.stream import Event
from madoguchi.desk.action_routes import Key, Text, refuse_gaps
from madoguchi.desk.chat_routes import Use
from madoguchi.desk.gate import Reader, Worker
from madoguchi.desk.inquiry_replies import NoWayError, Reply
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.refusals import DeskProblem
from madoguchi.inquiries.history import HistoryFullError
from madoguchi.inquiries.model import InquiryState
from madoguchi.notifications.model import Via

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Number = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,32}$")]


class Moved(BaseModel):
    """The state that an inquiry is put into."""

    model_config = ConfigDict(extra="forbid")

    state: InquiryState


class Answered(BaseModel):
    """An answer, and how it is given; without a way it is the first choice."""

    model_config = ConfigDict(extra="forbid")

    text: Text
    via: Literal["chat", "email", "phone"] | None = None


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
    try:
        moved = await use.inquiries.replies.move(number, agent, body.state)
    except HistoryFullError:
        raise DeskProblem(409, "chats.inquiry_full") from None
    if not moved:
        raise DeskProblem(404, "chats.inquiry_unknown")
    return {"inquiry": await _found(use, number)}


@router.post("/inquiries/{number}/reply")
async def reply(
    agent: Worker,
    use: Use,
    number: Number,
    body: Answered,
    idempotency_key: Key,
) -> dict[str, Any]:
    """Answer an inquiry, or note that somebody telephoned, once per Idempotency-Key."""
    refuse_gaps(body.text)
    via = Via(body.via) if body.via is not None else None
    given = Reply(body.text, idempotency_key, via)
    try:
        told = await use.inquiries.replies.reply(number, agent, given)
    except LookupError:
        raise DeskProblem(404, "chats.inquiry_unknown") from None
    except NoWayError as error:
        raise _no_way(error) from None
    except HistoryFullError:
        raise DeskProblem(409, "chats.inquiry_full") from None
    except NotOwnerError:
        raise DeskProblem(409, "chats.nobody_s") from None
    if told is not None:
        chat, message = told
        use.streams.publish(chat, Event("message", message))
        use.wake_delivery()
    return {"inquiry": await _found(use, number)}


def _no_way(error: NoWayError) -> DeskProblem:
    if error.via is Via.EMAIL:
        return DeskProblem(409, "chats.inquiry_without_mail")
    return DeskProblem(409, "chats.inquiry_without_chat")


async def _found(use: Use, number: str) -> dict[str, Any]:
    found = await use.inquiries.get(number)
    if found is None:
        raise DeskProblem(404, "chats.inquiry_unknown")
    return found
