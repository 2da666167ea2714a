"""Who is at the desk, and how many chats each one has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.desk.agent import Presence
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow

# An open desk is noted every minute; one that was closed without a word is gone after this.
HERE = timedelta(minutes=3)


@dataclass(frozen=True)
class Colleague:
    """An agent as the others see one; ``chats`` are those in sight, not the snoozed ones."""

    id: str
    name: str
    role: Role
    presence: Presence
    chats: int
    capacity: int

    def as_json(self) -> dict[str, Any]:
        """Return it as the desk's pages get it."""
        return {
            "id": self.id,
            "name": self.name,
            "presence": self.presence.value,
            "chats": self.chats,
            "capacity": self.capacity,
        }


class Workload:
    """Reads it from SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Read from the engine's database; who is there is judged by the clock."""
        self._reads = only_reading(engine)
        self._clock = clock

    async def all(self) -> list[Colleague]:
        """Return the agents by their sign-in names, without those who were removed."""
        async with AsyncSession(self._reads) as session:
            return await colleagues(session, as_utc(self._clock.now()))

    async def is_over(self, agent_id: str) -> bool:
        """Return whether an agent has more chats than their capacity."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(AgentRow, agent_id)
            if row is None:
                return False
            return await chats_of(session, agent_id, as_utc(self._clock.now())) > row.capacity


async def colleagues(session: AsyncSession, now: datetime) -> list[Colleague]:
    """Return the agents by their sign-in names; ``now`` is in UTC."""
    counted = await session.execute(
        select(ConversationRow.agent_id, func.count())
        .where(ConversationRow.owner == Owner.AGENT, _in_sight(now))
        .group_by(ConversationRow.agent_id)
    )
    chats = {agent: count for agent, count in counted}  # noqa: C416  (rows are no pairs)
    rows = await session.scalars(
        select(AgentRow).where(AgentRow.removed_at.is_(None)).order_by(AgentRow.login)
    )
    return [
        Colleague(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            presence=presence_of(row.presence, row.presence_at, now),
            chats=chats.get(row.id, 0),
            capacity=row.capacity,
        )
        for row in rows
    ]


async def chats_of(session: AsyncSession, agent_id: str, now: datetime) -> int:
    """Return how many chats an agent has in sight; ``now`` is in UTC."""
    counted = await session.scalar(
        select(func.count()).where(
            and_(
                ConversationRow.owner == Owner.AGENT,
                ConversationRow.agent_id == agent_id,
                _in_sight(now),
            )
        )
    )
    return int(counted or 0)


def presence_of(said: str, seen_at: datetime | None, now: datetime) -> Presence:
    """Return whether somebody is there: what they said, while their desk is open."""
    open_lately = seen_at is not None and as_utc(seen_at) > now - HERE
    return Presence(said) if open_lately else Presence.OFFLINE


def _in_sight(now: datetime) -> Any:
    return or_(ConversationRow.snoozed_until.is_(None), ConversationRow.snoozed_until <= now)
