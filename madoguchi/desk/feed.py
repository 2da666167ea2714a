"""What happens at the desk, read once for all open pages of this process and handed to each.

One reader looks for changes, however many desks are open. A page that takes its news slowly holds
nobody up: what it cannot take is dropped, and it loads its lists anew.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.conversations.stream import CUSTOMER_TYPING, Event, Streams
from madoguchi.desk.agent import Agent
from madoguchi.desk.changes import Change, Changes
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.chat_news import ChatNews, NewsReader
from madoguchi.desk.looking import Look, Looking, Looks
from madoguchi.desk.seeing import Seeing
from madoguchi.desk.sessions import Session, Sessions
from madoguchi.desk.summaries import Summaries
from madoguchi.desk.workload import Colleague, Workload
from madoguchi.logs import log
from madoguchi.periodic import ended

_LOOK_SECONDS = 0.5
# Many things that happen at once are one look.
_SHORTEST_PAUSE = 0.05
# Who is there, and whose sign-in is over, is looked at every so many seconds.
_PEOPLE_SECONDS = 2.0
# Two writers may be given their numbers in one order and store in the other: so far back a
# change may still appear.
OVERLAP = 50
_QUEUE_LENGTH = 64


@dataclass(frozen=True)
class Typing:
    """That a customer writes, or has stopped, in a chat that stands so."""

    chat_id: str
    on: bool
    owner: str
    holder: str | None


@dataclass(frozen=True)
class News:
    """What one look has found; each page shows of it what its agent may see."""

    cursor: int
    chats: tuple[ChatNews, ...] = ()
    typing: tuple[Typing, ...] = ()
    looking: tuple[Looking, ...] = ()
    # Everybody, when anything of it has changed.
    people: tuple[Colleague, ...] | None = None
    # The sign-ins that are over, or whose agent is something else by now.
    over: frozenset[str] = field(default=frozenset())


class OpenDesk:
    """One open page: its news in order. When it could not take them, it is ``lagged``."""

    def __init__(self, agent: Agent, session: Session) -> None:
        """Be the page of an agent's sign-in."""
        self.agent = agent
        self.session_id = session.id
        self.lagged = False
        self._news: asyncio.Queue[News | None] = asyncio.Queue(_QUEUE_LENGTH)

    def put(self, news: News | None) -> None:
        """Hand over what was found; None ends the page's stream."""
        if self._news.full():
            self.lagged = True
            while not self._news.empty():
                self._news.get_nowait()
        self._news.put_nowait(news)

    async def next(self, timeout: float) -> News | None:
        """Return the next news, None at the end. Raises TimeoutError after so many seconds."""
        return await asyncio.wait_for(self._news.get(), timeout)


