"""Stores conversations: every step is one transaction that may be repeated without harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations import tokens
from madoguchi.conversations.model import (
    Conversation,
    Customer,
    Draft,
    Inbound,
    Message,
    Owner,
    Sender,
)
from madoguchi.conversations.reading import read_inbound, read_messages
from madoguchi.conversations.receiving import (
    PLAIN,
    Arrival,
    KeyReusedError,
    ReceivedEvent,
    Settle,
    UnknownChoiceError,
    offered,
    store_inbound,
)
from madoguchi.conversations.rows import conversation_of
from madoguchi.conversations.tables import ConversationRow, InboxRow, MessageRow
from madoguchi.conversations.writing import UnknownConversationError, lock, send, write
from madoguchi.database import only_reading
from madoguchi.desk.search_index import index_names

__all__ = [
    "Arrival",
    "ConversationStore",
    "KeyReusedError",
    "UnknownChoiceError",
    "UnknownConversationError",
]


class ConversationStore:
    """Conversations, their messages and their inbox, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    async def open(
        self, customer: Customer, greeting: Sequence[Draft]
    ) -> tuple[Conversation, str, list[Message]]:
        """Return a new conversation, its token (shown only this once) and its first messages."""
        conversation_id, token, now = tokens.new_id(), tokens.new_token(), self._now()
        row = ConversationRow(
            id=conversation_id,
            token_hash=tokens.token_hash(conversation_id, token),
            channel=customer.channel,
            site=customer.site,
            member_id=customer.member_id,
            member_name=customer.member_name,
            owner=Owner.BOT,
            last_seq=0,
            created_at=now,
            updated_at=now,
        )
        async with self._session() as session, session.begin():
            session.add(row)
            await session.flush()
            if customer.member_id is not None:
                await index_names(session, conversation_id)
            written = await write(session, conversation_id, greeting, now)
            conversation = conversation_of(row)
        return conversation, token, written.messages

    async def authorise(self, conversation_id: str, token: str) -> Conversation:
        """Return the token's conversation. Raises UnknownConversationError for all others."""
        row = await self._conversation_row(conversation_id)
        if row is None or not tokens.token_fits(conversation_id, token, row.token_hash):
            raise UnknownConversationError
        return conversation_of(row)

    async def get(self, conversation_id: str) -> Conversation:
        """Return a conversation. Raises UnknownConversationError when there is none."""
        row = await self._conversation_row(conversation_id)
        if row is None:
            raise UnknownConversationError
        return conversation_of(row)

    async def messages_after(
        self, conversation_id: str, seq: int, until: int | None = None
    ) -> list[Message]:
        """Return the messages numbered above ``seq`` (up to ``until``), in order."""
        async with self._reading() as session:
            return await read_messages(session, conversation_id, seq, until)

    async def receive(
        self,
        conversation_id: str,
        event_id: str,
        *,
        text: str | None = None,
        choice_id: str | None = None,
        arrival: Arrival = PLAIN,
    ) -> tuple[Inbound, Message | None]:
        """Store what a customer sent, once per event id; the message is None on a repetition.

        Raises UnknownConversationError, UnknownChoiceError, and KeyReusedError when the id came
        with another content.
        """
        if not tokens.is_id(conversation_id):
            raise UnknownConversationError
        content = f"{text is not None}:{text if text is not None else choice_id}"
        digest = tokens.body_hash(content + arrival.digest)
        known = await self._known(conversation_id, event_id, digest)
        if known is not None:
            return known, None
        try:
            async with self._session() as session, session.begin():
                choice = await offered(session, conversation_id, choice_id)
                event = ReceivedEvent(event_id, digest, self._now())
                return await store_inbound(
                    session, conversation_id, event, choice or text or "", arrival
                )
        except IntegrityError:
            # The same event was stored by someone else between our look and our write.
            known = await self._known(conversation_id, event_id, digest)
            if known is None:
                raise
            return known, None

    async def is_answered(self, conversation_id: str, event_id: str) -> bool:
        """Return whether a message came already under this id and is done with."""
        async with self._reading() as session:
            state = await session.scalar(
                select(InboxRow.state).where(
                    InboxRow.conversation_id == conversation_id, InboxRow.event_id == event_id
                )
            )
        return state == "done"

    async def next_pending(self, conversation_id: str) -> Inbound | None:
        """Return the oldest unanswered message of the conversation, if there is one."""
        async with self._reading() as session:
            row = await session.scalar(
                select(InboxRow)
                .where(InboxRow.conversation_id == conversation_id, InboxRow.state == "pending")
                .order_by(InboxRow.id)
                .limit(1)
            )
            return await read_inbound(session, row) if row is not None else None

    async def conversations_pending(self) -> list[str]:
        """Return the conversations that have unanswered messages."""
        async with self._reading() as session:
            found = await session.scalars(
                select(InboxRow.conversation_id).where(InboxRow.state == "pending").distinct()
            )
            return list(found)

    async def offered_before(self, conversation_id: str, seq: int) -> Message | None:
        """Return the newest message before ``seq`` that is not the customer's own."""
        async with self._reading() as session:
            last = await session.scalar(
                select(func.max(MessageRow.seq)).where(
                    MessageRow.conversation_id == conversation_id,
                    MessageRow.seq < seq,
                    MessageRow.sender != Sender.CUSTOMER,
                )
            )
            if last is None:
                return None
            [message] = await read_messages(session, conversation_id, last - 1, last)
            return message

    async def inbound(self, inbound_id: int) -> Inbound:
        """Return a stored inbound message with the replies it has by now."""
        async with self._reading() as session:
            row = await session.get_one(InboxRow, inbound_id)
            return await read_inbound(session, row)

    async def answer(
        self,
        inbound: Inbound,
        replies: Sequence[Draft],
        topic: str | None = None,
        settle: Settle | None = None,
    ) -> list[Message]:
        """Store the replies and mark the message as answered; [] when it already was.

        ``settle`` makes what the replies stand for count in the same transaction.
        """
        async with self._session() as session, session.begin():
            await lock(session, inbound.conversation_id)
            claimed = await session.execute(
                update(InboxRow)
                .where(InboxRow.id == inbound.id, InboxRow.state == "pending")
                .values(state="done", done_at=self._now())
            )
            if claimed.rowcount != 1:  # type: ignore[attr-defined]
                return []
            messages = await self._reply(session, inbound, replies)
            if settle is not None:
                await settle(session, inbound.id)
            if topic is not None:
                await session.execute(
                    update(ConversationRow)
                    .where(ConversationRow.id == inbound.conversation_id)
                    .values(last_topic=topic)
                )
            return messages

    async def tell_to_wait(self, inbound: Inbound, notice: Draft) -> list[Message]:
        """Store the notice that the answer comes later; [] when it was said already."""
        async with self._session() as session, session.begin():
            await lock(session, inbound.conversation_id)
            claimed = await session.execute(
                update(InboxRow)
                .where(
                    InboxRow.id == inbound.id,
                    InboxRow.state == "pending",
                    InboxRow.told_to_wait.is_(False),
                )
                .values(told_to_wait=True)
            )
            if claimed.rowcount != 1:  # type: ignore[attr-defined]
                return []
            return await self._reply(session, inbound, [notice])

    async def say(
        self,
        conversation_id: str,
        drafts: Sequence[Draft],
        claim: Callable[[AsyncSession], Awaitable[bool]] | None = None,
    ) -> list[Message]:
        """Store messages that answer nothing, and send them; [] when ``claim`` says no.

        Raises UnknownConversationError.
        """
        async with self._session() as session, session.begin():
            if claim is not None and not await claim(session):
                return []
            now = self._now()
            written = await write(session, conversation_id, drafts, now)
            await send(session, conversation_id, written, now)
            return written.messages

    async def count_attempt(self, inbound: Inbound) -> int:
        """Return how often an answer was tried, this time included."""
        async with self._session() as session, session.begin():
            await session.execute(
                update(InboxRow)
                .where(InboxRow.id == inbound.id)
                .values(attempts=InboxRow.attempts + 1)
            )
            row = await session.get_one(InboxRow, inbound.id)
            return row.attempts

    def _session(self) -> AsyncSession:
        return AsyncSession(self._engine, expire_on_commit=False)

    def _reading(self) -> AsyncSession:
        return AsyncSession(self._reads, expire_on_commit=False)

    def _now(self) -> datetime:
        return as_utc(self._clock.now())

    async def _conversation_row(self, conversation_id: str) -> ConversationRow | None:
        if not tokens.is_id(conversation_id):
            return None
        async with self._reading() as session:
            return await session.get(ConversationRow, conversation_id)

    async def _known(self, conversation_id: str, event_id: str, digest: str) -> Inbound | None:
        async with self._reading() as session:
            row = await session.scalar(
                select(InboxRow).where(
                    InboxRow.conversation_id == conversation_id, InboxRow.event_id == event_id
                )
            )
            if row is None:
                return None
            if row.body_hash != digest:
                raise KeyReusedError
            return await read_inbound(session, row)

    async def _reply(
        self, session: AsyncSession, inbound: Inbound, drafts: Sequence[Draft]
    ) -> list[Message]:
        if not drafts:
            return []
        now = self._now()
        written = await write(session, inbound.conversation_id, drafts, now)
        if not written.messages:
            return []
        await send(session, inbound.conversation_id, written, now, inbound.id)
        row = await session.get_one(InboxRow, inbound.id)
        if row.replies_from is None:
            row.replies_from = written.messages[0].seq
        row.replies_to = written.messages[-1].seq
        return written.messages
