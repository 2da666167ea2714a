"""Events of messaging channels: stored before they are acknowledged, and only once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.channel import RawEvent
from madoguchi.conversations.channel_tables import ChannelEventRow
from madoguchi.conversations.outbox import machine_time
from madoguchi.database import only_reading

# Events that overtook one another on the way are put in order again within this time.
SETTLE = timedelta(seconds=0.2)
_ATTEMPTS = 6
_USERS_AT_ONCE = 50


@dataclass(frozen=True)
class PendingEvent:
    """An event that waits to be worked on."""

    id: int
    channel: str
    raw: RawEvent
    attempts: int


class EventStore:
    """Events as they came, on SQLite or PostgreSQL. Times of waiting are the machine's."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Store in the engine's database."""
        self._engine = engine
        self._reads = only_reading(engine)

    async def store(self, channel: str, events: Sequence[RawEvent]) -> set[str]:
        """Store what is new and return the ids of the events that were known before."""
        if not events:
            return set()
        now, ids = machine_time(), {event.event_id for event in events}
        rows = [
            {
                "channel": channel,
                "event_id": event.event_id,
                "user": event.user,
                "payload": event.payload,
                # What belongs to no customer is only recorded.
                "state": "pending" if event.user is not None else "done",
                "attempts": 0,
                "at": as_utc(event.at),
                "received_at": now,
                "next_at": now + SETTLE,
            }
            for event in {event.event_id: event for event in events}.values()
        ]
        async with AsyncSession(self._engine) as session, session.begin():
            new = await session.scalars(
                self._insert_new().returning(ChannelEventRow.event_id), rows
            )
            return ids - set(new)

    def _insert_new(self) -> Any:
        kinds = {"sqlite": sqlite_insert, "postgresql": postgres_insert}
        make = kinds.get(self._engine.dialect.name, insert)
        statement: Any = make(ChannelEventRow)
        return statement.on_conflict_do_nothing(index_elements=["channel", "event_id"])

    async def users_due(self, channels: Sequence[str]) -> list[tuple[str, str]]:
        """Return the customers (channel, id) that have events to be worked on now."""
        async with AsyncSession(self._reads) as session:
            found = await session.execute(
                select(ChannelEventRow.channel, ChannelEventRow.user)
                .where(
                    ChannelEventRow.state == "pending",
                    ChannelEventRow.channel.in_(channels),
                    ChannelEventRow.next_at <= machine_time(),
                )
                .distinct()
                .limit(_USERS_AT_ONCE)
            )
            return [(channel, user) for channel, user in found if user is not None]

    async def next_of(self, channel: str, user: str) -> PendingEvent | None:
        """Return the customer's oldest waiting event by the platform's time, if it is due.

        While one is put off, the ones after it wait too.
        """
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(ChannelEventRow)
                .where(
                    ChannelEventRow.channel == channel,
                    ChannelEventRow.user == user,
                    ChannelEventRow.state == "pending",
                )
                .order_by(ChannelEventRow.at, ChannelEventRow.id)
                .limit(1)
            )
        if row is None or as_utc(row.next_at) > machine_time():
            return None
        raw = RawEvent(
            row.event_id,
            row.user,
            as_utc(row.at),
            row.payload or {},
            received_at=as_utc(row.received_at),
        )
        return PendingEvent(row.id, row.channel, raw, row.attempts)

    async def done(self, event: PendingEvent, kind: str) -> None:
        """Note that an event was worked on; its content is elsewhere now, or not wanted."""
        await self._set(event, state="done", kind=kind, payload=None)

    async def claim_done(self, session: AsyncSession, event: PendingEvent, kind: str) -> bool:
        """Note it in a transaction of what the event does; False when it was done before."""
        claimed = await session.execute(
            update(ChannelEventRow)
            .where(ChannelEventRow.id == event.id, ChannelEventRow.state == "pending")
            .values(state="done", kind=kind, payload=None)
        )
        return bool(claimed.rowcount == 1)  # type: ignore[attr-defined]

    async def failed(self, event: PendingEvent) -> bool:
        """Put an event off, or give it up after some tries (returns True); its content stays."""
        attempts = event.attempts + 1
        given_up = attempts >= _ATTEMPTS
        await self._set(
            event,
            attempts=attempts,
            state="failed" if given_up else "pending",
            next_at=machine_time() + timedelta(seconds=2.0**attempts / 4),
        )
        return given_up

    async def _set(self, event: PendingEvent, **values: Any) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(ChannelEventRow)
                .where(ChannelEventRow.id == event.id, ChannelEventRow.state == "pending")
                .values(**values)
            )

    async def received_at(self, channel: str, event_id: str) -> datetime | None:
        """Return when an event came first, None for one that never did."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(ChannelEventRow).where(
                    ChannelEventRow.channel == channel, ChannelEventRow.event_id == event_id
                )
            )
            return as_utc(row.received_at) if row is not None else None
