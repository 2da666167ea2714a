"""Channels' events on both databases: each once, in order, and none lost for another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import FixedClock
from madoguchi.conversations.arrivals import Arrivals, Parts
from madoguchi.conversations.channel import Incoming, MediaRef, Outcome, RawEvent, Result
from madoguchi.conversations.channel_events import EventStore
from madoguchi.conversations.channel_tables import ChannelEventRow
from madoguchi.conversations.intake import IntakeWorker
from madoguchi.conversations.leases import Alone
from madoguchi.conversations.model import Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.outbox import Outbox, State
from madoguchi.conversations.people import People
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import ConversationRow, LabelRow
from madoguchi.conversations.withdrawals import Withdrawals
from madoguchi.database import migrate, open_database
from madoguchi.knowledge.reactions import reactions
from madoguchi.media.tables import AttachmentRow
from tests.conversations.conftest import NOW
from tests.support.channel import NAME, Pigeon, event
from tests.support.waiting import until


class Post:
    """Everything between a platform's event and the inbox."""

    def __init__(self, url: str) -> None:
        clock = FixedClock(NOW)
        self.database = open_database(url)
        self.pigeon = Pigeon()
        self.store = ConversationStore(self.database, clock)
        self.people = People(self.database, clock)
        self.outbox = Outbox(self.database)
        self.events = EventStore(self.database)
        self.woken: list[str] = []
        self.forgotten: list[str] = []
        self.parts = Parts(
            database=self.database,
            clock=clock,
            store=self.store,
            events=self.events,
            people=self.people,
            outbox=self.outbox,
            withdrawals=Withdrawals(self.database, clock, "（取消）"),
            streams=Streams(),
            reactions=reactions(),
            wake=self.woken.append,
            wake_delivery=lambda: None,
            forget=self._forget,
        )
        self.worker = self.another_worker()

    def another_worker(self) -> IntakeWorker:
        """Return the intake as another start of the service has it."""
        arrivals = Arrivals(self.parts)
        return IntakeWorker(self.events, arrivals, self.people, {NAME: self.pigeon}, Alone())

    async def _forget(self, conversation_id: str) -> None:
        self.forgotten.append(conversation_id)

    async def take(self, *events: RawEvent) -> None:
        """Store the events and work on everything that waits."""
        await self.events.store(NAME, events)
        await self.settle()

    async def settle(self) -> None:
        """Wait until no event waits any more."""
        self.worker.wake()

        async def settled() -> bool:
            return "pending" not in await self.states()

        await until(settled)

    async def states(self) -> set[str]:
        """Return the states that events are in."""
        async with AsyncSession(self.database) as session:
            return set(await session.scalars(select(ChannelEventRow.state)))

    async def messages(self, user: str = "hana") -> list[Message]:
        """Return a customer's transcript."""
        person = await self.people.find(NAME, user)
        return await self.store.messages_after(person.conversation_id, 0) if person else []

    async def texts(self, user: str = "hana") -> list[str]:
        """Return the texts of a customer's transcript."""
        return [message.text for message in await self.messages(user)]


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    """A running intake on each database."""
    made = Post(database_url)
    await migrate(made.database)
    await made.worker.start()
    yield made
    await made.worker.stop()
    await made.database.dispose()


async def test_a_text_becomes_a_message_that_waits_for_its_answer(post: Post) -> None:
    await post.take(event(1))
    [message] = await post.messages()
    assert (message.text, message.sender) == ("質問1", Sender.CUSTOMER)
    assert len(post.woken) == 1


async def test_the_same_event_five_times_at_once_is_one_message(post: Post) -> None:
    await asyncio.gather(*(post.events.store(NAME, [event(1)]) for _ in range(5)))
    await post.settle()
    await post.take(event(1))
    assert await post.texts() == ["質問1"]


async def test_the_same_event_twice_in_one_webhook_is_one_message(post: Post) -> None:
    await post.take(event(1), event(1))
    assert await post.texts() == ["質問1"]


async def test_what_was_known_before_is_told(post: Post) -> None:
    assert await post.events.store(NAME, [event(1)]) == set()
    assert await post.events.store(NAME, [event(1), event(2)]) == {"event-1"}


async def test_events_in_the_wrong_order_are_put_right(post: Post) -> None:
    for number in (5, 4, 3, 2, 1):
        await post.events.store(NAME, [event(number)])
    await post.settle()
    assert await post.texts() == [f"質問{number}" for number in range(1, 6)]


