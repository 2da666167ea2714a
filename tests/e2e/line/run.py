"""A run of many messages while processes are killed and LINE fails, and what is left of it."""

from __future__ import annotations

import asyncio
import random
import signal
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.tables import ReplyTokenRow
from madoguchi.channels.line.tokens import FRESH
from madoguchi.clock import as_utc
from madoguchi.conversations.channel_tables import ChannelEventRow, ChannelUserRow, OutboxRow
from madoguchi.conversations.tables import InboxRow, MessageRow
from tests.e2e.line.customers import Asker
from tests.e2e.service import Part, WholeService
from tests.line_platform import faults
from tests.line_platform.line import Line

type Blow = tuple[Part, ...]
BLOWS: tuple[Blow, ...] = (
    ("service",),
    ("service",),
    ("service",),
    ("service",),
    ("engine",),
    ("service", "engine"),
)
FAULTS = (
    ("reply", faults.hangs(accepted=True)),
    ("reply", faults.hangs(accepted=False)),
    ("reply", faults.server_error(accepted=True)),
    ("reply", faults.server_error(accepted=True)),
    ("reply", faults.server_error(accepted=False)),
    ("reply", faults.resets(accepted=True)),
    ("push", faults.hangs(accepted=True)),
    ("push", faults.server_error(accepted=True)),
)
_LOOK_SECONDS = 0.25
# So long after a kill nobody takes up the conversations that the dead process worked on.
LEASE_SECONDS = 10.0


@dataclass
class Killer:
    """Kills processes at random moments and notes how long each was away."""

    service: WholeService
    chance: random.Random
    # When each process was killed, and when it worked again.
    absences: list[tuple[float, float]] = field(default_factory=list)
    _watches: list[asyncio.Task[None]] = field(default_factory=list)

    async def strike(self, seconds: float) -> None:
        """Deal all blows, in an order and at moments by chance, within so many seconds."""
        blows = list(BLOWS)
        self.chance.shuffle(blows)
        moments = sorted(self.chance.uniform(0.1, 1.0) * seconds for _ in blows)
        started = time.monotonic()
        for at, parts in zip(moments, blows, strict=True):
            await asyncio.sleep(max(0.0, started + at - time.monotonic()))
            await asyncio.gather(*(self._kill(part) for part in parts))

    async def _kill(self, part: Part) -> None:
        await asyncio.to_thread(self.service.send, part, signal.SIGKILL)
        path = "/healthz" if part == "service" else "/readyz"
        self._watches.append(asyncio.create_task(self._watch(path)))

    async def _watch(self, path: str) -> None:
        started = time.monotonic()
        async with httpx.AsyncClient(timeout=5) as http:
            while not await _is_there(http, self.service.url + path):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_SECONDS)
        self.absences.append((started, time.monotonic()))

    def stretches(self) -> list[float]:
        """Return how many seconds the absences took, those that ran into one another as one."""
        joined: list[tuple[float, float]] = []
        for start, end in sorted(self.absences):
            if joined and start - joined[-1][1] < LEASE_SECONDS:
                joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
            else:
                joined.append((start, end))
        return [end - start for start, end in joined]

    async def rests(self) -> None:
        """Return when everything that was killed works again."""
        await asyncio.gather(*self._watches)


async def spoil(line: Line, chance: random.Random, seconds: float) -> None:
    """Let some calls fail, at moments by chance within so many seconds."""
    moments = sorted(chance.uniform(0, seconds) for _ in FAULTS)
    started = time.monotonic()
    for at, (endpoint, fault) in zip(moments, chance.sample(FAULTS, len(FAULTS)), strict=True):
        await asyncio.sleep(max(0.0, started + at - time.monotonic()))
        line.fail(endpoint, fault)


async def _is_there(http: httpx.AsyncClient, url: str) -> bool:
    try:
        return (await http.get(url)).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@dataclass(frozen=True)
class Exchange:
    """A message as it was stored, with the replies that the inbox names."""

    text: str
    state: str
    told_to_wait: bool
    topics: tuple[str | None, ...]
    replies: tuple[str, ...]
    # Parked, because nobody knows whether it arrived.
    in_doubt: bool


