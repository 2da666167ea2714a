"""Calling a person from a conversation: only when somebody is there to come."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.desk.agent import Presence
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.tables import AgentRow
from madoguchi.desk.workload import HERE


class Handing:
    """Calls people, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, ownership: Ownership) -> None:
        """Call with the ownership's queue."""
        self._engine = engine
        self._clock = clock
        self._reads = only_reading(engine)
        self._ownership = ownership

    async def somebody_is_there(self) -> bool:
        """Return whether an agent has said that they are there, and has the desk open."""
        lately = as_utc(self._clock.now()) - HERE
        async with AsyncSession(self._reads) as session:
            online = await session.scalar(
                select(func.count()).where(
                    AgentRow.presence == Presence.ONLINE,
                    AgentRow.presence_at > lately,
                    AgentRow.removed_at.is_(None),
                )
            )
            return bool(online)

    async def seen(self, agent_id: str) -> None:
        """Note that an agent's desk is open."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(AgentRow)
                .where(AgentRow.id == agent_id)
                .values(presence_at=as_utc(self._clock.now()))
            )

    async def call(self, conversation_id: str, reason: Reason) -> int | None:
        """Return how many wait before this customer, who is in the queue now.

        None when an agent has the chat already. What the customer wants is read from the chat.
        """
        handoff = await self._ownership.call(conversation_id, reason, "")
        if handoff.stage is not Stage.WAITING:
            return None
        return await self._ownership.waiting_before(handoff)
