"""The outbox of notifications: what has to be told, once, whatever dies on the way.

A notification is claimed by a conditional update, so two processes never send the same one at
once; a process that dies between sending and noting it leads to one more mail of the same
Message-ID. Times here are the machine's own: a service whose clock is fixed still tries again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.deliveries import machine_time, process_name
from madoguchi.database import only_reading
from madoguchi.notifications.model import (
    Claim,
    Entry,
    Kind,
    NewNotification,
    Recipient,
    State,
    Via,
)
from madoguchi.notifications.tables import NotificationRow

# Longer than a try may take, so that a claim ends only with its process.
CLAIM = timedelta(seconds=90)
# A mail server that is being restarted is back within minutes, one that is moved within hours.
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(minutes=30)
_LONGEST_DETAIL = 200
_ENDED = (State.SENT, State.PARKED, State.CANCELLED)


async def put(session: AsyncSession, new: Iterable[NewNotification], now: datetime) -> int:
    """Add notifications to a transaction that is under way; returns how many keys were new."""
    rows = [_values(each, now) for each in new]
    if not rows:
        return 0
    kinds = {"sqlite": sqlite_insert, "postgresql": postgres_insert}
    make: Any = kinds.get(session.get_bind().dialect.name, insert)
    statement = make(NotificationRow).on_conflict_do_nothing(index_elements=["key"])
    added = await session.scalars(statement.returning(NotificationRow.id), rows)
    return len(added.all())


def _values(new: NewNotification, now: datetime) -> dict[str, Any]:
    return {
        "key": new.key,
        "via": new.to.via,
        "kind": new.kind,
        "conversation_id": new.conversation_id,
        "recipient": new.to.address,
        "payload": dict(new.payload),
        "state": new.state,
        "attempts": 0,
        # Not the service's clock, which may stand still.
        "next_at": machine_time(),
        "code": new.code,
        "created_at": as_utc(now),
        "ended_at": as_utc(now) if new.state in _ENDED else None,
    }


class NotificationOutbox:
    """Notifications, on SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        attempts: int = 8,
        now: Callable[[], datetime] = machine_time,
        holder: str | None = None,
    ) -> None:
        """Park a notification after so many attempts; ``holder`` names this process."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._attempts = attempts
        self._now = now
        self.holder = holder or process_name()

    async def add(self, new: Iterable[NewNotification], now: datetime) -> int:
        """Store notifications; returns how many keys were new. ``now`` is the service's time."""
        async with AsyncSession(self._engine) as session, session.begin():
            return await put(session, new, now)

    async def known(self, keys: Sequence[str]) -> set[str]:
        """Return which of the keys were stored before."""
        async with AsyncSession(self._reads) as session:
            found = await session.scalars(
                select(NotificationRow.key).where(NotificationRow.key.in_(keys))
            )
            return set(found)

    async def claim(self, vias: Iterable[Via], limit: int = 10) -> list[Claim]:
        """Return the oldest notifications to be sent now by one of these ways."""
        async with AsyncSession(self._reads) as session:
            due = await session.scalars(
                select(NotificationRow.id)
                .where(NotificationRow.via.in_(list(vias)), self._due())
                .order_by(NotificationRow.id)
                .limit(limit)
            )
            candidates = list(due)
        claims = [await self._claim(each) for each in candidates]
        return [claim for claim in claims if claim is not None]

    async def _claim(self, number: int) -> Claim | None:
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                update(NotificationRow)
                .where(NotificationRow.id == number, self._due())
                .values(
                    state=State.SENDING,
                    attempts=NotificationRow.attempts + 1,
                    claimed_by=self.holder,
                    claimed_at=self._now(),
                )
                .returning(NotificationRow)
                .execution_options(synchronize_session=False)
            )
            return _claim_of(row) if row is not None else None

    def _due(self) -> ColumnElement[bool]:
        now = self._now()
        return or_(
            and_(NotificationRow.state == State.WAITING, NotificationRow.next_at <= now),
            and_(NotificationRow.state == State.SENDING, NotificationRow.claimed_at < now - CLAIM),
        )

    async def finish(self, claim: Claim, outcome: Outcome) -> State | None:
        """Store how a try ended; None when another process holds the notification by now."""
        values = self._ending(claim, outcome)
        mine = and_(
            NotificationRow.id == claim.id,
            NotificationRow.state == State.SENDING,
            NotificationRow.claimed_by == self.holder,
            NotificationRow.attempts == claim.attempt,
        )
        return State(values["state"]) if await self._move(mine, values) == 1 else None

    def _ending(self, claim: Claim, outcome: Outcome) -> dict[str, Any]:
        now = self._now()
        values: dict[str, Any] = {
            "claimed_by": None,
            "claimed_at": None,
            "code": outcome.code,
            "detail": outcome.detail[:_LONGEST_DETAIL] if outcome.detail else None,
        }
        match outcome.result:
            case Result.SENT:
                return values | {"state": State.SENT, "ended_at": now}
            case Result.UNWANTED:
                return values | {"state": State.CANCELLED, "ended_at": now}
            case Result.REFUSED:
                return values | {"state": State.PARKED, "ended_at": now}
        if claim.attempt >= self._attempts:
            return values | {"state": State.PARKED, "ended_at": now}
        wait = outcome.after or _wait(claim.attempt)
        return values | {"state": State.WAITING, "next_at": now + wait}

    async def resend(self, number: int) -> bool:
        """Try a parked notification anew; False when there is no such one."""
        parked = and_(NotificationRow.id == number, NotificationRow.state == State.PARKED)
        values = {
            "state": State.WAITING,
            "attempts": 0,
            "next_at": self._now(),
            "code": None,
            "detail": None,
            "ended_at": None,
        }
        return await self._move(parked, values) == 1

    async def entries(self, states: Sequence[State], limit: int = 100) -> list[Entry]:
        """Return what is to be sent or was, in these states, newest first."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(NotificationRow)
                .where(
                    NotificationRow.state.in_(states),
                    NotificationRow.via.in_((Via.EMAIL, Via.WEBHOOK)),
                )
                .order_by(NotificationRow.id.desc())
                .limit(limit)
            )
            return [_entry_of(row) for row in rows]

    async def take_over(self, is_gone: Callable[[str], bool]) -> None:
        """Free at once what a process held that is known to be gone."""
        async with AsyncSession(self._reads) as session:
            rows = await session.execute(
                select(NotificationRow.id, NotificationRow.claimed_by).where(
                    NotificationRow.state == State.SENDING
                )
            )
            held = [(number, holder) for number, holder in rows]
        for number, holder in held:
            if holder is None or is_gone(holder):
                same = NotificationRow.claimed_by == holder
                still = and_(
                    NotificationRow.id == number, NotificationRow.state == State.SENDING, same
                )
                await self._move(still, {"claimed_at": self._now() - 2 * CLAIM})

    async def _move(self, which: ColumnElement[bool], values: dict[str, Any]) -> int:
        async with AsyncSession(self._engine) as session, session.begin():
            moved = await session.execute(update(NotificationRow).where(which).values(**values))
        return int(moved.rowcount)  # type: ignore[attr-defined]


def _wait(attempt: int) -> timedelta:
    """Return a wait by chance up to a bound that grows: all at once would fail all at once."""
    grown: timedelta = _FIRST_WAIT * 3.0 ** (attempt - 1)
    return min(grown, _LONGEST_WAIT) * random.uniform(0.5, 1.0)  # noqa: S311  (no secret)


def _claim_of(row: NotificationRow) -> Claim:
    return Claim(
        id=row.id,
        key=row.key,
        kind=Kind(row.kind),
        to=Recipient(Via(row.via), row.recipient),
        payload=row.payload,
        conversation_id=row.conversation_id,
        attempt=row.attempts,
        created_at=as_utc(row.created_at),
    )


def _entry_of(row: NotificationRow) -> Entry:
    return Entry(
        id=row.id,
        kind=Kind(row.kind),
        to=Recipient(Via(row.via), row.recipient),
        conversation_id=row.conversation_id,
        state=State(row.state),
        attempts=row.attempts,
        code=row.code,
        detail=row.detail,
        created_at=as_utc(row.created_at),
        ended_at=as_utc(row.ended_at) if row.ended_at is not None else None,
    )
