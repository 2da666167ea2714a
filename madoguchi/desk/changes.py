"""What changed at the desk, numbered, so that an open page misses nothing on a broken line."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.database import only_reading
from madoguchi.desk.tables import DeskChangeRow

_AT_ONCE = 500


@dataclass(frozen=True)
class Change:
    """That something changed in a chat."""

    number: int
    conversation_id: str
    kind: str
    # From which message on what was said is another than before; None: nothing of it.
    seq: int | None = None


class Changes:
    """The numbered changes, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Read from the engine's database."""
        self._reads = only_reading(engine)

    async def newest(self) -> int:
        """Return the number of the newest change, 0 when there is none."""
        async with AsyncSession(self._reads) as session:
            return int(await session.scalar(select(func.max(DeskChangeRow.id))) or 0)

    async def oldest(self) -> int:
        """Return the number of the oldest change that is kept."""
        async with AsyncSession(self._reads) as session:
            return int(await session.scalar(select(func.min(DeskChangeRow.id))) or 0)

    async def after(self, number: int) -> list[Change]:
        """Return the changes above a number, oldest first, at most 500."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(DeskChangeRow)
                .where(DeskChangeRow.id > number)
                .order_by(DeskChangeRow.id)
                .limit(_AT_ONCE)
            )
            return [Change(row.id, row.conversation_id, row.kind, row.seq) for row in rows]
