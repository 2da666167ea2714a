"""Ownership on both databases: one holder, whoever comes at once, and never the bot besides."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Customer, Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.outbox import Outbox, State
from madoguchi.conversations.people import People
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.ownership import NotOwnerError, Ownership
from tests.support.channel import NAME
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 1, 13, 0, tzinfo=TOKYO)
SATO, SUZUKI = "agent-sato", "agent-suzuki"


class Chats:
    """Conversations and who has them."""

    def __init__(self, database: AsyncEngine, clock: TestClock) -> None:
        self.clock = clock
        self.store = ConversationStore(database, clock)
        self.people = People(database, clock)
        self.outbox = Outbox(database)
        self.ownership = Ownership(database, clock, Streams())

    async def on_web(self) -> str:
        """Return a new chat on the shop's page."""
        conversation, _, _ = await self.store.open(Customer("web"), [])
        return conversation.id

    async def on_line(self) -> str:
        """Return a new chat on a messaging channel."""
        return (await self.people.meet(NAME, "hana", None)).conversation_id

    async def owner(self, chat: str) -> Owner:
        """Return who answers in a chat."""
        return (await self.store.get(chat)).owner

    async def messages(self, chat: str) -> list[Message]:
        """Return a chat's messages."""
        return await self.store.messages_after(chat, 0)


@pytest.fixture
def chats(database: AsyncEngine) -> Chats:
    """Chats on each database."""
    return Chats(database, TestClock(NOW))


async def test_a_call_puts_the_chat_into_the_queue(chats: Chats) -> None:
    chat = await chats.on_web()
    handoff = await chats.ownership.call(chat, Reason.CUSTOMER, "届いた品に傷がある")
    assert (handoff.stage, handoff.goal) == (Stage.WAITING, "届いた品に傷がある")
    assert await chats.owner(chat) is Owner.QUEUE


async def test_calling_again_is_the_same_handoff(chats: Chats) -> None:
    chat = await chats.on_web()
    calls = [chats.ownership.call(chat, Reason.CUSTOMER, str(n)) for n in range(4)]
    assert len({handoff.id for handoff in await asyncio.gather(*calls)}) == 1


async def test_of_two_agents_who_take_at_once_one_has_it(chats: Chats) -> None:
    for _ in range(5):
        chat = await chats.on_web()
        await chats.ownership.call(chat, Reason.CUSTOMER, "相談")
        taken = await asyncio.gather(
            chats.ownership.take(chat, SATO), chats.ownership.take(chat, SUZUKI)
        )
        assert sorted(taken) == [False, True]


async def test_taking_one_s_own_chat_again_is_harmless(chats: Chats) -> None:
    chat = await chats.on_web()
    assert await chats.ownership.take(chat, SATO)
    assert await chats.ownership.take(chat, SATO)


