"""Who answers in a conversation, decided by the database: every step is a conditional update.

The conversation's row is locked first in each step, so two steps of one conversation never mix,
whichever processes they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.model import Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.reading import read_messages
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.tables import ConversationRow, InboxRow, MessageRow
from madoguchi.conversations.writing import UnknownConversationError, send, write
from madoguchi.database import only_reading
from madoguchi.desk.handoffs import handoff_of
from madoguchi.desk.model import Handoff, Reason, Stage
from madoguchi.desk.tables import DeskChangeRow, HandoffRow, NoteRow


class NotOwnerError(Exception):
    """The chat is not this agent's (any more); ``holder`` is whose it is, if anyone's."""

    def __init__(self, holder: str | None) -> None:
        """Name the holder."""
        super().__init__("the chat is not this agent's")
        self.holder = holder


@dataclass(frozen=True)
class _Step:
    """A step's place: the open transaction and the locked conversation."""

    session: AsyncSession
    row: ConversationRow
    now: datetime


class Ownership:
    """Ownership on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, streams: Streams) -> None:
        """Store in the engine's database; pages are told through the streams."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._streams = streams

    async def call(
        self,
        conversation_id: str,
        reason: Reason,
        goal: str,
        detail: str | None = None,
        notice: Draft | None = None,
    ) -> Handoff:
        """Return the handoff that is open, called now when there was none.

        ``notice`` is told to the customer when it was called now. Raises
        UnknownConversationError.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await self._lock(session, conversation_id)
            known = await _open_handoff(step)
            if known is not None:
                return handoff_of(known)
            made = HandoffRow(
                conversation_id=conversation_id,
                reason=reason,
                detail=detail[:200] if detail else None,
                goal=goal,
                site=step.row.site,
                state=Stage.WAITING,
                asked_at=step.now,
            )
            session.add(made)
            await session.flush()
            step.row.owner, step.row.handoff_id = Owner.QUEUE, made.id
            step.row.agent_id = None
            _changed(step)
            messages = await _tell(step, notice)
            found = handoff_of(made)
        self._publish(conversation_id, Owner.QUEUE, None, messages)
        return found

    async def take(self, conversation_id: str, agent_id: str) -> bool:
        """Return whether the chat is the agent's now: it was waiting, the bot's, or theirs.

        From here on nothing of the bot goes out: what it had ready is taken back, and what the
        customer wrote and the bot had not answered is the agent's to answer.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await self._lock(session, conversation_id)
            if step.row.owner == Owner.AGENT:
                return step.row.agent_id == agent_id
            handoff = await _open_handoff(step)
            if handoff is None:
                handoff = HandoffRow(
                    conversation_id=conversation_id,
                    reason=Reason.CUSTOMER,
                    detail="taken without a call",
                    goal="",
                    site=step.row.site,
                    state=Stage.WAITING,
                    asked_at=step.now,
                )
                session.add(handoff)
                await session.flush()
            handoff.state, handoff.agent_id = Stage.TAKEN, agent_id
            handoff.taken_at = handoff.taken_at or step.now
            step.row.owner, step.row.agent_id = Owner.AGENT, agent_id
            step.row.handoff_id, step.row.snoozed_until = handoff.id, None
            step.row.last_agent_at = step.now
            await _silence_the_bot(step)
            _changed(step)
        self._publish(conversation_id, Owner.AGENT, agent_id)
        return True

    async def say(
        self, conversation_id: str, agent_id: str, text: str, key: str
    ) -> tuple[Message, bool]:
        """Store an agent's message and send it; False with it when the key had come before.

        Raises NotOwnerError when the chat is not this agent's.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await self._lock(session, conversation_id)
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
            await send(session, conversation_id, written, step.now)
            step.row.last_agent_at = step.now
            _changed(step, "message")
        self._streams.publish(conversation_id, Event("message", message))
        return message, True

    async def release(self, conversation_id: str, agent_id: str) -> bool:
        """Put a chat back into the queue, with its place; False when it is not this agent's."""
        return await self._leave(conversation_id, agent_id, Owner.QUEUE, None)

    async def give_back(self, conversation_id: str, agent_id: str, note: str | None = None) -> bool:
        """Give a chat back to the bot, which ends the human stretch; False when not theirs.

        The note is kept for whoever takes the chat next.
        """
        return await self._leave(conversation_id, agent_id, Owner.BOT, "given_back", note)

    async def close(self, conversation_id: str, agent_id: str, result: str) -> bool:
        """Close a chat with a result; the customer's next message is the bot's again."""
        return await self._leave(conversation_id, agent_id, Owner.CLOSED, result)

    async def transfer(self, conversation_id: str, agent_id: str, to_agent: str) -> bool:
        """Hand a chat to another agent; False when it is not this agent's."""
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await self._lock(session, conversation_id)
            if not _is_theirs(step, agent_id):
                return False
            handoff = await _open_handoff(step)
            if handoff is not None:
                handoff.agent_id = to_agent
            step.row.agent_id, step.row.last_agent_at = to_agent, step.now
            _changed(step)
        self._publish(conversation_id, Owner.AGENT, to_agent)
        return True

    async def snooze(self, conversation_id: str, agent_id: str, until: datetime | None) -> bool:
        """Put a chat out of sight until then, or until the customer writes; None: back in sight."""
        async with AsyncSession(self._engine) as session, session.begin():
            step = await self._lock(session, conversation_id)
            if not _is_theirs(step, agent_id):
                return False
            step.row.snoozed_until = as_utc(until) if until is not None else None
            _changed(step)
            return True

    async def return_idle(self, silent_for: timedelta) -> list[str]:
        """Put chats back into the queue whose agent has left a customer waiting so long."""
        now = as_utc(self._clock.now())
        waits = and_(
            ConversationRow.owner == Owner.AGENT,
            ConversationRow.last_customer_at < now - silent_for,
            or_(
                ConversationRow.last_agent_at.is_(None),
                ConversationRow.last_agent_at < ConversationRow.last_customer_at,
            ),
        )
        async with AsyncSession(self._reads) as session:
            rows = await session.execute(
                select(ConversationRow.id, ConversationRow.agent_id).where(waits).limit(100)
            )
            found = [(number, agent) for number, agent in rows if agent is not None]
        return [
            conversation for conversation, agent in found if await self.release(conversation, agent)
        ]

    async def open_handoff(self, conversation_id: str) -> Handoff | None:
        """Return the handoff that is not ended, if there is one."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(HandoffRow).where(
                    HandoffRow.conversation_id == conversation_id, HandoffRow.state != Stage.ENDED
                )
            )
            return handoff_of(row) if row is not None else None

    async def waiting_before(self, handoff: Handoff) -> int:
        """Return how many customers wait longer than this one."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(HandoffRow.id).where(
                    HandoffRow.state == Stage.WAITING, HandoffRow.id < handoff.id
                )
            )
            return len(list(rows))

    async def _leave(
        self,
        conversation_id: str,
        agent_id: str,
        to: Owner,
        result: str | None,
        note: str | None = None,
    ) -> bool:
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await self._lock(session, conversation_id)
            if not _is_theirs(step, agent_id):
                return False
            handoff = await _open_handoff(step)
            if handoff is not None and to is Owner.QUEUE:
                handoff.state, handoff.agent_id = Stage.WAITING, None
            elif handoff is not None:
                handoff.state, handoff.ended_at, handoff.result = Stage.ENDED, step.now, result
                step.row.handoff_id = None
            step.row.owner, step.row.agent_id, step.row.snoozed_until = to, None, None
            if note:
                session.add(
                    NoteRow(
                        conversation_id=conversation_id, agent_id=agent_id, text=note, at=step.now
                    )
                )
            _changed(step)
        self._publish(conversation_id, to, None)
        return True

    async def _lock(self, session: AsyncSession, conversation_id: str) -> _Step:
        """Return the conversation, which nobody else changes until the transaction ends."""
        row = await session.scalar(
            select(ConversationRow).where(ConversationRow.id == conversation_id).with_for_update()
        )
        if row is None:
            raise UnknownConversationError
        return _Step(session, row, as_utc(self._clock.now()))

    def _publish(
        self,
        conversation_id: str,
        owner: Owner,
        agent_id: str | None,
        messages: Sequence[Message] = (),
    ) -> None:
        self._streams.publish(
            conversation_id,
            Event("owner", {"owner": owner.value, "agent": agent_id, "waiting": None}),
        )
        for message in messages:
            self._streams.publish(conversation_id, Event("message", message))


