"""A process that dies before any of its steps: the next one answers everything once, in order.

Steps are what changes something outside of the process: a transaction's end, and a request to LINE
or to the engine before it leaves and after it was carried out. After the last step nothing that
the process still does reaches anything.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, event, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.events import raw_events
from madoguchi.channels.line.sender import LineSender
from madoguchi.clock import FixedClock
from madoguchi.conversations.channel import Outcome
from madoguchi.conversations.channel_events import EventStore
from madoguchi.conversations.channel_tables import ChannelEventRow, OutboxRow
from madoguchi.conversations.leases import Leases
from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.conversations.outbox import process_name
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import InboxRow
from madoguchi.database import migrate, open_database
from madoguchi.dialogue.state import Standing
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import EngineReply
from madoguchi.knowledge.sentences import sentences
from madoguchi.messaging import Basis, Messaging, running_messaging
from madoguchi.services import file_links
from madoguchi.settings import Settings
from tests.channels.line.test_events import body_of
from tests.line_platform.customer import Customer
from tests.line_platform.events import Event
from tests.line_platform.fake import FakeLine
from tests.support.engine import ScriptedEngine
from tests.support.waiting import until

_AT_ONCE = 6
_FETCH = "結果を見る"
_LEASE_SECONDS = 1.5


class DiedError(Exception):
    """The process is no more."""


class Mortal:
    """Counts a process' steps and lets it die before one of them; None lets it live."""

    def __init__(self, last: int | None = None) -> None:
        self.steps = 0
        self.dead = asyncio.Event()
        self._last = last

    def step(self) -> None:
        """Go on, or die."""
        self.steps += 1
        if self._last is not None and self.steps > self._last:
            self.dead.set()
        self.live()

    def live(self) -> None:
        """Do what leaves no trace."""
        if self.dead.is_set():
            raise DiedError

    def owns(self, database: AsyncEngine) -> None:
        """Let every transaction that writes be a step."""

        @event.listens_for(database.sync_engine, "before_cursor_execute")
        def execute(*_: object) -> None:
            self.live()

        @event.listens_for(database.sync_engine, "commit")
        def commit(connection: Connection) -> None:
            reads = connection.get_execution_options().get("sqlite_begin") == "DEFERRED"
            (self.live if reads else self.step)()


class MortalClient(LineClient):
    """A client of LINE's that dies before a request leaves, or before its answer is read."""

    life: Mortal

    async def reply(self, token: str, messages: Sequence[Any]) -> Outcome:
        """Reply, unless it dies first."""
        self.life.step()
        outcome = await super().reply(token, messages)
        self.life.step()
        return outcome

    async def push(self, to: str, messages: Sequence[Any], retry_key: UUID) -> Outcome:
        """Push, unless it dies first."""
        self.life.step()
        outcome = await super().push(to, messages, retry_key)
        self.life.step()
        return outcome


class MortalEngine(ScriptedEngine):
    """An engine that is asked by a process that may die before and after."""

    life: Mortal

    async def reply(
        self, conversation: Conversation, inbound: Inbound, standing: Standing | None = None
    ) -> EngineReply:
        """Reply, unless the process dies."""
        self.life.step()
        reply = await super().reply(conversation, inbound, standing)
        self.life.step()
        return reply


class World:
    """One database, one customer, and processes that work for them one after another."""

    def __init__(self, line: FakeLine, customer: Customer, file: Path) -> None:
        self.line = line
        self.customer = customer
        self.engine = MortalEngine()
        self._url = f"sqlite+aiosqlite:///{file}"
        self.records = open_database(self._url)

    @asynccontextmanager
    async def process(self, life: Mortal) -> AsyncIterator[tuple[EventStore, Messaging]]:
        """Run the workers on the database until the end of the block or of their life."""
        settings = Settings(env="test", line_api_url=self.line.url, line_site="store")
        clock = FixedClock(self.line.clock.now())
        self.engine.life = life
        async with AsyncExitStack() as stack:
            database = open_database(self._url)
            stack.push_async_callback(database.dispose)
            leases = Leases(database, process_name(), _LEASE_SECONDS)
            life.owns(database)
            await stack.enter_async_context(leases)
            basis = Basis(
                settings=settings,
                database=database,
                clock=clock,
                store=ConversationStore(database, clock),
                streams=Streams(),
                engine=self.engine,
                sentences=sentences(),
                dialogues=DialogueStore(database, clock),
                leases=leases,
                links=file_links(settings, clock),
            )
            _, messaging = await stack.enter_async_context(running_messaging(basis))
            client = MortalClient("madoguchi-demo-line-access-token", url=self.line.url)
            client.life = life
            stack.push_async_callback(client.close)
            sender = messaging.channels["line"].sender
            assert isinstance(sender, LineSender)
            sender._client = client
            yield EventStore(database), messaging

    async def states(self) -> dict[str, set[str]]:
        """Return the states of everything that is stored, by kind."""
        async with AsyncSession(self.records) as session:
            return {
                "events": set(await session.scalars(select(ChannelEventRow.state))),
                "inbox": set(await session.scalars(select(InboxRow.state))),
                "outbox": set(await session.scalars(select(OutboxRow.state))),
            }

    async def at_rest(self) -> bool:
        """Return whether nothing happens any more without the customer."""
        states = await self.states()
        waiting = {"pending", "waiting", "sending"}
        return bool(states["outbox"]) and not waiting & set().union(*states.values())


