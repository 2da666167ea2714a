"""Who answers in a conversation, decided by the database: every step is a conditional update.

The conversation's row is locked first in each step, so two steps of one conversation never mix,
whichever processes they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.reading import read_messages
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.conversations.writing import send, write
from madoguchi.desk.fresh_start import start_afresh
from madoguchi.desk.handoffs import handoff_of
from madoguchi.desk.model import Handoff, Reason, Stage
from madoguchi.desk.queueing import put_into_queue
from madoguchi.desk.ratings import FindWay, ask_for_rating
from madoguchi.desk.search_index import add_note
from madoguchi.desk.standing import Standing
from madoguchi.desk.steps import (
    Step,
    changed,
    deed,
    hand_to,
    is_theirs,
    locked,
    open_handoff,
    put_back,
    tell,
)
from madoguchi.desk.tables import HandoffRow, NoteRow
from madoguchi.media.uploads import take_along

RETURNED_DEED = "chat.returned"
_LEFT = {
    Owner.QUEUE: "chat.release",
    Owner.BOT: "chat.give_back",
    Owner.CLOSED: "chat.close",
}


class NotOwnerError(Exception):
    """The chat is not this agent's (any more); ``holder`` is whose it is, if anyone's."""

    def __init__(self, holder: str | None) -> None:
        """Name the holder."""
        super().__init__("the chat is not this agent's")
        self.holder = holder


class Ownership(Standing):
    """Ownership on SQLite or PostgreSQL; every deed is in the log, with its step or not at all."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        streams: Streams,
        find_way: FindWay | None = None,
    ) -> None:
        """Store in the engine's database; pages are told through the streams.

        Customers are asked for a rating where there is a way; without ``find_way`` none is asked.
        """
        super().__init__(engine, streams)
        self._engine = engine
        self._clock = clock
        self._find_way = find_way

    async def call(
        self,
        conversation_id: str,
        reason: Reason,
        goal: str,
        detail: str | None = None,
        notice: Draft | None = None,
    ) -> Handoff:
        """Return the handoff that is open, called now when there was none.

        Without a ``goal`` it is what the customer wrote. ``notice`` is told to them when it was
        called now. Raises UnknownConversationError.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            handoff, new = await put_into_queue(step, reason, goal, detail)
            messages = await tell(step, notice) if new else []
            found = handoff_of(handoff)
        if new:
            await self.publish(conversation_id, messages)
        return found

    async def take(self, conversation_id: str, agent_id: str) -> bool:
        """Return whether the chat is the agent's now: it was waiting, the bot's, or theirs.

        What the bot had ready is taken back, and what the customer wrote and the bot had not
        answered is the agent's to answer.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if step.row.owner == Owner.AGENT:
                return step.row.agent_id == agent_id
            await hand_to(step, agent_id)
            deed(step, "chat.take", agent_id)
        await self.publish(conversation_id)
        return True

    async def say(
        self, conversation_id: str, agent_id: str, text: str, key: str, files: Sequence[str] = ()
    ) -> tuple[Message, bool]:
        """Store an agent's message and send it; False with it when the key had come before.

        ``files`` are ids of what the agent has uploaded and not sent. Raises NotOwnerError when
        the chat is not this agent's, and UnknownFileError.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            known = await session.scalar(
                select(MessageRow.seq).where(
                    MessageRow.conversation_id == conversation_id,
                    MessageRow.sender == Sender.AGENT,
                    MessageRow.client_id == key,
                )
            )
            if known is not None:
                [message] = await read_messages(session, conversation_id, known - 1, known)
                return message, False
            if step.row.owner != Owner.AGENT or step.row.agent_id != agent_id:
                raise NotOwnerError(step.row.agent_id if step.row.owner == Owner.AGENT else None)
            draft = Draft(Kind.ANSWER, text, sender=Sender.AGENT)
            written = await write(session, conversation_id, [draft], step.now)
            [message] = written.messages
            stored = await session.get_one(MessageRow, (conversation_id, message.seq))
            stored.agent_id, stored.client_id = agent_id, key
            if files:
                await take_along(session, conversation_id, agent_id, message.seq, files)
                await session.flush()
                [message] = await read_messages(
                    session, conversation_id, message.seq - 1, message.seq
                )
            await send(session, conversation_id, written, step.now)
            step.row.last_agent_at = step.now
            deed(step, "chat.say", agent_id, seq=message.seq)
            changed(step, "message")
        self._streams.publish(conversation_id, Event("message", message))
        return message, True

    async def release(self, conversation_id: str, agent_id: str) -> bool:
        """Put a chat back into the queue, with its place; False when it is not this agent's."""
        return await self._leave(conversation_id, agent_id, Owner.QUEUE, None)

    async def give_back(
        self,
        conversation_id: str,
        agent_id: str,
        note: str | None = None,
        notice: Draft | None = None,
    ) -> bool:
        """Give a chat back to the bot, which ends the human stretch; False when not theirs.

        The note is kept for whoever takes the chat next; ``notice`` is told to the customer.
        """
        return await self._leave(
            conversation_id, agent_id, Owner.BOT, "given_back", note, notice=notice
        )

    async def close(self, conversation_id: str, agent_id: str, result: str) -> bool:
        """Close a chat with a result; the customer's next message is the bot's again."""
        return await self._leave(conversation_id, agent_id, Owner.CLOSED, result)

    async def transfer(self, conversation_id: str, agent_id: str, to_agent: str) -> bool:
        """Hand a chat to another agent; False when it is not this agent's."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if not is_theirs(step, agent_id):
                return False
            await hand_to(step, to_agent)
            deed(step, "chat.transfer", agent_id, to=to_agent)
        await self.publish(conversation_id)
        return True

    async def snooze(self, conversation_id: str, agent_id: str, until: datetime | None) -> bool:
        """Put a chat out of sight until then, or until the customer writes; None: back in sight."""
        async with AsyncSession(self._engine) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if not is_theirs(step, agent_id):
                return False
            step.row.snoozed_until = as_utc(until) if until is not None else None
            until_text = as_utc(until).isoformat() if until is not None else None
            deed(step, "chat.snooze", agent_id, until=until_text)
            changed(step)
            return True

    async def return_idle(self, silent_for: timedelta, notice: Draft | None = None) -> list[str]:
        """Put chats back into the queue whose agent has left a customer waiting so long.

        The time counts from the customer's message, or from when the agent got the chat. Each
        customer is told the ``notice``.
        """
        async with AsyncSession(self._reads) as session:
            found = await session.scalars(
                select(ConversationRow.id)
                .join(HandoffRow, HandoffRow.id == ConversationRow.handoff_id)
                .where(*_idle(as_utc(self._clock.now()) - silent_for))
                .limit(100)
            )
            ids = list(found)
        return [each for each in ids if await self._return(each, silent_for, notice)]

    async def _return(
        self, conversation_id: str, silent_for: timedelta, notice: Draft | None
    ) -> bool:
        """Put a chat back if its agent has not answered meanwhile."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            still = await session.scalar(
                select(HandoffRow)
                .join(ConversationRow, ConversationRow.handoff_id == HandoffRow.id)
                .where(ConversationRow.id == conversation_id, *_idle(step.now - silent_for))
            )
            if still is None:
                return False
            # Who had it is how the distribution knows not to give it to them at once.
            deed(step, RETURNED_DEED, None, agent=step.row.agent_id)
            messages = await self._end(step, Owner.QUEUE, None, notice)
        await self.publish(conversation_id, messages)
        return True

    async def _leave(
        self,
        conversation_id: str,
        agent_id: str,
        to: Owner,
        result: str | None,
        note: str | None = None,
        *,
        notice: Draft | None = None,
    ) -> bool:
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if not is_theirs(step, agent_id):
                return False
            if note:
                written = NoteRow(
                    conversation_id=conversation_id, agent_id=agent_id, text=note, at=step.now
                )
                await add_note(session, written)
            deed(step, _LEFT[to], agent_id, **({"result": result} if to is Owner.CLOSED else {}))
            messages = await self._end(step, to, result, notice)
        await self.publish(conversation_id, messages)
        return True

    async def _end(
        self, step: Step, to: Owner, result: str | None, notice: Draft | None = None
    ) -> list[Message]:
        if to is Owner.QUEUE:
            await put_back(step)
            await step.session.flush()
            return await tell(step, notice)
        handoff = await open_handoff(step)
        if handoff is not None:
            handoff.state, handoff.ended_at, handoff.result = Stage.ENDED, step.now, result
            step.row.handoff_id = None
        step.row.owner, step.row.agent_id, step.row.snoozed_until = to, None, None
        changed(step)
        await start_afresh(step)
        await step.session.flush()
        if handoff is None:
            return await tell(step, notice)
        return await ask_for_rating(step, handoff, self._find_way, notice)

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


def _idle(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return that an agent got the chat before then, and the customer's message, and is silent."""
    return (
        ConversationRow.owner == Owner.AGENT,
        ConversationRow.last_customer_at < before,
        func.coalesce(HandoffRow.taken_at, HandoffRow.asked_at) < before,
        or_(
            ConversationRow.last_agent_at.is_(None),
            ConversationRow.last_agent_at < ConversationRow.last_customer_at,
        ),
    )
