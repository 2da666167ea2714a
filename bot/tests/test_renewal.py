"""A long conversation answers as a short one, and a forgotten one has left nothing."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.tracker_store import InMemoryTrackerStore, SQLTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ConversationPaused, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event

from bot.channel import Collector
from bot.renewal import forget, renew, renewed, stored
from bot.tests.support.conversations import agent_of, say, sql_store, trained
from bot.tests.support.rasa import PROJECT

GREET, ORDER, COLOR, UNRULED = "もしもし", "注文", "何色", "無題"
TIMEOUT = 60
HALF = "bot.tests.support.half_renewed"

# One agent serves a whole module; a conversation of one test is not one of another.
numbers = itertools.count()
said = st.lists(st.sampled_from([GREET, ORDER, COLOR, UNRULED, "赤", "青"]), max_size=6)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small assistant."""
    return trained(tmp_path_factory.mktemp("assistant"))


@pytest.fixture(scope="module", params=["sql", "memory"])
def agent(
    request: pytest.FixtureRequest, model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Agent:
    """Rasa's agent with the small assistant, on each store."""
    file = tmp_path_factory.mktemp("store") / "trackers.db"
    in_memory = request.param == "memory"
    return agent_of(model, InMemoryTrackerStore(Domain.empty()) if in_memory else sql_store(file))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where an SQL store keeps its conversations."""
    return tmp_path / "trackers.db"


@pytest.fixture
def sender() -> str:
    """A conversation in which nothing was said yet."""
    return f"c-{next(numbers)}"


def count(agent: Agent, sender: str) -> int:
    """Return how many events the agent's store holds of a conversation."""
    return stored(agent.tracker_store)[0].count(sender)


async def tracker_of(agent: Agent, sender: str) -> DialogueStateTracker:
    """Return the conversation as the next turn will find it."""
    tracker = await agent.tracker_store.retrieve(sender)
    assert tracker is not None
    return tracker


async def state_of(agent: Agent, sender: str) -> dict[str, Any]:
    """Return what the next turn can know of a conversation."""
    tracker = await tracker_of(agent, sender)
    return {
        "color": tracker.get_slot("color"),
        "asked": tracker.get_slot("requested_slot"),
        "loop": tracker.active_loop_name,
        "done": tracker.latest_action_name,
        "paused": tracker.is_paused(),
    }


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=said)
def test_a_conversation_that_is_renewed_after_every_turn_answers_the_same(
    agent: Agent, texts: list[str]
) -> None:
    async def talk() -> None:
        kept, shortened = f"c-{next(numbers)}", f"c-{next(numbers)}"
        for text in texts:
            assert await say(agent, text, shortened) == await say(agent, text, kept)
            await renew(agent, shortened, 0)
            assert await state_of(agent, shortened) == await state_of(agent, kept)

    asyncio.run(talk())


async def test_a_long_conversation_becomes_as_short_as_its_last_turn(
    agent: Agent, sender: str
) -> None:
    for _ in range(20):
        await say(agent, GREET, sender)
    assert count(agent, sender) > 80
    assert await renew(agent, sender, 80)
    assert count(agent, sender) < 10
    assert (await tracker_of(agent, sender)).latest_message.text == GREET


async def test_it_does_not_grow_however_often_it_is_renewed(agent: Agent, sender: str) -> None:
    sizes = set()
    for _ in range(5):
        await say(agent, GREET, sender)
        assert await renew(agent, sender, 0)
        sizes.add(count(agent, sender))
    assert len(sizes) == 1


async def test_up_to_the_limit_it_stays_as_it_is(agent: Agent, sender: str) -> None:
    await say(agent, GREET, sender)
    held = count(agent, sender)
    assert not await renew(agent, sender, held)
    assert count(agent, sender) == held
    assert await renew(agent, sender, held - 1)


async def test_slots_are_carried_over(agent: Agent, sender: str) -> None:
    for text in (ORDER, "赤", GREET):
        await say(agent, text, sender)
    assert await renew(agent, sender, 0)
    assert await say(agent, COLOR, sender) == ["いま赤です"]


async def test_a_question_that_waits_for_its_answer_is_left_alone(
    agent: Agent, sender: str
) -> None:
    await say(agent, GREET, sender)
    await say(agent, ORDER, sender)
    held = count(agent, sender)
    assert not await renew(agent, sender, 0)
    assert count(agent, sender) == held
    assert await say(agent, "青", sender) == ["青ですね"]
    assert await renew(agent, sender, 0)


async def test_a_turn_that_was_taken_back_waits_for_the_next(agent: Agent, sender: str) -> None:
    await say(agent, GREET, sender)
    await say(agent, UNRULED, sender)
    assert not await renew(agent, sender, 0)
    await say(agent, GREET, sender)
    assert await renew(agent, sender, 0)


async def test_sessions_that_are_over_go_too(model: Path, file: Path, sender: str) -> None:
    """The store in memory drops them by itself."""
    agent = agent_of(model, sql_store(file))
    for text in (ORDER, "赤", GREET, GREET, "/session_start", GREET):
        await say(agent, text, sender)
    assert count(agent, sender) > len((await tracker_of(agent, sender)).events)
    assert await renew(agent, sender, len((await tracker_of(agent, sender)).events))
    assert count(agent, sender) == len((await tracker_of(agent, sender)).events)
    assert await say(agent, COLOR, sender) == ["いま赤です"]


async def test_a_conversation_without_a_message_is_left_alone(agent: Agent, sender: str) -> None:
    assert not await renew(agent, sender, 0)
    await agent.processor.fetch_tracker_and_update_session(sender)
    assert not await renew(agent, sender, 0)


def test_a_tracker_without_a_turn_has_no_short_form() -> None:
    assert renewed(DialogueStateTracker.from_events("c", [])) is None
    assert renewed(DialogueStateTracker.from_events("c", [SessionStarted()])) is None