async def _bring(
    world: World, parts: tuple[EventStore, Messaging], events: Sequence[Event]
) -> bool:
    """Bring a webhook; return whether it was acknowledged."""
    events_store, messaging = parts
    for each in events:
        world.line.platform.reply_tokens.open(each["replyToken"], world.line.clock.now())
    try:
        await events_store.store("line", raw_events(body_of(*events), world.line.clock.now()))
    except DiedError:
        return False
    messaging.intake.wake()
    return True


async def _live_and_live_again(world: World, last: int, texts: Sequence[str]) -> int:
    """Have a process die before its step number ``last`` + 1 and another one go on.

    Returns how many steps the first one took: no more than ``last`` when it did not have to die.
    """
    events = [
        world.line.platform.events.text(world.customer.user.source, text)
        | {"timestamp": world.line.clock.milliseconds() + number}
        for number, text in enumerate(texts)
    ][::-1]
    first = Mortal(last)
    async with AsyncExitStack() as stack:
        try:
            parts = await stack.enter_async_context(world.process(first))
        except DiedError:
            acknowledged = False
        else:
            acknowledged = await _bring(world, parts, events)
            await _dead_or(first, world)
    async with world.process(Mortal()) as parts:
        if not acknowledged:
            await _bring(world, parts, events)
        await until(world.at_rest)
        if "held" in (await world.states())["outbox"]:
            action = world.customer.find(_FETCH).action
            source = world.customer.user.source
            tap = world.line.platform.events.postback(source, action["data"])
            await _bring(world, parts, [tap])

            async def fetched() -> bool:
                return "held" not in (await world.states())["outbox"] and await world.at_rest()

            await until(fetched)
    return first.steps


async def _dead_or(life: Mortal, world: World) -> None:
    died = asyncio.create_task(life.dead.wait())
    rested = asyncio.create_task(until(world.at_rest, 60))
    await asyncio.wait([died, rested], return_when=asyncio.FIRST_COMPLETED)
    for each in (died, rested):
        each.cancel()
    await asyncio.gather(died, rested, return_exceptions=True)


# A process that dies closes nothing.
@pytest.mark.filterwarnings("ignore:.*unclosed database.*:ResourceWarning")
@pytest.mark.filterwarnings("ignore:.*sqlite3.Connection.*:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine_is_away_once", [False, True], ids=["answers", "away-once"])
async def test_whatever_step_a_process_dies_before_every_message_is_answered_once_and_in_order(
    tmp_path: Path, *, engine_is_away_once: bool
) -> None:
    texts = ["一つ目", "二つ目"]
    empty = tmp_path / "empty.db"
    database = open_database(f"sqlite+aiosqlite:///{empty}")
    await migrate(database)  # once: it takes longer than all the rest
    await database.dispose()
    async with FakeLine(quota=None) as line:

        async def check(last: int) -> int:
            file = tmp_path / f"{last}.db"
            shutil.copy(empty, file)
            world = World(line, line.user(f"お客様{last}"), file)
            if engine_is_away_once:
                world.engine.will(world.engine.is_away)
            try:
                steps = await _live_and_live_again(world, last, texts)
                states = await world.states()
                async with AsyncSession(world.records) as session:
                    messages = len(list(await session.scalars(select(InboxRow.id))))
            finally:
                await world.records.dispose()
            seen = [bubble.text for bubble in line.sent(world.customer)]
            answers = [text for text in seen if text.startswith("答え")]
            assert answers == [f"答え: {text}" for text in texts], (last, seen)
            assert messages == len(texts), last
            assert states["events"] | states["inbox"] == {"done"}, last
            assert states["outbox"] <= {"sent", "merged"}, (last, states)
            return steps

        tried = 0
        for numbers in itertools.batched(itertools.count(), _AT_ONCE):
            async with asyncio.TaskGroup() as checks:
                done = [checks.create_task(check(number)) for number in numbers]
            tried += len(done)
            if any(each.result() <= last for last, each in zip(numbers, done, strict=True)):
                break
    # There are two messages with events, turns and deliveries: it died in all of their places.
    assert tried > 20
