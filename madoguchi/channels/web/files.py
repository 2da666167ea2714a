"""Files of conversations: what customers on the web send, and what their pages show."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.web.chat import PROBLEMS, Authorised, Use, answered, checked_key
from madoguchi.channels.web.schemas import Replies
from madoguchi.conversations.channel import Incident
from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.conversations.receiving import Settle
from madoguchi.conversations.store import Arrival, KeyReusedError
from madoguchi.conversations.stream import Event
from madoguchi.conversations.tables import InboxRow
from madoguchi.conversations.tokens import is_id
from madoguchi.media.receiving import BrokenOffError, FullError, name_in, received
from madoguchi.media.routes import attachment_response
from madoguchi.media.uploads import RefusedError, Upload, examined, store
from madoguchi.media.wording import refusal, stand_in
from madoguchi.problems import Problem
from madoguchi.services import Services

router = APIRouter(prefix="/api/v1", tags=["chat"])


@router.post(
    "/conversations/{id}/files",
    responses={**PROBLEMS, 202: {"model": Replies, "description": "Replies come on the stream"}},
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        }
    },
)
async def send_file(
    request: Request,
    conversation: Authorised,
    use: Use,
    idempotency_key: Annotated[str | None, Header()] = None,
    x_file_name: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """Take a file, whose bytes are the body, as a message: once per Idempotency-Key."""
    key = checked_key(idempotency_key)
    await use.limits.count_message(conversation.member_id or conversation.id)
    try:
        with use.uploads.place():
            upload = await examined(await received(request), name_in(x_file_name))
            inbound = await _receive(upload, conversation, key, use)
    except FullError:
        raise Problem(429, "too_many_uploads", headers={"Retry-After": "5"}) from None
    except BrokenOffError:
        raise Problem(400, "upload_broken_off") from None
    except RefusedError as error:
        code, values = refusal(error)
        raise Problem(413 if code == "file_too_large" else 422, code, **values) from None
    return await answered(inbound, conversation, use)


async def _receive(upload: Upload, conversation: Conversation, key: str, use: Services) -> Inbound:
    kind = Incident(upload.kind)
    arrival = Arrival(kind=kind, also=_keeping(upload, conversation), digest=upload.digest)
    try:
        inbound, message = await use.store.receive(
            conversation.id, key, text=stand_in(upload.kind), arrival=arrival
        )
    except KeyReusedError:
        raise Problem(422, "key_reused") from None
    if message is not None:
        use.streams.publish(conversation.id, Event("message", message))
    return inbound


def _keeping(upload: Upload, conversation: Conversation) -> Settle:
    """Return what stores the file in the transaction that stores its message."""

    async def keep(session: AsyncSession, inbound_id: int) -> None:
        seq = await session.scalar(select(InboxRow.seq).where(InboxRow.id == inbound_id))
        await store(session, conversation.id, upload, conversation.channel, seq=seq or 0)

    return keep


@router.get("/files/{id}", responses=PROBLEMS, response_class=Response)
async def read_file(
    use: Use,
    file_id: Annotated[str, Path(alias="id")],
    until: Annotated[int, Query(ge=0, le=2**40)],
    signature: Annotated[str, Query(max_length=64)],
) -> Response:
    """Return a file of a message by the address that came with it, so that nothing in it runs."""
    opens = is_id(file_id) and use.links.opens(file_id, until, signature)
    found = await use.messaging.attachments.content(file_id) if opens else None
    if found is None or found[0].seq == 0:
        raise Problem(404, "file_gone")
    return attachment_response(*found, on_other_sites=True)
