"""Whether somebody is at the desk: agents who say so, and have it open."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.desk.agent import Presence
from madoguchi.desk.tables import AgentRow
from madoguchi.desk.workload import HERE


class Handing:
    """Knows who is there, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Keep it in the engine's database."""
        self._engine = engine
        self._clock = clock
        self._reads = only_reading(engine)

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