def _is_theirs(step: _Step, agent_id: str) -> bool:
    return step.row.owner == Owner.AGENT and step.row.agent_id == agent_id


async def _open_handoff(step: _Step) -> HandoffRow | None:
    found: HandoffRow | None = await step.session.scalar(
        select(HandoffRow).where(
            HandoffRow.conversation_id == step.row.id, HandoffRow.state != Stage.ENDED
        )
    )
    return found


async def _silence_the_bot(step: _Step) -> None:
    """Take back what the bot has not sent, and leave what it has not answered to the agent."""
    await step.session.execute(
        update(InboxRow)
        .where(InboxRow.conversation_id == step.row.id, InboxRow.state == "pending")
        .values(state="done", done_at=step.now)
    )
    await step.session.execute(
        update(OutboxRow)
        .where(OutboxRow.conversation_id == step.row.id, OutboxRow.state.in_(("waiting", "held")))
        .values(state="cancelled", code="taken_over", ended_at=step.now)
    )


async def _tell(step: _Step, notice: Draft | None) -> list[Message]:
    if notice is None:
        return []
    written = await write(step.session, step.row.id, [notice], step.now)
    await send(step.session, step.row.id, written, step.now)
    return written.messages


def _changed(step: _Step, kind: str = "chat") -> None:
    step.session.add(DeskChangeRow(conversation_id=step.row.id, kind=kind, at=step.now))