async def test_an_event_of_nobody_is_only_recorded(post: Post) -> None:
    await post.take(replace(event(1), user=None))
    assert await post.states() == {"done"}


async def test_what_is_done_keeps_no_content(post: Post) -> None:
    await post.take(event(1))
    async with AsyncSession(post.database) as session:
        [row] = await session.scalars(select(ChannelEventRow))
    assert (row.payload, row.kind) == (None, "text")


async def test_an_event_that_cannot_be_worked_on_does_not_stop_the_next(post: Post) -> None:
    class Broken(Pigeon):
        def understand(self, raw: RawEvent) -> Incoming:
            odd: Any = object()  # no database stores it
            incoming = super().understand(raw)
            return replace(incoming, message_id=odd) if raw.event_id == "event-1" else incoming

    post.pigeon.__class__ = Broken
    await post.events.store(NAME, [event(1), event(2)])

    async def second() -> bool:
        # The waits between the tries are not what this is about.
        past = datetime.now(UTC) - timedelta(seconds=1)
        async with AsyncSession(post.database) as session, session.begin():
            await session.execute(update(ChannelEventRow).values(next_at=past))
        post.worker.wake()
        return "質問2" in await post.texts()

    await until(second)
    assert "failed" in await post.states()


async def test_each_customer_has_one_conversation(post: Post) -> None:
    await post.take(event(1), event(2, user="ichiro"), event(3))
    assert await post.texts("hana") == ["質問1", "質問3"]
    assert await post.texts("ichiro") == ["質問2"]


async def test_two_processes_that_meet_a_customer_open_one_conversation(post: Post) -> None:
    met = await asyncio.gather(*(post.people.meet(NAME, "hana", None) for _ in range(6)))
    assert len({person.conversation_id for person in met}) == 1


async def test_a_closed_conversation_opens_again(post: Post) -> None:
    await post.take(event(1))
    async with AsyncSession(post.database) as session, session.begin():
        await session.execute(update(ConversationRow).values(owner=Owner.CLOSED))
    await post.take(event(2))
    person = await post.people.find(NAME, "hana")
    assert person is not None
    assert (await post.store.get(person.conversation_id)).owner == Owner.BOT


async def test_while_another_system_has_the_chat_it_is_noted_and_not_answered(post: Post) -> None:
    await post.take(event(1, standby=True), event(2, kind="fetch", standby=True))
    assert await post.texts() == ["質問1"]
    assert post.woken == []
    assert await post.outbox.entries(list(State)) == []


async def test_a_customer_s_name_is_asked_for_and_its_absence_loses_nothing(post: Post) -> None:
    post.pigeon.profile_fails = True
    await post.take(event(1))
    post.pigeon.profile_fails = False
    post.pigeon.profiles["hana"] = "佐藤 花子"
    await post.take(event(2))

    async def named() -> bool:
        person = await post.people.find(NAME, "hana")
        return person is not None and person.recipient.name == "佐藤 花子"

    await until(named)
    assert await post.texts() == ["質問1", "質問2"]


async def test_a_choice_that_was_never_offered_is_answered_politely(post: Post) -> None:
    await post.take(event(1, kind="choice", choice="unknown"))
    [told] = await post.messages()
    assert "有効期限" in told.text
    assert len(await post.outbox.entries([State.WAITING])) == 1


async def test_a_file_is_noted_with_its_message(post: Post) -> None:
    class WithMedia(Pigeon):
        def understand(self, raw: RawEvent) -> Incoming:
            return replace(super().understand(raw), media=MediaRef("m1", name="写真.jpg"))

    post.pigeon.__class__ = WithMedia
    await post.take(event(1, kind="image", text="（画像）"))
    async with AsyncSession(post.database) as session:
        [file] = await session.scalars(select(AttachmentRow))
    assert (file.seq, file.kind, file.state) == (1, "image", "waiting")


class TestBlocking:
    """Customers who leave and come back."""

    async def test_nothing_more_goes_to_who_blocked(self, post: Post) -> None:
        await post.take(event(1))
        [person] = [await post.people.find(NAME, "hana")]
        assert person is not None
        await post.store.say(person.conversation_id, [Draft(Kind.NOTICE, "お知らせ")])
        await post.take(event(2, kind="unfollow"))
        [entry] = await post.outbox.entries(list(State))
        assert (entry.state, entry.code) == (State.CANCELLED, "blocked")
        blocked = await post.people.find(NAME, "hana")
        assert blocked is not None
        assert blocked.blocked

    async def test_who_writes_again_is_written_to_again(self, post: Post) -> None:
        await post.take(event(1), event(2, kind="unfollow"), event(3, kind="follow"))
        person = await post.people.find(NAME, "hana")
        assert person is not None
        assert not person.blocked
        assert (await post.messages())[-1].sender == Sender.SYSTEM

    async def test_an_unknown_customer_may_leave(self, post: Post) -> None:
        await post.take(event(1, kind="unfollow"))
        assert await post.people.find(NAME, "hana") is None


