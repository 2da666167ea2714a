"""The Chat API: the transcript for its customer, as a file or by e-mail."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, ConfigDict, Field

from madoguchi.channels.web.chat import PROBLEMS, Authorised
from madoguchi.clock import TOKYO
from madoguchi.notifications.mail import AddressError
from madoguchi.notifications.transcript_mails import MailOffError, TooOftenError
from madoguchi.problems import Problem
from madoguchi.services import Services, services

router = APIRouter(prefix="/api/v1", tags=["chat"])
Use = Annotated[Services, Depends(services)]
_TEXT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}}}}
}


class Offers(BaseModel):
    """What the widget may offer."""

    transcript_by_email: bool


class TranscriptTo(BaseModel):
    """Where the transcript goes."""

    model_config = ConfigDict(extra="forbid")

    email: str = Field(min_length=3, max_length=254)


class Accepted(BaseModel):
    """The mail is on its way."""

    accepted: bool = True


@router.get("/config")
async def config(use: Use) -> Offers:
    """Return what can be offered to customers as this service is set up."""
    return Offers(transcript_by_email=use.notifying.transcript_mails.offered)


@router.get(
    "/conversations/{id}/transcript",
    responses={**PROBLEMS, **_TEXT},
    response_class=PlainTextResponse,
)
async def transcript(conversation: Authorised, use: Use) -> PlainTextResponse:
    """Return the conversation as a text file, its times in Asia/Tokyo."""
    text = await use.notifying.transcripts.of(conversation.id)
    day = use.clock.now().astimezone(TOKYO).strftime("%Y%m%d")
    return PlainTextResponse(
        text,
        headers={
            "Content-Disposition": f'attachment; filename="chat-{day}.txt"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/conversations/{id}/transcript", status_code=202, responses=PROBLEMS)
async def mail_transcript(body: TranscriptTo, conversation: Authorised, use: Use) -> Accepted:
    """Have the transcript sent to one address, three times a day at most."""
    await use.limits.count_message(conversation.member_id or conversation.id)
    try:
        await use.notifying.transcript_mails.request(conversation.id, body.email)
    except MailOffError:
        raise Problem(409, "mail_off") from None
    except AddressError:
        raise Problem(422, "email_invalid") from None
    except TooOftenError:
        raise Problem(429, "transcript_often") from None
    return Accepted()
