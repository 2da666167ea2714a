"""Conversations in which nobody writes any more are closed, and open again with a word."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Customer, Draft, Kind, Owner
from madoguchi.conversations.silence import SilenceWorker
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import ConversationRow
from tests.conversations.conftest import NOW
from tests.support.databases import TestClock

DAY = timedelta(hours=24)


class Evening:
    """Conversations, a clock, and who closes them."""

    def __init__(self, database: AsyncEngine) -> None:
        self.database = database
        self.clock = TestClock(NOW)
        self.store = ConversationStore(database, self.clock)
        self.streams = Streams()
        self.ended: list[str] = []
        self.worker = SilenceWorker(
            database, self.clock, self.streams, after=DAY, forget=self._forget
        )

    async def _forget(self, conversation_id: str) -> None:
        self.ended.append(conversation_id)

    async def chat(self) -> str:
        """Return a chat in which everything is answered."""
        conversation, _, _ = await self.store.open(Customer("web"), [])
        inbound, _ = await self.store.receive(conversation.id, "e1", text="送料は")
        await self.store.answer(inbound, [Draft(Kind.ANSWER, "無料です")])
        return conversation.id

    async def owner(self, chat: str) -> Owner:
        """Return who answers in a chat."""
        return (await self.store.get(chat)).owner


@pytest.fixture
def evening(database: AsyncEngine) -> Evening:
    """Conversations on each database."""
    return Evening(database)


async def test_after_a_day_of_silence_it_is_closed_and_what_was_begun_is_ended(
    evening: Evening,
) -> None:
    chat = await evening.chat()
    evening.clock.at += DAY + timedelta(seconds=1)
    with evening.streams.subscribe(chat) as stream:
        assert await evening.worker.close_silent() == 1
        told = await stream.next(5)
    assert await evening.owner(chat) is Owner.CLOSED
    assert evening.ended == [chat]
    assert told is not None
    assert told.name == "owner"
    assert await evening.worker.close_silent() == 0


async def test_before_that_it_stays_open(evening: Evening) -> None:
    chat = await evening.chat()
    evening.clock.at += DAY - timedelta(seconds=1)
    assert await evening.worker.close_silent() == 0
    assert await evening.owner(chat) is Owner.BOT


async def test_the_next_message_opens_it_again(evening: Evening) -> None:
    chat = await evening.chat()
    evening.clock.at += DAY * 2
    await evening.worker.close_silent()
    inbound, _ = await evening.store.receive(chat, "e2", text="もう一つ")
    assert not inbound.done
    assert await evening.owner(chat) is Owner.BOT


async def test_a_message_that_waits_for_its_answer_is_no_silence(evening: Evening) -> None:
    chat = await evening.chat()
    await evening.store.receive(chat, "e2", text="まだですか")
    evening.clock.at += DAY * 2
    assert await evening.worker.close_silent() == 0


@pytest.mark.parametrize("owner", [Owner.QUEUE, Owner.AGENT])
async def test_what_people_have_to_do_with_is_not_closed(evening: Evening, owner: Owner) -> None:
    await evening.chat()
    async with AsyncSession(evening.database) as session, session.begin():
        await session.execute(update(ConversationRow).values(owner=owner))
    evening.clock.at += DAY * 2
    assert await evening.worker.close_silent() == 0
