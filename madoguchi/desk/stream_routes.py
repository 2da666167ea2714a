"""The desk's live stream (Server-Sent Events): every change, in order, and none lost."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from madoguchi.desk.agent import Agent
from madoguchi.desk.changes import Change
from madoguchi.desk.gate import allowed
from madoguchi.desk.parts import DeskParts, parts_of
from madoguchi.desk.roles import Action

_LOOK_SECONDS = 0.5
_KEEP_ALIVE_LOOKS = 30
_PRESENCE_LOOKS = 120
# Two writers may be given their numbers in one order and store in the other: so far back a
# change may still appear.
_OVERLAP = 50
# A delivery that ended belongs to one of so many newest messages, as a rule.
_DELIVERED = 10
_NUMBER = re.compile(r"[0-9]{1,12}")

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)


@router.get("/events", response_class=StreamingResponse)
async def events(
    request: Request,
    agent: Annotated[Agent, Depends(allowed(Action.READ))],
    use: Annotated[DeskParts, Depends(parts_of)],
) -> StreamingResponse:
    """Stream changes from ``Last-Event-ID`` on, or from now."""
    last_id = request.headers.get("last-event-id", "")
    start = int(last_id) if _NUMBER.fullmatch(last_id) else None
    return StreamingResponse(
        _chunks(use, agent, start),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _chunks(use: DeskParts, agent: Agent, start: int | None) -> AsyncIterator[bytes]:
    newest = await use.changes.newest()
    # What is older than what is kept cannot be told one by one: the page loads its lists anew.
    gap = start is not None and not await use.changes.oldest() - 1 <= start <= newest
    cursor = newest if start is None or gap else start
    yield b"retry: 2000\n\n"
    yield _event("hello", {"cursor": cursor, "reload": start is None or gap}, cursor)
    told: OrderedDict[int, None] = OrderedDict()
    quiet = looks = 0
    while not use.streams.closed:
        if looks % _PRESENCE_LOOKS == 0:
            await use.handing.seen(agent.id)
        looks += 1
        new = [
            each for each in await use.changes.after(cursor - _OVERLAP) if each.number not in told
        ]
        for change in new:
            told[change.number] = None
            cursor = max(cursor, change.number)
        while len(told) > 4 * _OVERLAP:
            told.popitem(last=False)
        for chunk in await _told(use, new, cursor):
            yield chunk
        quiet = 0 if new else quiet + 1
        if quiet and quiet % _KEEP_ALIVE_LOOKS == 0:
            yield b": keep-alive\n\n"
        await asyncio.sleep(_LOOK_SECONDS)


async def _told(use: DeskParts, new: list[Change], cursor: int) -> list[bytes]:
    """Return the new messages, and one event for each chat that changed, however often it did."""
    chats = list(dict.fromkeys(change.conversation_id for change in new))
    messages = [
        _event("message", {"chat_id": chat, "message": message}, cursor)
        for chat, count in _with_messages(new).items()
        for message in await use.chats.newest(chat, count)
    ]
    summaries = await use.summaries.of(chats)
    return messages + [_event("chat", {"summary": each.as_json()}, cursor) for each in summaries]


def _with_messages(new: list[Change]) -> dict[str, int]:
    """Return how many of a chat's newest messages may be new, or delivered by now."""
    counts = Counter(change.conversation_id for change in new if change.kind == "message")
    for change in new:
        if change.kind == "delivery":
            counts[change.conversation_id] = max(counts[change.conversation_id], _DELIVERED)
    return dict(counts)


def _event(name: str, data: dict[str, Any], number: int) -> bytes:
    text = json.dumps(data, ensure_ascii=False)
    return f"id: {number}\nevent: {name}\ndata: {text}\n\n".encode()
