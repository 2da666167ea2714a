"""The conversation's event stream (Server-Sent Events): what came before, then what comes."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Coroutine
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import SQLAlchemyError

from madoguchi.channels.web.chat import PROBLEMS, Authorised, Use
from madoguchi.channels.web.schemas import MessageOut
from madoguchi.conversations.model import Conversation, Message, Owner
from madoguchi.conversations.store import UnknownConversationError
from madoguchi.conversations.stream import Event, Stream, TooManyStreamsError
from madoguchi.metrics import OPEN_STREAMS
from madoguchi.problems import Problem
from madoguchi.services import Services

_KEEP_ALIVE_SECONDS = 15.0
# Another process may store a message of this conversation. Without a bus nothing tells of it, so
# the page looks by itself: often enough that an answer is not missed, seldom enough to cost little.
_LOOK_SECONDS = 3.0
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
    page = _Page(use, conversation, after)
    yield b"retry: 2000\n\n"
    yield await _owner(use, conversation)
    # The stream was opened before this look at the database, so nothing falls in between;
    # what arrives by both ways is told once, by its number.
    for chunk in await page.unseen():
        yield chunk
    silent = 0.0
    while True:
        patience = _KEEP_ALIVE_SECONDS if use.streams.hears_others else _LOOK_SECONDS
        try:
            event = await stream.next(patience)
        except TimeoutError:
            silent += patience
            if silent >= _KEEP_ALIVE_SECONDS:
                silent = 0.0
                yield b": keep-alive\n\n"
            try:
                chunks = await page.look()
            except UnknownConversationError:
                return
        else:
            if event is None:
                return
            silent = 0.0
            chunks = await page.told(event, lagged=stream.lagged)
            stream.lagged = False
        for chunk in chunks:
            yield chunk


class _Page:
    """What one page has seen of its conversation."""

    def __init__(self, use: Services, conversation: Conversation, seen: int) -> None:
        self._use = use
        self._conversation = conversation
        self._seen = seen

    async def told(self, event: Event, *, lagged: bool) -> list[bytes]:
        """Return what the page gets after an event, or after more of them than it could hold."""
        data = event.data
        if isinstance(data, dict) and not lagged:
            if event.name == "owner" and data.get("owner") in set(Owner):
                self._conversation = replace(self._conversation, owner=Owner(data["owner"]))
            return [_event(event.name, data)]
        if not isinstance(data, dict) and data.seq is not None and not lagged:
            if data.seq <= self._seen:
                return []
            if isinstance(data, Message) and data.seq == self._seen + 1:
                return self._show([data])
        # Two writers may publish in another order than they stored: the database is asked.
        return await self.unseen()

    async def look(self) -> list[bytes]:
        """Return what the page should have been told and was not.

        Raises UnknownConversationError when the conversation was deleted.
        """
        try:
            now = await _to_its_end(self._use.store.get(self._conversation.id))
            unseen = await self.unseen() if now.last_seq > self._seen else []
        except (SQLAlchemyError, OSError):
            # The page keeps its stream, and the next look may succeed.
            return []
        same = now.owner == self._conversation.owner
        changed = [] if same else [await _to_its_end(_owner(self._use, now))]
        self._conversation = now
        return [*changed, *unseen]

    async def unseen(self) -> list[bytes]:
        """Return the stored messages that the page has not seen."""
        reading = self._use.store.messages_after(self._conversation.id, self._seen)
        return self._show(await _to_its_end(reading))

    def _show(self, messages: list[Message]) -> list[bytes]:
        if messages:
            self._seen = messages[-1].seq
        return [_message(message, self._use) for message in messages]


async def _to_its_end[T](reading: Coroutine[Any, Any, T]) -> T:
    """Return what is read; a page that goes away meanwhile leaves the connection in order."""
    return await asyncio.shield(reading)


async def _owner(use: Services, conversation: Conversation) -> bytes:
    """Return who answers; only where people are concerned is there more to say of it."""
    shown: dict[str, Any] = {"owner": conversation.owner, "agent": None, "waiting": None}
    if conversation.owner in {Owner.QUEUE, Owner.AGENT}:
        shown = await use.desk.ownership.shown(conversation.id)
    return _event("owner", shown)


def _message(message: Message, use: Services) -> bytes:
    shown = MessageOut.of(message, use.links.shown)
    return _event("message", shown.model_dump(mode="json"), message.seq)


def _event(name: str, data: dict[str, Any], number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()
