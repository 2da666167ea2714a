"""Handing chats to agents who did not take them: by a lead, or by the distribution."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.desk.agent import Presence
from madoguchi.desk.roles import Action, Role, allowed
from madoguchi.desk.standing import Standing
from madoguchi.desk.steps import Step, deed, hand_to, locked
from madoguchi.desk.tables import AgentRow
from madoguchi.desk.workload import chats_of, presence_of

ASSIGNED_DEED = "chat.assign"


class Assigning:
    """Assigns, on SQLite or PostgreSQL; the conversation is locked first, then the agent."""

    def __init__(self, engine: AsyncEngine, clock: Clock, standing: Standing) -> None:
        """Store in the engine's database; ``standing`` tells the customers' pages."""
        self._engine = engine
        self._clock = clock
        self._standing = standing

    async def assign(self, conversation_id: str, to_agent: str, by: str) -> bool:
        """Return whether the chat is the agent's now; it has to wait, or be some agent's.

        It may be beyond the agent's capacity, and the agent away: a lead knows why. Raises
        UnknownConversationError.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if step.row.owner not in {Owner.QUEUE, Owner.AGENT}:
                return False
            former = step.row.agent_id
            if former == to_agent:
                return True
            if await _worker(session, to_agent) is None:
                return False
            await hand_to(step, to_agent)
            deed(step, ASSIGNED_DEED, by, to=to_agent, former=former)
        await self._standing.publish(conversation_id)
        return True

    async def place(self, conversation_id: str, handoff_id: int, to_agent: str) -> bool:
        """Return whether a chat that waited is now the agent's, who is there and has room for it.

        Two processes that place at once never fill an agent beyond the capacity: each counts
        while it holds the agent's row.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, self._now())
            if step.row.owner != Owner.QUEUE or step.row.handoff_id != handoff_id:
                return False
            agent = await _worker(session, to_agent)
            if agent is None or not await _has_room(step, agent):
                return False
            await hand_to(step, to_agent)
            deed(step, ASSIGNED_DEED, None, to=to_agent, former=None)
        await self._standing.publish(conversation_id)
        return True

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


async def _worker(session: AsyncSession, agent_id: str) -> AgentRow | None:
    """Return the agent, whose row nobody else changes before the transaction ends."""
    row: AgentRow | None = await session.scalar(
        select(AgentRow)
        .where(AgentRow.id == agent_id, AgentRow.removed_at.is_(None))
        .with_for_update()
    )
    return row if row is not None and allowed(Role(row.role), Action.WORK) else None


async def _has_room(step: Step, agent: AgentRow) -> bool:
    there = presence_of(agent.presence, agent.presence_at, step.now) is Presence.ONLINE
    return there and await chats_of(step.session, agent.id, step.now) < agent.capacity
