"""The conversation's event stream (Server-Sent Events): what came before, then what comes."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from madoguchi.channels.web.chat import PROBLEMS, Authorised, Use
from madoguchi.channels.web.schemas import MessageOut
from madoguchi.conversations.model import Conversation, Message
from madoguchi.conversations.stream import Event, Stream, TooManyStreamsError
from madoguchi.metrics import OPEN_STREAMS
from madoguchi.problems import Problem
from madoguchi.services import Services

_KEEP_ALIVE_SECONDS = 15.0
_NUMBER = re.compile(r"[0-9]{1,9}")

router = APIRouter(prefix="/api/v1", tags=["chat"])


@router.get(
    "/conversations/{id}/events",
    response_class=StreamingResponse,
    responses={**PROBLEMS, 200: {"content": {"text/event-stream": {}}}},
)
async def events(
    request: Request,
    conversation: Authorised,
    use: Use,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
) -> StreamingResponse:
    """Stream every message numbered above ``after``, and typing and ownership as they change."""
    last_id = request.headers.get("last-event-id", "")
    start = max(after, int(last_id)) if _NUMBER.fullmatch(last_id) else after
    subscription = use.streams.subscribe(conversation.id)
    try:
        stream = subscription.__enter__()
    except TooManyStreamsError:
        raise Problem(429, "too_many_streams", headers={"Retry-After": "10"}) from None

    async def body() -> AsyncIterator[bytes]:
        OPEN_STREAMS.inc()
        try:
            async for chunk in _chunks(use, conversation, stream, start):
                yield chunk
        finally:
            OPEN_STREAMS.dec()
            subscription.__exit__(None, None, None)

    return StreamingResponse(
        body(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _chunks(
    use: Services, conversation: Conversation, stream: Stream, after: int
) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    yield _event("owner", {"owner": conversation.owner, "agent": None, "waiting": None})
    # The stream was opened before this look at the database, so nothing falls in between;
    # what arrives by both ways is told once, by its number.
    seen = after
    for message in await use.store.messages_after(conversation.id, seen):
        seen = message.seq
        yield _message(message)
    while True:
        try:
            event = await stream.next(_KEEP_ALIVE_SECONDS)
        except TimeoutError:
            yield b": keep-alive\n\n"
            continue
        if event is None:
            return
        if isinstance(event.data, Message) or stream.lagged:
            stream.lagged = False
            # Two writers may publish in another order than they stored: the database is asked.
            for message in await _unseen(use, conversation, event, seen):
                seen = message.seq
                yield _message(message)
        else:
            yield _event(event.name, event.data)


async def _unseen(
    use: Services, conversation: Conversation, event: Event, seen: int
) -> list[Message]:
    if isinstance(event.data, Message):
        if event.data.seq <= seen:
            return []
        if event.data.seq == seen + 1:
            return [event.data]
    return await use.store.messages_after(conversation.id, seen)


def _message(message: Message) -> bytes:
    return _event("message", MessageOut.of(message).model_dump(mode="json"), message.seq)


def _event(name: str, data: dict[str, Any] | Message, number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