async def test_a_paused_conversation_stays_paused(agent: Agent, sender: str) -> None:
    await say(agent, GREET, sender)
    tracker = await tracker_of(agent, sender)
    tracker.update(ConversationPaused())
    await agent.tracker_store.save(tracker)
    await renew(agent, sender, 0)
    assert (await tracker_of(agent, sender)).is_paused()


async def test_what_somebody_added_meanwhile_is_not_lost(agent: Agent, sender: str) -> None:
    await say(agent, GREET, sender)
    kept = stored(agent.tracker_store)[0]
    fresh = renewed(await tracker_of(agent, sender))
    known = kept.count(sender)
    assert fresh is not None
    await say(agent, COLOR, sender)
    assert kept.replace(sender, fresh, known) == 0
    assert (await tracker_of(agent, sender)).latest_message.text == COLOR


async def test_while_a_turn_runs_nothing_is_renewed_and_forgetting_waits(
    agent: Agent, sender: str
) -> None:
    await say(agent, GREET, sender)
    held = count(agent, sender)
    collector = HeldUp()
    turn = asyncio.create_task(
        agent.handle_message(UserMessage(GREET, collector, sender, input_channel="madoguchi"))
    )
    await collector.reached.wait()
    forgetting = asyncio.create_task(forget(agent, sender))
    assert not await renew(agent, sender, 0)
    assert count(agent, sender) == held
    assert not forgetting.done()
    collector.go_on.set()
    await turn
    assert await forgetting > held
    assert count(agent, sender) == 0


class HeldUp(Collector):
    """Takes a message only when it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()
        self.go_on = asyncio.Event()

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.reached.set()
        await self.go_on.wait()
        await super().send_response(recipient_id, message)


async def test_a_forgotten_conversation_has_left_nothing_and_others_stay(agent: Agent) -> None:
    mine, other = f"c-{next(numbers)}", f"c-{next(numbers)}"
    for sender in (mine, other):
        for text in (ORDER, "赤", "/session_start", GREET):
            await say(agent, text, sender)
    held, others = count(agent, mine), await state_of(agent, other)
    assert await forget(agent, mine) == held
    assert await agent.tracker_store.retrieve(mine) is None
    assert mine not in list(await agent.tracker_store.keys())
    assert await state_of(agent, other) == others


async def test_forgetting_twice_is_forgetting_once(agent: Agent, sender: str) -> None:
    await say(agent, GREET, sender)
    assert await forget(agent, sender) > 0
    assert await forget(agent, sender) == 0


async def test_a_forgotten_conversation_goes_on_as_a_new_one(agent: Agent, sender: str) -> None:
    for text in (ORDER, "赤"):
        await say(agent, text, sender)
    await forget(agent, sender)
    assert await say(agent, COLOR, sender) == ["まだ決まっていません"]


async def test_what_was_kept_in_an_emergency_is_forgotten_too(agent: Agent, sender: str) -> None:
    """Rasa keeps a tracker in memory when its store fails, and never looks there again."""
    await say(agent, GREET, sender)
    emergency = agent.tracker_store.fallback_tracker_store
    await emergency.save(await tracker_of(agent, sender))
    await forget(agent, sender)
    assert await emergency.retrieve(sender) is None


def as_sqlite_comes(connection: Any, _record: Any) -> None:
    """Undo what some distributions build into SQLite: to overwrite what is deleted."""
    connection.execute("PRAGMA secure_delete = OFF")


def contents(file: Path) -> str:
    """Return what somebody finds who opens the file without a database."""
    return file.read_bytes().decode("ascii", "ignore")


async def shorten(agent: Agent, sender: str) -> None:
    assert await renew(agent, sender, 0)


@pytest.mark.parametrize("end", [shorten, forget])
async def test_what_is_deleted_cannot_be_read_from_the_file(
    model: Path, file: Path, end: Callable[[Agent, str], Awaitable[Any]]
) -> None:
    store = sql_store(file)
    event.listen(store.engine, "connect", as_sqlite_comes)
    agent = agent_of(model, store)
    for text in (*["unsent-words もしもし"] * 4, GREET):
        await say(agent, text)
    assert "unsent-words" in contents(file)
    await end(agent, "c-1")
    assert "unsent-words" not in contents(file)


async def test_a_process_that_dies_between_the_two_steps_has_changed_nothing(
    model: Path, file: Path
) -> None:
    agent = agent_of(model, sql_store(file))
    for text in (ORDER, "赤", GREET):
        await say(agent, text)
    before = (await tracker_of(agent, "c-1")).current_state()
    rows = events_of(agent.tracker_store._tracker_store)
    kill_half_way(file, "c-1")
    assert events_of(agent.tracker_store._tracker_store) == rows
    assert (await tracker_of(agent, "c-1")).current_state() == before
    assert await renew(agent, "c-1", 0)
    assert await say(agent, COLOR) == ["いま赤です"]


def kill_half_way(file: Path, sender: str) -> None:
    """Kill a process that has deleted a conversation's events and stored none of the new ones."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", HALF, str(file), sender],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"deleted\n"
        process.send_signal(signal.SIGKILL)
        assert process.wait(TIMEOUT) == -signal.SIGKILL


def events_of(store: SQLTrackerStore) -> list[tuple[int, str]]:
    """Return all rows of a store."""
    with store.session_scope() as session:
        rows = session.query(store.SQLEvent).order_by(store.SQLEvent.id)
        return [(row.id, row.data) for row in rows]


async def test_another_kind_of_store_is_named(sender: str) -> None:
    with pytest.raises(TypeError, match="a TrackerStore cannot be renewed"):
        stored(TrackerStore(Domain.empty()))
