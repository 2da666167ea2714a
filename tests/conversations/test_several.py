"""Several processes on one database: each message answered once, in order, whoever dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest

from madoguchi.clock import FixedClock
from madoguchi.conversations.bus import LocalBus
from madoguchi.conversations.leases import Leases
from madoguchi.conversations.model import Conversation, Customer, Inbound, Message, Sender
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.worker import InboxWorker
from madoguchi.database import migrate, open_database
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import EngineReply
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences
from tests.conversations.conftest import NOW
from tests.support.engine import ScriptedEngine

LONG = 120.0
type OpenOffice = Callable[..., Awaitable[Office]]


class Pensive(ScriptedEngine):
    """An engine that takes its time, so that two questions at once would be seen."""

    @staticmethod
    async def answers(conversation: Conversation, inbound: Inbound) -> EngineReply:
        """Answer after a moment."""
        await asyncio.sleep(0.01)
        return await ScriptedEngine.answers(conversation, inbound)


@pytest.fixture
def engine() -> ScriptedEngine:
    """The engine that all processes ask."""
    return Pensive()


class Machine:
    """The time of the machines, which a test moves."""

    def __init__(self) -> None:
        self.late = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.late


class Office:
    """One process: its own connections, leases, streams and worker."""

    def __init__(
        self, url: str, name: str, engine: ScriptedEngine, hub: set[LocalBus], machine: Machine
    ) -> None:
        self.database = open_database(url)
        clock = FixedClock(NOW)
        self.bus = LocalBus(hub)
        self.streams = Streams(bus=self.bus)
        self.store = ConversationStore(self.database, clock)
        self.leases = Leases(self.database, name, now=machine.now)
        self.worker = InboxWorker(
            self.store,
            self.streams,
            engine,
            catalogue(),
            sentences(),
            dialogues=DialogueStore(self.database, clock),
            leases=self.leases,
        )

    async def write(self, conversation_id: str, text: str) -> Inbound:
        inbound, _ = await self.store.receive(conversation_id, text, text=text)
        self.worker.wake(conversation_id)
        return inbound

    async def answer_to(self, inbound: Inbound) -> Inbound:
        """Return the message when it is answered, by whichever process."""
        answered = await self.worker.wait(inbound, LONG)
        assert answered.done
        return answered

    async def transcript(self, conversation_id: str) -> list[Message]:
        return await self.store.messages_after(conversation_id, 0)


@pytest.fixture
def machine() -> Machine:
    """What the time is."""
    return Machine()


@pytest.fixture
async def open_office(
    database_url: str, engine: ScriptedEngine, machine: Machine
) -> AsyncIterator[OpenOffice]:
    """Open processes on one database, which have only the database in common unless told."""
    first = open_database(database_url)
    await migrate(first)
    await first.dispose()
    async with AsyncExitStack() as stack:

        async def opened(
            name: str, hub: set[LocalBus] | None = None, *, sweeping: bool = True
        ) -> Office:
            office = Office(database_url, name, engine, hub if hub is not None else set(), machine)
            stack.push_async_callback(office.database.dispose)
            await office.bus.start(office.streams)
            stack.push_async_callback(office.bus.close)
            await stack.enter_async_context(office.leases)
            if sweeping:
                await office.worker.start()
            stack.push_async_callback(office.worker.stop)
            return office

        yield opened


async def new_conversation(office: Office) -> str:
    conversation, _, _ = await office.store.open(Customer("web", "store"), [])
    return conversation.id


@pytest.mark.parametrize(
    ("customers", "shared"), [(20, True), (5, False)], ids=["with-bus", "without-bus"]
)
async def test_two_processes_answer_each_message_once_in_order_and_one_by_one(
    open_office: OpenOffice, engine: ScriptedEngine, customers: int, *, shared: bool
) -> None:
    """Every customer writes ten messages to one process and the other in turn."""
    hub: set[LocalBus] | None = set() if shared else None
    one, other = await open_office("one", hub), await open_office("other", hub)
    # SQLite lets those who write wait without order; a crowd of them may wait for ever.
    few = asyncio.Semaphore(4)

    async def converse(customer: int) -> tuple[str, list[str]]:
        conversation = await new_conversation(one)
        texts = [f"質問{customer}-{number}" for number in range(10)]
        waiting = []
        for number, text in enumerate(texts):
            office = (one, other)[(customer + number) % 2]
            async with few:
                inbound = await office.write(conversation, text)
            waiting.append(asyncio.create_task(office.answer_to(inbound)))
        for text, answered in zip(texts, await asyncio.gather(*waiting), strict=True):
            assert [reply.text for reply in answered.replies] == [f"答え: {text}"]
        return conversation, texts

    for conversation, texts in await asyncio.gather(*map(converse, range(customers))):
        transcript = await other.transcript(conversation)
        assert [m.seq for m in transcript] == list(range(1, 21))
        said = [m.text for m in transcript if m.sender is Sender.CUSTOMER]
        replies = [m.text for m in transcript if m.sender is Sender.BOT]
        assert said == texts
        assert replies == [f"答え: {text}" for text in texts]
    # No message was worked on twice, and none beside another one of its conversation.
    assert len(engine.asked) == len(set(engine.asked)) == 10 * customers
    assert engine.most_in_one_conversation == 1


async def test_no_message_is_overlooked_at_the_moment_a_lease_is_given_back(
    open_office: OpenOffice, engine: ScriptedEngine
) -> None:
    """Neither process sweeps, so what both overlook stays unanswered."""
    offices = [await open_office(name, sweeping=False) for name in ("one", "other")]
    conversation = await new_conversation(offices[0])
    texts = [str(number) for number in range(60)]
    waiting = []
    for number, text in enumerate(texts):
        office = offices[number % 2]
        waiting.append((office, await office.write(conversation, text)))
        if number % 3 == 0:
            # The next one comes when the process before is about to give the lease back.
            await office.answer_to(waiting[-1][1])
    for office, inbound in waiting:
        await office.answer_to(inbound)
    assert engine.asked == texts
    assert engine.most_in_one_conversation == 1


async def test_a_process_that_stands_still_gives_no_second_answer(
    open_office: OpenOffice, engine: ScriptedEngine, machine: Machine
) -> None:
    """Its lease runs out in the middle of a turn, and the other process goes on."""
    one = await open_office("one", sweeping=False)
    conversation = await new_conversation(one)
    engine.will(engine.hangs)
    first = await one.write(conversation, "1")
    await engine.was_asked(1)
    other = await open_office("other")
    machine.late += timedelta(seconds=60)
    answered = await other.answer_to(first)
    second = await other.answer_to(await other.write(conversation, "2"))
    engine.go_on.set()
    third = await one.answer_to(await one.write(conversation, "3"))
    assert [r.text for each in (answered, second, third) for r in each.replies] == [
        "答え: 1",
        "答え: 2",
        "答え: 3",
    ]
    replies = [m.text for m in await one.transcript(conversation) if m.sender is Sender.BOT]
    assert replies == ["答え: 1", "答え: 2", "答え: 3"]
    assert engine.asked == ["1", "1", "2", "3"]


async def test_an_answer_whose_lease_is_lost_is_not_stored(
    open_office: OpenOffice, engine: ScriptedEngine, machine: Machine
) -> None:
    """Nobody else has answered yet: whoever has the lease now will."""
    one = await open_office("one", sweeping=False)
    conversation = await new_conversation(one)
    engine.will(engine.hangs)
    first = await one.write(conversation, "1")
    await engine.was_asked(1)
    other = await open_office("other", sweeping=False)
    machine.late += timedelta(seconds=60)
    async with other.leases.held(f"conversation:{conversation}") as held:
        assert held
        engine.go_on.set()
        # It looks again until the lease is free; it has forgotten what the engine said.
        late = await one.worker.wait(first, 0.5)
        assert not late.done
        assert [m.sender for m in await one.transcript(conversation)] == [Sender.CUSTOMER]
    assert [r.text for r in (await one.answer_to(first)).replies] == ["答え: 1"]
    assert engine.asked == ["1", "1"]


async def test_a_conversation_that_another_process_works_on_holds_no_other_one_up(
    open_office: OpenOffice, engine: ScriptedEngine
) -> None:
    one, other = await open_office("one"), await open_office("other")
    held, free = await new_conversation(one), await new_conversation(one)
    async with other.leases.held(f"conversation:{held}"):
        waiting = await one.write(held, "1")
        await one.answer_to(await one.write(free, "2"))
        assert engine.asked == ["2"]
    await one.answer_to(waiting)
    assert engine.asked == ["2", "1"]


async def test_a_process_that_stops_leaves_its_conversations_to_the_others_at_once(
    open_office: OpenOffice, engine: ScriptedEngine
) -> None:
    one, other = await open_office("one"), await open_office("other")
    engine.will(engine.hangs)
    conversation = await new_conversation(one)
    first = await one.write(conversation, "1")
    await engine.was_asked(1)
    await one.worker.stop()
    # Long before the lease would have ended by itself: nobody waits for its ten seconds.
    assert await other.leases.take(f"conversation:{conversation}")
    await other.leases.release(f"conversation:{conversation}")
    await other.answer_to(first)
