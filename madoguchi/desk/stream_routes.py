"""The desk's live stream (Server-Sent Events): every change of what one may see, none lost."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import StreamingResponse

from madoguchi.desk.agent import Agent
from madoguchi.desk.chat_news import ChatNews, as_json
from madoguchi.desk.feed import News, OpenDesk
from madoguchi.desk.gate import allowed, own_session
from madoguchi.desk.looking import for_others
from madoguchi.desk.parts import DeskParts, parts_of
from madoguchi.desk.roles import Action
from madoguchi.desk.seeing import may_see
from madoguchi.desk.sessions import Session
from madoguchi.desk.workload import Colleague

_KEEP_ALIVE_SECONDS = 15.0
_SEEN_SECONDS = 60.0
_NUMBER = re.compile(r"[0-9]{1,12}")

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)


@router.get("/events", response_class=StreamingResponse)
async def events(
    request: Request,
    own: Annotated[tuple[Agent, Session], Depends(own_session)],
    _may: Annotated[Agent, Depends(allowed(Action.READ))],
    use: Annotated[DeskParts, Depends(parts_of)],
) -> StreamingResponse:
    """Stream changes from ``Last-Event-ID`` on, or from now."""
    last_id = request.headers.get("last-event-id", "")
    start = int(last_id) if _NUMBER.fullmatch(last_id) else None
    return StreamingResponse(
        _chunks(use, own[0], own[1], start),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _chunks(
    use: DeskParts, agent: Agent, session: Session, start: int | None
) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    # From here on everything that changes is kept for this page, so nothing falls in between
    # what it is told at the beginning and what comes.
    desk = OpenDesk(agent, session)
    with use.feed.shown(desk):
        await _to_its_end(use.handing.seen(agent.id))
        cursor = await use.feed.ready()
        missed = await _to_its_end(use.feed.since(start)) if start is not None else None
        yield _hello(cursor, reload=missed is None)
        yield _presence(use.feed.people, cursor)
        for chunk in _chats(agent, missed or (), cursor):
            yield chunk
        async for chunk in _live(use, desk):
            yield chunk


async def _live(use: DeskParts, desk: OpenDesk) -> AsyncIterator[bytes]:
    now = asyncio.get_running_loop().time
    seen_at = now()
    while True:
        try:
            news = await desk.next(_KEEP_ALIVE_SECONDS)
        except TimeoutError:
            yield b": keep-alive\n\n"
        else:
            if news is None:
                return
            if desk.session_id in news.over:
                yield _event("signed_out", "{}", news.cursor)
                return
            if desk.lagged:
                desk.lagged = False
                yield _hello(news.cursor, reload=True)
                yield _presence(use.feed.people, news.cursor)
            for chunk in _shown(desk.agent, news):
                yield chunk
        if now() - seen_at >= _SEEN_SECONDS:
            seen_at = now()
            await _to_its_end(use.handing.seen(desk.agent.id))


def _shown(agent: Agent, news: News) -> Iterator[bytes]:
    yield from _chats(agent, news.chats, news.cursor)
    for each in news.typing:
        if may_see(agent, each.owner, each.holder):
            data = {"chat_id": each.chat_id, "on": each.on}
            yield _event("typing", as_json(data), news.cursor)
    for look in for_others(agent.id, news.looking):
        if may_see(agent, look.owner, look.holder):
            yield _event("looking", as_json(look.as_json()), news.cursor)
    if news.people is not None:
        yield _presence(news.people, news.cursor)


def _chats(agent: Agent, chats: Iterable[ChatNews], cursor: int) -> Iterator[bytes]:
    """Give what is in sight; of another chat only that it is not, and nothing that is in it."""
    for chat in chats:
        if may_see(agent, chat.owner, chat.holder):
            yield from (_event("message", message, cursor) for message in chat.messages)
            yield _event("chat", chat.summary, cursor)
        elif chat.moved:
            yield _event("gone", as_json({"chat_id": chat.id}), cursor)


def _hello(cursor: int, *, reload: bool) -> bytes:
    return _event("hello", as_json({"cursor": cursor, "reload": reload}), cursor)


def _presence(people: Iterable[Colleague], cursor: int) -> bytes:
    return _event("presence", as_json({"agents": [each.as_json() for each in people]}), cursor)


async def _to_its_end[T](work: Coroutine[Any, Any, T]) -> T:
    """Return what is read; a page that goes away meanwhile leaves the connection in order."""
    return await asyncio.shield(work)


def _event(name: str, data: str, number: int) -> bytes:
    return f"id: {number}\nevent: {name}\ndata: {data}\n\n".encode()