@dataclass(frozen=True)
class Undelivered:
    """A delivery that was given up: why, and how old its reply token was by then."""

    code: str | None
    token_age: timedelta | None

    @property
    def is_rightly_in_doubt(self) -> bool:
        """Return whether its token was too old to tell by it what became of an earlier try."""
        return self.code == "maybe_sent" and self.token_age is not None and self.token_age > FRESH


class Records:
    """What the service has stored, read past it."""

    def __init__(self, database: AsyncEngine) -> None:
        """Read the database."""
        self._database = database

    async def unfinished(self) -> dict[str, int]:
        """Return how much still waits somewhere."""
        open_states = {
            "inbox": (InboxRow.id, InboxRow.state, ("pending",)),
            "channel_events": (ChannelEventRow.id, ChannelEventRow.state, ("pending",)),
            "outbox": (OutboxRow.id, OutboxRow.state, ("waiting", "sending", "held")),
        }
        found = {}
        async with AsyncSession(self._database) as session:
            for name, (number, state, waiting) in open_states.items():
                rows = await session.scalars(select(number).where(state.in_(waiting)))
                found[name] = len(list(rows))
        return {name: count for name, count in found.items() if count}

    async def finished(self, seconds: float) -> dict[str, int]:
        """Return {} once nothing waits any more, else what waits after so many seconds."""
        end = time.monotonic() + seconds
        # A database tells nothing by itself.
        while (waits := await self.unfinished()) and time.monotonic() < end:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        return waits

    async def undelivered(self) -> list[Undelivered]:
        """Return the deliveries that ended other than by being sent."""
        async with AsyncSession(self._database) as session:
            rows = await session.execute(
                select(OutboxRow.code, OutboxRow.ended_at, ReplyTokenRow.at)
                .outerjoin(ReplyTokenRow, ReplyTokenRow.delivery_id == OutboxRow.id)
                .where(OutboxRow.state.in_(("parked", "cancelled")))
            )
            return [Undelivered(code, _between(came, ended)) for code, ended, came in rows]

    async def failed_events(self) -> int:
        """Return how many events were given up."""
        async with AsyncSession(self._database) as session:
            rows = await session.scalars(
                select(ChannelEventRow.id).where(ChannelEventRow.state == "failed")
            )
            return len(list(rows))

    async def exchanges(self, asker: Asker) -> list[Exchange]:
        """Return a customer's messages in the order in which they were stored."""
        async with AsyncSession(self._database) as session:
            conversation = await session.scalar(
                select(ChannelUserRow.conversation_id).where(
                    ChannelUserRow.external_id == asker.customer.id
                )
            )
            messages = {
                row.seq: row
                for row in await session.scalars(
                    select(MessageRow).where(MessageRow.conversation_id == conversation)
                )
            }
            doubts = await session.scalars(
                select(OutboxRow.seqs).where(
                    OutboxRow.conversation_id == conversation,
                    OutboxRow.state == "parked",
                    OutboxRow.code == "maybe_sent",
                )
            )
            doubtful = {number for numbers in doubts for number in numbers}
            inbox = await session.scalars(
                select(InboxRow)
                .where(InboxRow.conversation_id == conversation)
                .order_by(InboxRow.id)
            )
            return [_exchange(row, messages, doubtful) for row in inbox]


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return None if start is None or end is None else as_utc(end) - as_utc(start)


def _exchange(row: InboxRow, messages: dict[int, MessageRow], doubtful: set[int]) -> Exchange:
    numbers = range(row.replies_from or 0, (row.replies_to or -1) + 1)
    # What was told meanwhile, for example to a tap on 「結果を見る」, is a notice.
    replies = [messages[number] for number in numbers if messages[number].kind != "notice"]
    return Exchange(
        messages[row.seq].text,
        row.state,
        row.told_to_wait,
        tuple(reply.topic for reply in replies),
        tuple(reply.text for reply in replies),
        any(reply.seq in doubtful for reply in replies),
    )
