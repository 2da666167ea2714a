"""Who answers in a conversation, decided by the database: every step is a conditional update.

The conversation's row is locked first in each step, so two steps of one conversation never mix,
whichever processes they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.reading import read_messages
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.conversations.writing import UnknownConversationError, send, write
from madoguchi.database import only_reading
from madoguchi.desk.handoffs import handoff_of
from madoguchi.desk.model import Handoff, Reason, Stage
from madoguchi.desk.steps import (
    Step,
    changed,
    is_theirs,
    open_handoff,
    silence_the_bot,
    tell,
    wish_of,
)
from madoguchi.desk.tables import AgentRow, HandoffRow, NoteRow


class NotOwnerError(Exception):
    """The chat is not this agent's (any more); ``holder`` is whose it is, if anyone's."""

    def __init__(self, holder: str | None) -> None:
        """Name the holder."""
        super().__init__("the chat is not this agent's")
        self.holder = holder


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

        Without a ``goal`` it is what the customer wrote. ``notice`` is told to them when it was
        called now. Raises UnknownConversationError.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await self._lock(session, conversation_id)
            known = await open_handoff(step)
            if known is not None:
                return handoff_of(known)
            made = HandoffRow(
                conversation_id=conversation_id,
                reason=reason,
                detail=detail[:200] if detail else None,
                goal=goal or await wish_of(step),
                site=step.row.site,
                state=Stage.WAITING,
                asked_at=step.now,
            )
            session.add(made)
            await session.flush()
            step.row.owner, step.row.handoff_id = Owner.QUEUE, made.id
            step.row.agent_id = None
            changed(step)
            messages = await tell(step, notice)
            found = handoff_of(made)
        await self._publish(conversation_id, messages)
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
            handoff = await open_handoff(step)
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
            await silence_the_bot(step)
            changed(step)
        await self._publish(conversation_id)
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
            changed(step, "message")
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
            if not is_theirs(step, agent_id):
                return False
            handoff = await open_handoff(step)
            if handoff is not None:
                handoff.agent_id = to_agent
            step.row.agent_id, step.row.last_agent_at = to_agent, step.now
            changed(step)
        await self._publish(conversation_id)
        return True

    async def snooze(self, conversation_id: str, agent_id: str, until: datetime | None) -> bool:
        """Put a chat out of sight until then, or until the customer writes; None: back in sight."""
        async with AsyncSession(self._engine) as session, session.begin():
            step = await self._lock(session, conversation_id)
            if not is_theirs(step, agent_id):
                return False
            step.row.snoozed_until = as_utc(until) if until is not None else None
            changed(step)
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
        return await self._waiting_before(handoff.id)

    async def _waiting_before(self, handoff_id: int) -> int:
        async with AsyncSession(self._reads) as session:
            before = await session.scalar(
                select(func.count()).where(
                    HandoffRow.state == Stage.WAITING, HandoffRow.id < handoff_id
                )
            )
            return int(before or 0)

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
            if not is_theirs(step, agent_id):
                return False
            handoff = await open_handoff(step)
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
            changed(step)
        await self._publish(conversation_id)
        return True

    async def _lock(self, session: AsyncSession, conversation_id: str) -> Step:
        """Return the conversation, which nobody else changes until the transaction ends."""
        row = await session.scalar(
            select(ConversationRow).where(ConversationRow.id == conversation_id).with_for_update()
        )
        if row is None:
            raise UnknownConversationError
        return Step(session, row, as_utc(self._clock.now()))

    async def shown(self, conversation_id: str) -> dict[str, Any]:
        """Return what the customer's page shows of it: owner, the agent's name, who wait before."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(ConversationRow, conversation_id)
            if row is None:
                raise UnknownConversationError
            agent = await session.get(AgentRow, row.agent_id) if row.agent_id else None
            number = row.handoff_id
        waiting = None
        if row.owner == Owner.QUEUE and number is not None:
            waiting = await self._waiting_before(number)
        name = {"name": agent.name} if agent is not None else None
        return {"owner": row.owner, "agent": name, "waiting": waiting}

    async def _publish(self, conversation_id: str, messages: Sequence[Message] = ()) -> None:
        self._streams.publish(conversation_id, Event("owner", await self.shown(conversation_id)))
        for message in messages:
            self._streams.publish(conversation_id, Event("message", message))
