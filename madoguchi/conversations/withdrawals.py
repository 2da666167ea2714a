"""Messages that customers take back: gone from everywhere they had come to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.channel_tables import ChannelUserRow, WithdrawalRow
from madoguchi.conversations.model import Sender
from madoguchi.conversations.tables import InboxRow, LabelRow, MessageRow
from madoguchi.conversations.writing import lock
from madoguchi.database import only_reading
from madoguchi.desk.goals import as_goal
from madoguchi.desk.rating_replies import withdraw_rating
from madoguchi.desk.rating_words import Act
from madoguchi.desk.search_index import index_messages_anew
from madoguchi.desk.tables import DeskChangeRow, HandoffRow
from madoguchi.dialogue.tables import DialogueRow, DialogueTurnRow
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.media.removal import remove_files

# What is shorter is found in many a sentence that has nothing to do with it.
_SHORTEST_QUOTE = 4


class Withdrawals:
    """Takes messages out of the database, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, replacement: str) -> None:
        """Put ``replacement`` where another message had quoted the customer's words."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._replacement = replacement

    async def withdraw(self, channel: str, user: str, external_id: str) -> str | None:
        """Take a message back; returns its conversation, None when it has not come (yet).

        One that comes after its withdrawal is found by ``withdrawn``.
        """
        now = as_utc(self._clock.now())
        async with AsyncSession(self._engine) as session, session.begin():
            await session.merge(WithdrawalRow(channel=channel, external_id=external_id, at=now))
            message = await session.scalar(
                select(MessageRow)
                .join(
                    ChannelUserRow,
                    ChannelUserRow.conversation_id == MessageRow.conversation_id,
                )
                .where(
                    ChannelUserRow.channel == channel,
                    ChannelUserRow.external_id == user,
                    MessageRow.external_id == external_id,
                )
            )
            if message is None:
                return None
            await lock(session, message.conversation_id)
            await self._erase(session, message, now)
            change = DeskChangeRow(
                conversation_id=message.conversation_id, kind="withdrawn", seq=message.seq, at=now
            )
            session.add(change)
            return message.conversation_id

    async def withdrawn(self, channel: str, external_id: str) -> bool:
        """Return whether a message was taken back before it came."""
        async with AsyncSession(self._reads) as session:
            return await session.get(WithdrawalRow, (channel, external_id)) is not None

    async def _erase(self, session: AsyncSession, message: MessageRow, now: datetime) -> None:
        text, conversation, seq = message.text, message.conversation_id, message.seq
        message.text, message.withdrawn_at, message.understanding = "", now, None
        message.card = None
        await index_messages_anew(session, conversation, [message])
        inbox = await session.scalar(
            select(InboxRow).where(InboxRow.conversation_id == conversation, InboxRow.seq == seq)
        )
        if inbox is not None:
            if inbox.state == "pending":
                inbox.state = "withdrawn"
            await session.execute(
                delete(DialogueTurnRow).where(DialogueTurnRow.inbound_id == inbox.id)
            )
        await session.execute(
            delete(LabelRow).where(LabelRow.conversation_id == conversation, LabelRow.text == text)
        )
        await remove_files(session, conversation, seq)
        if message.act == Act.RATING:
            payload = inbox.payload if inbox is not None else None
            await withdraw_rating(session, conversation, text, payload, now)
        if len(text.strip()) >= _SHORTEST_QUOTE:
            await self._erase_quotes(session, conversation, seq, text.strip())

    async def _erase_quotes(
        self, session: AsyncSession, conversation: str, seq: int, text: str
    ) -> None:
        """Take the words out of what was made of them: replies, a running skill, an inquiry."""
        found = await session.scalars(
            select(MessageRow).where(
                MessageRow.conversation_id == conversation,
                MessageRow.seq > seq,
                MessageRow.sender != Sender.CUSTOMER,
            )
        )
        replies = list(found)
        for reply in replies:
            reply.text = self._without(reply.text, text)
            reply.card = self._without(reply.card, text)
        await index_messages_anew(session, conversation, replies)
        row = await session.get(DialogueRow, conversation)
        if row is not None:
            row.state = self._without(row.state, text)
            row.memory = self._without(row.memory, text)
        await session.execute(
            update(InquiryRow)
            .where(
                InquiryRow.conversation_id == conversation,
                InquiryRow.summary.contains(text, autoescape=True),
            )
            .values(summary=self._replacement)
        )
        await self._erase_goals(session, conversation, text)

    async def _erase_goals(self, session: AsyncSession, conversation: str, text: str) -> None:
        """Take the words out of what agents were told that the customer wants."""
        goal = as_goal(text)
        handoffs = await session.scalars(
            select(HandoffRow).where(HandoffRow.conversation_id == conversation)
        )
        for handoff in handoffs:
            handoff.goal = self._without(handoff.goal, goal)

    def _without(self, kept: Any, text: str) -> Any:
        """Return what a dialogue keeps with the words replaced, wherever they stand in it."""
        if isinstance(kept, str):
            return kept.replace(text, self._replacement)
        if isinstance(kept, list):
            return [self._without(each, text) for each in kept]
        if isinstance(kept, dict):
            return {key: self._without(each, text) for key, each in kept.items()}
        return kept
