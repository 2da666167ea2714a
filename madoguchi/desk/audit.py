"""The log of what agents did: written with the deed, in the same transaction, never changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.desk.tables import AuditRow


@dataclass(frozen=True)
class Entry:
    """One deed; ``agent_id`` is None for the command line and for those not signed in."""

    id: int
    agent_id: str | None
    action: str
    conversation_id: str | None
    detail: Mapping[str, Any]
    at: datetime


class Audit:
    """The log, on SQLite or PostgreSQL. It holds no passwords, codes or customers' words."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Write to the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    def write(
        self,
        session: AsyncSession,
        action: str,
        agent_id: str | None,
        detail: Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
    ) -> None:
        """Add a deed to a transaction that is under way: both stand, or neither."""
        session.add(
            AuditRow(
                agent_id=agent_id,
                action=action,
                conversation_id=conversation_id,
                detail=dict(detail or {}),
                at=as_utc(self._clock.now()),
            )
        )

    async def record(
        self,
        action: str,
        agent_id: str | None,
        detail: Mapping[str, Any] | None = None,
        conversation_id: str | None = None,
    ) -> None:
        """Write a deed that changes nothing else, such as a refusal."""
        async with AsyncSession(self._engine) as session, session.begin():
            self.write(session, action, agent_id, detail, conversation_id)

    async def entries(
        self,
        *,
        before: int | None = None,
        limit: int = 100,
        agent_id: str | None = None,
        conversation_id: str | None = None,
    ) -> list[Entry]:
        """Return deeds, the newest first, those before an id when it is given."""
        query = select(AuditRow).order_by(AuditRow.id.desc()).limit(limit)
        if before is not None:
            query = query.where(AuditRow.id < before)
        if agent_id is not None:
            query = query.where(AuditRow.agent_id == agent_id)
        if conversation_id is not None:
            query = query.where(AuditRow.conversation_id == conversation_id)
        async with AsyncSession(self._reads) as session:
            return [_entry(row) for row in await session.scalars(query)]


def _entry(row: AuditRow) -> Entry:
    return Entry(
        row.id,
        row.agent_id,
        row.action,
        row.conversation_id,
        row.detail,
        as_utc(row.at).astimezone(TOKYO),
    )