async def test_only_the_holder_speaks(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    message, new = await chats.ownership.say(chat, SATO, "お待たせしました。", "k1")
    assert (message.sender, message.text, new) == (Sender.AGENT, "お待たせしました。", True)
    with pytest.raises(NotOwnerError) as refused:
        await chats.ownership.say(chat, SUZUKI, "私が", "k2")
    assert refused.value.holder == SATO


async def test_the_same_key_is_one_message(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    said = await asyncio.gather(*(chats.ownership.say(chat, SATO, "一度", "k") for _ in range(4)))
    assert {message.seq for message, _ in said} == {1}
    assert sum(new for _, new in said) == 1


async def test_the_bot_s_answer_that_comes_after_the_taking_is_not_said(chats: Chats) -> None:
    chat = await chats.on_line()
    inbound, _ = await chats.store.receive(chat, "e1", text="送料は")
    assert await chats.ownership.take(chat, SATO)
    assert await chats.store.answer(inbound, [Draft(Kind.ANSWER, "無料です")]) == []
    assert [message.text for message in await chats.messages(chat)] == ["送料は"]
    assert await chats.outbox.entries(list(State)) == []


async def test_however_they_race_the_bot_says_nothing_after_the_taking(chats: Chats) -> None:
    for number in range(6):
        chat = await chats.on_web()
        inbound, _ = await chats.store.receive(chat, f"e{number}", text="送料は")
        replies, _ = await asyncio.gather(
            chats.store.answer(inbound, [Draft(Kind.ANSWER, "無料です")]),
            chats.ownership.take(chat, SATO),
        )
        await chats.ownership.say(chat, SATO, "担当です", f"k{number}")
        senders = [message.sender for message in await chats.messages(chat)]
        expected = [Sender.CUSTOMER, *([Sender.BOT] if replies else []), Sender.AGENT]
        assert senders == expected


async def test_what_the_bot_had_not_sent_yet_is_taken_back(chats: Chats) -> None:
    chat = await chats.on_line()
    await chats.store.say(chat, [Draft(Kind.ANSWER, "無料です")])
    await chats.ownership.take(chat, SATO)
    [entry] = await chats.outbox.entries(list(State))
    assert (entry.state, entry.code) == (State.CANCELLED, "taken_over")


async def test_what_a_customer_writes_to_an_agent_waits_for_no_bot(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    inbound, _ = await chats.store.receive(chat, "e1", text="ありがとう")
    assert inbound.done
    assert await chats.store.next_pending(chat) is None


async def test_in_the_queue_the_bot_still_answers(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.call(chat, Reason.CUSTOMER, "相談")
    inbound, _ = await chats.store.receive(chat, "e1", text="送料は")
    assert await chats.store.answer(inbound, [Draft(Kind.ANSWER, "無料です")])


async def test_given_back_it_is_the_bot_s_and_the_stretch_is_over(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    assert await chats.ownership.give_back(chat, SATO, "返品で解決")
    assert await chats.owner(chat) is Owner.BOT
    assert await chats.ownership.open_handoff(chat) is None
    with pytest.raises(NotOwnerError):
        await chats.ownership.say(chat, SATO, "もう一言", "k")


async def test_a_second_handoff_is_another_one(chats: Chats) -> None:
    chat = await chats.on_web()
    first = await chats.ownership.call(chat, Reason.CUSTOMER, "一")
    await chats.ownership.take(chat, SATO)
    await chats.ownership.give_back(chat, SATO)
    second = await chats.ownership.call(chat, Reason.RULE, "二")
    assert second.id != first.id
    assert await chats.ownership.take(chat, SUZUKI)


async def test_a_closed_chat_is_the_bot_s_when_the_customer_writes(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    assert await chats.ownership.close(chat, SATO, "solved")
    assert await chats.owner(chat) is Owner.CLOSED
    inbound, _ = await chats.store.receive(chat, "e1", text="もう一つ")
    assert not inbound.done
    assert await chats.owner(chat) is Owner.BOT


async def test_nobody_gives_away_another_s_chat(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    assert not await chats.ownership.give_back(chat, SUZUKI)
    assert not await chats.ownership.close(chat, SUZUKI, "solved")
    assert not await chats.ownership.release(chat, SUZUKI)
    assert not await chats.ownership.transfer(chat, SUZUKI, SUZUKI)
    assert not await chats.ownership.snooze(chat, SUZUKI, NOW)
    assert await chats.owner(chat) is Owner.AGENT


async def test_a_transferred_chat_is_the_other_agent_s_alone(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    assert await chats.ownership.transfer(chat, SATO, SUZUKI)
    with pytest.raises(NotOwnerError):
        await chats.ownership.say(chat, SATO, "まだ私", "k1")
    await chats.ownership.say(chat, SUZUKI, "代わりました", "k2")


async def test_a_chat_whose_agent_is_silent_goes_back_with_its_place(chats: Chats) -> None:
    chat = await chats.on_web()
    called = await chats.ownership.call(chat, Reason.CUSTOMER, "相談")
    await chats.ownership.take(chat, SATO)
    chats.clock.at += timedelta(minutes=1)
    await chats.store.receive(chat, "e1", text="まだですか")
    chats.clock.at += timedelta(minutes=9)
    assert await chats.ownership.return_idle(timedelta(minutes=10)) == []
    chats.clock.at += timedelta(minutes=2)
    assert await chats.ownership.return_idle(timedelta(minutes=10)) == [chat]
    handoff = await chats.ownership.open_handoff(chat)
    assert handoff is not None
    assert (handoff.stage, handoff.asked_at) == (Stage.WAITING, called.asked_at)


async def test_an_agent_who_answered_last_keeps_the_chat(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    await chats.store.receive(chat, "e1", text="質問")
    chats.clock.at += timedelta(minutes=1)
    await chats.ownership.say(chat, SATO, "回答", "k")
    chats.clock.at += timedelta(days=1)
    assert await chats.ownership.return_idle(timedelta(minutes=10)) == []


async def test_who_called_earlier_waits_before(chats: Chats) -> None:
    first, second = await chats.on_web(), await chats.on_web()
    await chats.ownership.call(first, Reason.CUSTOMER, "一")
    later = await chats.ownership.call(second, Reason.CUSTOMER, "二")
    assert await chats.ownership.waiting_before(later.id) == 1


async def test_the_customer_s_message_wakes_a_snoozed_chat(chats: Chats) -> None:
    chat = await chats.on_web()
    await chats.ownership.take(chat, SATO)
    assert await chats.ownership.snooze(chat, SATO, NOW + timedelta(days=1))
    await chats.store.receive(chat, "e1", text="やはり今")
    assert await chats.ownership.snooze(chat, SATO, None)
