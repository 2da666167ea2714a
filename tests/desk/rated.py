"""Chats whose customers are asked how satisfied they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Customer, Inbound, Message, Owner
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.people import People
from madoguchi.conversations.receiving import Arrival
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.withdrawals import Withdrawals
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.rating_words import Act
from madoguchi.desk.ratings import Ratings, Way
from madoguchi.desk.steps import Step
from madoguchi.desk.tables import HandoffRow, RatingRow
from tests.support.channel import NAME
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 1, 13, 0, tzinfo=TOKYO)
SATO = "agent-sato"
TITLES = ["5 とても良かった", "4 良かった", "3 ふつう", "2 あまり良くなかった", "1 良くなかった"]


async def everywhere(_step: Step) -> Way:
    """Return that asking costs nothing."""
    return Way()


class Rated:
    """Conversations, the agent's deeds in them, and what customers tap and write."""

    def __init__(self, database: AsyncEngine) -> None:
        """Begin at one in the afternoon."""
        self.clock = TestClock(NOW)
        self.database = database
        self.store = ConversationStore(database, self.clock)
        self.people = People(database, self.clock)
        self.outbox = Outbox(database)
        self.withdrawals = Withdrawals(database, self.clock, "（取り消し）")
        self.ownership = Ownership(database, self.clock, Streams(), everywhere)
        self.ratings = Ratings(database)
        self.number = 0

    async def on_web(self) -> str:
        """Return a new chat on the shop's page."""
        conversation, _, _ = await self.store.open(Customer("web"), [])
        return conversation.id

    async def on_a_platform(self) -> str:
        """Return a new chat on a messaging channel."""
        return (await self.people.meet(NAME, "hana", None)).conversation_id

    async def helped(
        self, chat: str, result: str | None = "solved", words: str = "承ります"
    ) -> None:
        """Have the agent take the chat, answer, and end it; without a result give it back."""
        self.clock.at += timedelta(minutes=1)
        await self.ownership.take(chat, SATO)
        if words:
            await self.ownership.say(chat, SATO, words, self.key())
        await self.end(chat, result)

    async def end(self, chat: str, result: str | None = "solved") -> None:
        """Have the agent close the chat, or give it back."""
        if result is None:
            assert await self.ownership.give_back(chat, SATO)
        else:
            assert await self.ownership.close(chat, SATO, result)

    def key(self) -> str:
        """Return another key."""
        self.number += 1
        return f"k{self.number}"

    async def messages(self, chat: str) -> list[Message]:
        """Return a chat's messages."""
        return await self.store.messages_after(chat, 0)

    async def questions(self, chat: str) -> list[Message]:
        """Return the questions how satisfied the customer was."""
        return [
            message
            for message in await self.messages(chat)
            if message.act == Act.RATING and message.choices
        ]

    async def tap(self, chat: str, title: str, key: str | None = None) -> Inbound:
        """Tap the newest choice of that title."""
        [*_, choice] = [
            choice
            for message in await self.messages(chat)
            for choice in message.choices
            if choice.title == title
        ]
        inbound, _ = await self.store.receive(chat, key or self.key(), choice_id=choice.id)
        return inbound

    async def write(self, chat: str, text: str, external_id: str | None = None) -> Inbound:
        """Write a text."""
        arrival = Arrival(external_id=external_id)
        inbound, _ = await self.store.receive(chat, self.key(), text=text, arrival=arrival)
        return inbound

    async def owner(self, chat: str) -> Owner:
        """Return who answers in a chat."""
        return (await self.store.get(chat)).owner

    async def stored(self, chat: str) -> Sequence[tuple[int, str | None]]:
        """Return each rating of a chat: the score and the word, by handoff."""
        async with AsyncSession(self.database) as session:
            rows = await session.scalars(
                select(RatingRow)
                .where(RatingRow.conversation_id == chat)
                .order_by(RatingRow.handoff_id)
            )
            return [(row.score, row.word) for row in rows]

    async def asked(self, chat: str) -> list[bool]:
        """Return of each handoff whether it was asked about."""
        async with AsyncSession(self.database) as session:
            rows = await session.scalars(
                select(HandoffRow.rating_asked_at)
                .where(HandoffRow.conversation_id == chat)
                .order_by(HandoffRow.id)
            )
            return [at is not None for at in rows]
