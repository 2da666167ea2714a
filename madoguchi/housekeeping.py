"""Deletes what has served its purpose: tokens, nonces, old events, changes, unsent files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.line.tables import LinkNonceRow, ReplyTokenRow
from madoguchi.conversations.channel_tables import ChannelEventRow, WithdrawalRow
from madoguchi.conversations.outbox import machine_time
from madoguchi.desk.tables import AgentSessionRow, DeskChangeRow
from madoguchi.media.removal import remove_where
from madoguchi.media.uploads import left_unsent
from madoguchi.notifications.model import Kind, State
from madoguchi.notifications.tables import NotificationRow

TIDY_SECONDS = 3600.0
# A platform may send an event again for a day; what came is known for long enough to be sure.
_EVENTS = timedelta(days=30)
_DAY = timedelta(days=1)


async def tidy(engine: AsyncEngine) -> int:
    """Delete what nobody needs any more; returns how many rows that were."""
    deleted = 0
    for table, old in _old():
        async with AsyncSession(engine) as session, session.begin():
            done = await session.execute(delete(table).where(old))
            deleted += done.rowcount  # type: ignore[attr-defined]
    async with AsyncSession(engine) as session, session.begin():
        deleted += await remove_where(session, left_unsent())
    return deleted


def _old() -> list[tuple[Any, ColumnElement[bool]]]:
    now = machine_time()
    told = and_(
        NotificationRow.state.in_((State.SENT, State.CANCELLED)),
        NotificationRow.ended_at < now - _EVENTS,
        # What was answered to an inquiry belongs to it.
        NotificationRow.kind.not_in((Kind.INQUIRY_REPLY, Kind.INQUIRY_CHANGE)),
    )
    over = and_(ChannelEventRow.state == "done", ChannelEventRow.received_at < now - _EVENTS)
    return [
        (ReplyTokenRow, ReplyTokenRow.at < now - _DAY),
        (LinkNonceRow, LinkNonceRow.ends_at < now - _DAY),
        (ChannelEventRow, over),
        (WithdrawalRow, WithdrawalRow.at < now - _EVENTS),
        (NotificationRow, told),
        (DeskChangeRow, DeskChangeRow.at < now - _DAY),
        (AgentSessionRow, AgentSessionRow.ends_at < now - _EVENTS),
    ]
