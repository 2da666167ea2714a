"""Transcripts to customers, sent by agents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, StringConstraints

from madoguchi.desk.chat_routes import Readable, Use
from madoguchi.desk.gate import Worker
from madoguchi.desk.refusals import DeskProblem
from madoguchi.notifications.mail import AddressError
from madoguchi.notifications.transcript_mails import MailOffError

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)


class SentTo(BaseModel):
    """Where the transcript goes."""

    model_config = ConfigDict(extra="forbid")

    email: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]


@router.post("/chats/{id}/transcript", status_code=202)
async def mail_transcript(chat: Readable, agent: Worker, use: Use, body: SentTo) -> dict[str, Any]:
    """Have a chat's transcript sent to its customer."""
    try:
        await use.notifying.transcript_mails.request(chat.id, body.email, agent.id)
    except MailOffError:
        raise DeskProblem(409, "chats.mail_off") from None
    except AddressError:
        raise DeskProblem(422, "chats.mail_address") from None
    await use.audit.record("chat.transcript", agent.id, {}, chat.id)
    return {}
