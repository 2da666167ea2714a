"""Answers to inquiries on both databases: once per key, and none lost, whoever writes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.model import Customer
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import open_database
from madoguchi.desk.agent import Agent
from madoguchi.desk.inquiry_replies import InquiryReplies, NoWayError, Reply
from madoguchi.desk.inquiry_ways import SEEN_LATELY, ways_of
from madoguchi.inquiries.history import Step, history_of
from madoguchi.inquiries.model import InquiryState, NewInquiry
from madoguchi.inquiries.store import InquiryStore
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.knowledge.business import business
from madoguchi.notifications.model import Via
from tests.desk.signin_parts import Desk
from tests.support.databases import TestClock


class Counter:
    """Two processes at one desk, with one inquiry."""

    def __init__(self, database: AsyncEngine, other: AsyncEngine, clock: TestClock) -> None:
        self.database = database
        self.clock = clock
        self.inquiries = InquiryStore(database, clock, business().calendar)
        self.store = ConversationStore(database, clock)
        self.both = [InquiryReplies(each, clock, mail=True) for each in (database, other)]

    async def opened(self, contact: str, chat: str | None = None) -> str:
        """Return the number of an inquiry."""
        new = NewInquiry("order", "まだ届きません", contact, conversation_id=chat)
        return (await self.inquiries.open(new, f"{contact} {chat}")).number

    async def history(self, number: str) -> list[Step]:
        """Return what was done."""
        async with AsyncSession(self.database) as session:
            return await history_of(session, number)


@pytest.fixture
async def counter(database: AsyncEngine, clock: TestClock) -> AsyncIterator[Counter]:
    """Two engines on one database."""
    other = open_database(database.url.render_as_string(hide_password=False))
    yield Counter(database, other, clock)
    await other.dispose()


@pytest.fixture
async def sato(desk: Desk) -> Agent:
    """An agent."""
    return await desk.add()


async def test_the_same_answer_is_given_once_and_different_ones_all_stand(
    counter: Counter, sato: Agent
) -> None:
    number = await counter.opened("hanako@example.jp")
    await asyncio.gather(
        *(
            replies.reply(number, sato, Reply(f"返信{key}", str(key)))
            for key in range(4)
            for replies in counter.both * 2
        )
    )
    steps = await counter.history(number)
    assert sorted(step.text or "" for step in steps) == ["返信0", "返信1", "返信2", "返信3"]
    assert [step.place for step in steps] == [1, 2, 3, 4]


async def test_answers_moves_and_the_customer_s_own_words_race_and_all_stand(
    counter: Counter, sato: Agent
) -> None:
    conversation, _, _ = await counter.store.open(Customer("web"), [])
    await counter.store.receive(conversation.id, "e", text="まだ届きません")
    number = await counter.opened("chat", conversation.id)
    first, second = counter.both
    await asyncio.gather(
        first.reply(number, sato, Reply("本日届きます。", "k")),
        second.move(number, sato, InquiryState.WORKING),
        counter.inquiries.reopen(number, (conversation.id, 1), "k2"),
        second.reply(number, sato, Reply("本日届きます。", "k")),
    )
    steps = await counter.history(number)
    assert {step.via for step in steps} == {Via.CHAT, Via.DESK}
    assert sum(step.via is Via.CHAT for step in steps) == 1
    assert {step.text for step in steps if step.agent_id is None} == {"まだ届きません"}
    said = await counter.store.messages_after(conversation.id, 0)
    assert [message.text for message in said].count("本日届きます。") == 1


async def test_a_way_that_is_not_there_changes_nothing(counter: Counter, sato: Agent) -> None:
    number = await counter.opened("09012345678")
    with pytest.raises(NoWayError):
        await counter.both[0].reply(number, sato, Reply("返信", "k", Via.EMAIL))
    assert await counter.history(number) == []
    with pytest.raises(LookupError):
        await counter.both[0].reply("Q-20000101-0001", sato, Reply("返信", "k"))


def test_who_blocked_the_account_is_reached_by_mail_and_others_in_the_chat(
    clock: TestClock,
) -> None:
    inquiry = InquiryRow(contact="hanako@example.jp")
    chat = ConversationRow(channel="line", owner="closed")
    friend, blocked = ChannelUserRow(), ChannelUserRow(blocked_at=clock.now())

    def first(person: ChannelUserRow) -> Via:
        return ways_of(inquiry, chat, person, clock.now(), mail=True)[0].via

    assert first(friend) is Via.CHAT
    assert first(blocked) is Via.EMAIL


@pytest.mark.parametrize(
    ("owner", "ago", "expected"),
    [
        ("bot", timedelta(hours=1), Via.CHAT),
        ("closed", timedelta(hours=1), Via.EMAIL),
        ("bot", SEEN_LATELY, Via.EMAIL),
        ("bot", None, Via.EMAIL),
    ],
)
def test_on_the_web_the_chat_is_first_while_the_customer_is_near(
    clock: TestClock, owner: str, ago: timedelta | None, expected: Via
) -> None:
    inquiry = InquiryRow(contact="hanako@example.jp")
    seen = clock.now() - ago if ago is not None else None
    chat = ConversationRow(channel="web", owner=owner, last_customer_at=seen)
    assert ways_of(inquiry, chat, None, clock.now(), mail=True)[0].via is expected
