"""Deletes what has served its purpose: tokens, nonces, old events and changes."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.tables import LinkNonceRow, ReplyTokenRow
from madoguchi.conversations.channel_tables import ChannelEventRow, WithdrawalRow
from madoguchi.conversations.outbox import machine_time
from madoguchi.desk.tables import AgentSessionRow, DeskChangeRow
from madoguchi.logs import log

_LOOK_SECONDS = 3600.0
# A platform may send an event again for a day; what came is known for long enough to be sure.
_EVENTS = timedelta(days=30)
_DAY = timedelta(days=1)


class Housekeeper:
    """Tidies up once an hour."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Tidy the engine's database, by the machine's time."""
        self._engine = engine
        self._task: asyncio.Task[None] | None = None
        self._log = log("housekeeping")

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                await self.tidy()
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("not tidied")

    async def tidy(self) -> int:
        """Delete what nobody needs any more; returns how many rows that were."""
        deleted = 0
        for table, old in _old():
            async with AsyncSession(self._engine) as session, session.begin():
                done = await session.execute(delete(table).where(old))
                deleted += done.rowcount  # type: ignore[attr-defined]
        return deleted


def _old() -> list[tuple[Any, ColumnElement[bool]]]:
    now = machine_time()
    over = and_(ChannelEventRow.state == "done", ChannelEventRow.received_at < now - _EVENTS)
    return [
        (ReplyTokenRow, ReplyTokenRow.at < now - _DAY),
        (LinkNonceRow, LinkNonceRow.ends_at < now - _DAY),
        (ChannelEventRow, over),
        (WithdrawalRow, WithdrawalRow.at < now - _EVENTS),
        (DeskChangeRow, DeskChangeRow.at < now - _DAY),
        (AgentSessionRow, AgentSessionRow.ends_at < now - _EVENTS),
    ]