class TestUnsending:
    """Messages that are taken back."""

    async def test_it_is_gone_from_transcript_files_examples_and_replies(self, post: Post) -> None:
        await post.take(event(1, text="私の電話は秘密です"))
        person = await post.people.find(NAME, "hana")
        assert person is not None
        inbound = await post.store.next_pending(person.conversation_id)
        assert inbound is not None
        reply = Draft(
            Kind.ASK,
            "「私の電話は秘密です」でよろしいですか",
            card={"rows": ["私の電話は秘密です"]},
        )
        await post.store.answer(inbound, [reply])
        async with AsyncSession(post.database) as session, session.begin():
            session.add(
                LabelRow(
                    conversation_id=person.conversation_id,
                    text="私の電話は秘密です",
                    offered=[],
                    chosen="/x",
                    at=NOW,
                )
            )
        await post.take(event(2, kind="unsend", id="m1"))
        [left] = await post.messages()
        assert (left.text, left.card) == ("「（取消）」でよろしいですか", {"rows": ["（取消）"]})
        async with AsyncSession(post.database) as session:
            assert list(await session.scalars(select(LabelRow))) == []
        assert post.forgotten == [person.conversation_id]

    async def test_before_its_answer_it_gets_none(self, post: Post) -> None:
        await post.take(event(1))
        person = await post.people.find(NAME, "hana")
        assert person is not None
        inbound = await post.store.next_pending(person.conversation_id)
        assert inbound is not None
        await post.take(event(2, kind="unsend", id="m1"))
        assert await post.store.next_pending(person.conversation_id) is None
        assert await post.store.answer(inbound, [Draft(Kind.ANSWER, "答え")]) == []

    async def test_one_that_comes_after_its_withdrawal_is_not_shown(self, post: Post) -> None:
        await post.take(event(2, kind="unsend", id="m1"))
        await post.take(event(1))
        assert await post.texts() == []

    async def test_nobody_takes_back_another_s_message(self, post: Post) -> None:
        await post.take(event(1), event(2, user="ichiro"))
        await post.take(event(3, user="ichiro", kind="unsend", id="m1"))
        assert await post.texts("hana") == ["質問1"]


class TestFetching:
    """「結果を見る」: what was promised for later."""

    async def test_what_is_held_goes(self, post: Post) -> None:
        await post.take(event(1))
        person = await post.people.find(NAME, "hana")
        assert person is not None
        await post.store.say(person.conversation_id, [Draft(Kind.ANSWER, "答え")])
        [claim] = await post.outbox.claim([NAME])
        await post.outbox.finish(claim, Outcome(Result.HELD))
        await post.take(event(2, kind="fetch"))
        [entry] = await post.outbox.entries(list(State))
        assert entry.state is State.WAITING
        assert await post.texts() == ["質問1", "答え"]

    async def test_while_the_answer_is_being_made_it_says_so(self, post: Post) -> None:
        await post.take(event(1), event(2, kind="fetch"))
        assert "まだお調べしています" in (await post.texts())[-1]

    async def test_with_nothing_to_fetch_it_says_so(self, post: Post) -> None:
        await post.take(event(2, kind="fetch"))
        assert "お待たせしている回答はありません" in (await post.texts())[-1]

    async def test_the_customer_is_told_once_though_the_event_is_worked_on_twice(
        self, post: Post
    ) -> None:
        await post.worker.stop()
        await post.events.store(NAME, [event(2, kind="fetch")])
        arrivals = Arrivals(post.parts)
        # An event is due only when nothing may overtake it any more.
        waiting = await until(lambda: post.events.next_of(NAME, "hana"))
        assert waiting is not None
        incoming = post.pigeon.understand(waiting.raw)
        # The process dies after the first, before the event is noted as done.
        await arrivals.take(post.pigeon, waiting, incoming)
        await arrivals.take(post.pigeon, waiting, incoming)
        assert len(await post.messages()) == 1