class Feed:
    """Looks for news while a page is open, and hands them out."""

    def __init__(
        self,
        changes: Changes,
        reader: NewsReader,
        *,
        seeing: Seeing,
        workload: Workload,
        sessions: Sessions,
        streams: Streams,
    ) -> None:
        """Read through the desk's parts; what the streams hear wakes it at once."""
        self._changes = changes
        self._reader = reader
        self._seeing = seeing
        self._workload = workload
        self._sessions = sessions
        self._streams = streams
        self._desks: set[OpenDesk] = set()
        self._told: OrderedDict[int, None] = OrderedDict()
        self._typing: dict[str, bool] = {}
        self._looks = Looks()
        self._people: tuple[Colleague, ...] = ()
        self._people_at = 0.0
        self._wake = asyncio.Event()
        self._ready = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._log = log("desk")
        # The number up to which the open pages know of all changes.
        self.cursor = 0
        streams.follow(self._happened)

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._go_on())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping = True
        self._wake.set()
        if self._task is not None:
            await ended(self._task)
        self._end_all()

    @contextmanager
    def shown(self, desk: OpenDesk) -> Iterator[None]:
        """Hand a page the news for the length of the block."""
        self._desks.add(desk)
        if self._streams.closed or self._stopping:
            desk.put(None)
        self._wake.set()
        try:
            yield
        finally:
            self._desks.discard(desk)

    async def ready(self) -> int:
        """Return the cursor once every later change will be handed to the open pages."""
        await self._ready.wait()
        return self.cursor

    @property
    def people(self) -> tuple[Colleague, ...]:
        """Everybody at the desk, as of the last look."""
        return self._people

    async def since(self, start: int) -> list[ChatNews] | None:
        """Return what changed after a cursor; None when it cannot be told one by one."""
        newest = await self._changes.newest()
        if not await self._changes.oldest() - 1 <= start <= newest:
            return None
        found = await self._changes.after(max(0, start - OVERLAP))
        if found and found[-1].number < newest:
            return None
        return await self._reader.of(found)

    def _happened(self, conversation_id: str, event: Event) -> None:
        if not self._desks:
            return
        if event.name == CUSTOMER_TYPING and isinstance(event.data, dict):
            self._typing[conversation_id] = event.data.get("on") is True
        elif look := Look.of(event):
            self._looks.hear(conversation_id, look)
        elif event.name not in {"message", "owner"}:
            return
        self._wake.set()

    async def _go_on(self) -> None:
        while not self._stopping:
            self._wake.clear()
            if self._streams.closed:
                self._end_all()
            elif self._desks:
                await self._look_safely()
            else:
                self._forget()
            await self._pause()

    async def _pause(self) -> None:
        if self._desks:
            await asyncio.sleep(_SHORTEST_PAUSE)
        patience = _LOOK_SECONDS if self._desks else None
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), patience)

    def _forget(self) -> None:
        """Know nothing any more: nobody is told what happens from here on."""
        self._ready.clear()
        self._told.clear()
        self._typing.clear()
        self._looks.forget()
        self._people, self._people_at = (), 0.0

    async def _look_safely(self) -> None:
        try:
            await self._look()
        except Exception:  # noqa: BLE001  (the next look may succeed)
            self._log.exception("look failed")

    async def _look(self) -> None:
        if not self._ready.is_set():
            await self._begin()
        new = await self._unseen()
        chats = tuple(await self._reader.of(new))
        typing = await self._typing_now()
        looking = await self._looking_now()
        people, over = await self._people_now(changed=bool(chats))
        if chats or typing or looking or people is not None or over:
            self._hand_out(News(self.cursor, chats, typing, looking, people, over))

    async def _begin(self) -> None:
        self.cursor = await self._changes.newest()
        for change in await self._changes.after(max(0, self.cursor - OVERLAP)):
            if change.number <= self.cursor:
                self._told[change.number] = None
        self._people = tuple(await self._workload.all())
        self._people_at = asyncio.get_running_loop().time()
        self._ready.set()

    async def _unseen(self) -> list[Change]:
        found = await self._changes.after(max(0, self.cursor - OVERLAP))
        new = [each for each in found if each.number not in self._told]
        for change in new:
            self._told[change.number] = None
            self.cursor = max(self.cursor, change.number)
        while len(self._told) > 4 * OVERLAP:
            self._told.popitem(last=False)
        return new

    async def _typing_now(self) -> tuple[Typing, ...]:
        typing, self._typing = self._typing, {}
        places = await self._seeing.places(list(typing)) if typing else {}
        return tuple(Typing(chat, typing[chat], *place) for chat, place in places.items())

    async def _looking_now(self) -> tuple[Looking, ...]:
        chats = list(self._looks.chats)
        return self._looks.take(await self._seeing.places(chats)) if chats else ()

    async def _people_now(
        self, *, changed: bool
    ) -> tuple[tuple[Colleague, ...] | None, frozenset[str]]:
        """Return everybody, when that is another answer than before, and whose sign-in is over."""
        now = asyncio.get_running_loop().time()
        if not changed and now - self._people_at < _PEOPLE_SECONDS:
            return None, frozenset()
        self._people_at = now
        people = tuple(await self._workload.all())
        asked = {desk.session_id: desk.agent.role for desk in self._desks}
        live = await self._sessions.roles_of(list(asked))
        over = frozenset(each for each, role in asked.items() if live.get(each) != role)
        if people == self._people:
            return None, over
        self._people = people
        return people, over

    def _hand_out(self, news: News) -> None:
        for desk in self._desks:
            desk.put(news)

    def _end_all(self) -> None:
        for desk in self._desks:
            desk.put(None)


def desk_feed(engine: AsyncEngine, clock: Clock, streams: Streams) -> Feed:
    """Return the feed of a database."""
    return Feed(
        Changes(engine),
        NewsReader(ChatReader(engine), Summaries(engine, clock)),
        seeing=Seeing(engine),
        workload=Workload(engine, clock),
        sessions=Sessions(engine, clock),
        streams=streams,
    )
