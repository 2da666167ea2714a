"""The outbox: what has to reach a platform, once and in order, whatever dies on the way.

A delivery is claimed by a conditional update, so two processes never send the same one. Times here
are the machine's own: a service whose clock is fixed still has to try again later.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, case, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import aliased

from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.deliveries import (
    Claim,
    Entry,
    State,
    claim_of,
    entry_of,
    gone_from_here,
    machine_time,
    process_name,
)
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.desk.tables import DeskChangeRow

__all__ = [
    "CLAIM",
    "Claim",
    "Entry",
    "Outbox",
    "State",
    "gone_from_here",
    "machine_time",
    "process_name",
]

# Longer than a try may take, so that a claim ends only with its process.
CLAIM = timedelta(seconds=20)
_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=1)
# A platform keeps a retry key for a day: a push with an older one could arrive a second time.
_KEY_LIFE = timedelta(hours=23)


_OPEN = (State.WAITING, State.SENDING)


class Outbox:
    """Deliveries, on SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        *,
        attempts: int = 8,
        now: Callable[[], datetime] = machine_time,
        holder: str | None = None,
    ) -> None:
        """Park a delivery after so many attempts; ``holder`` names this process."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._attempts = attempts
        self._now = now
        self.holder = holder or process_name()

    async def claim(self, channels: Sequence[str], limit: int = 20) -> list[Claim]:
        """Return the channels' deliveries to be tried now, the oldest of each conversation."""
        async with AsyncSession(self._reads) as session:
            due = await session.scalars(
                select(OutboxRow.id)
                .where(OutboxRow.channel.in_(channels), self._due())
                .order_by(OutboxRow.id)
                .limit(limit)
            )
            candidates = list(due)
        claims = [await self._claim(each) for each in candidates]
        return [claim for claim in claims if claim is not None]

    async def _claim(self, delivery_id: int) -> Claim | None:
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                update(OutboxRow)
                .where(OutboxRow.id == delivery_id, self._due())
                .values(
                    # Who finds it being sent finds the traces of a process that died.
                    unsure=or_(OutboxRow.unsure, OutboxRow.state == State.SENDING),
                    state=State.SENDING,
                    attempts=OutboxRow.attempts + 1,
                    claimed_by=self.holder,
                    claimed_until=self._now() + CLAIM,
                )
                .returning(OutboxRow)
                .execution_options(synchronize_session=False)
            )
            if row is None:
                return None
            if row.attempts == 1 and not row.unsure and not row.parts_done:
                row.seqs = [*await self._merge_held(session, row), *row.seqs]
            return claim_of(row)

    async def _merge_held(self, session: AsyncSession, row: OutboxRow) -> list[int]:
        """Have what was held before a delivery go with it: it must not come after it.

        A delivery that was tried goes as it is, and of what arrived in part the rest follows by
        itself.
        """
        held = await session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.conversation_id == row.conversation_id,
                OutboxRow.id < row.id,
                OutboxRow.state == State.HELD,
                OutboxRow.unsure.is_(False),
                OutboxRow.parts_done == 0,
            )
            .values(state=State.MERGED, ended_at=self._now())
            .returning(OutboxRow.id, OutboxRow.seqs)
            .execution_options(synchronize_session=False)
        )
        return [seq for _, seqs in sorted(held.all()) for seq in seqs]

    def _due(self) -> ColumnElement[bool]:
        now, earlier = self._now(), aliased(OutboxRow)
        before = exists().where(
            earlier.conversation_id == OutboxRow.conversation_id,
            earlier.id < OutboxRow.id,
            or_(
                earlier.state.in_(_OPEN),
                and_(earlier.state == State.HELD, earlier.next_at <= now),
            ),
        )
        return and_(
            or_(
                and_(OutboxRow.state.in_((State.WAITING, State.HELD)), OutboxRow.next_at <= now),
                and_(OutboxRow.state == State.SENDING, OutboxRow.claimed_until < now),
            ),
            ~before,
        )

    async def finish(self, claim: Claim, outcome: Outcome) -> State | None:
        """Store how a try ended; None when another process holds the delivery by now."""
        values = self._ending(claim, outcome)
        async with AsyncSession(self._engine) as session, session.begin():
            done = await session.execute(
                update(OutboxRow)
                .where(
                    OutboxRow.id == claim.id,
                    OutboxRow.state == State.SENDING,
                    OutboxRow.claimed_by == self.holder,
                    OutboxRow.attempts == claim.attempt,
                )
                .values(**values)
            )
            if done.rowcount != 1:  # type: ignore[attr-defined]
                return None
            await self._tell_desk(session, claim.conversation_id)
        return State(values["state"])

    async def _tell_desk(self, session: AsyncSession, conversation_id: str) -> None:
        """Have open desks learn how a delivery of theirs ended."""
        row = await session.get(ConversationRow, conversation_id)
        if row is not None and row.owner in {Owner.QUEUE, Owner.AGENT}:
            change = DeskChangeRow(conversation_id=conversation_id, kind="delivery", at=self._now())
            session.add(change)

    def _ending(self, claim: Claim, outcome: Outcome) -> dict[str, Any]:
        now = self._now()
        values: dict[str, Any] = {
            "claimed_until": None,
            "code": outcome.code,
            "detail": outcome.detail[:500] if outcome.detail else None,
        }
        match outcome.result:
            case Result.SENT:
                return values | {
                    "state": State.SENT,
                    "via": outcome.via,
                    "counted": outcome.counted,
                    "external_ids": list(outcome.external_ids),
                    "ended_at": now,
                }
            case Result.REFUSED:
                return values | {"state": State.PARKED, "ended_at": now}
            case Result.UNWANTED:
                return values | {"state": State.CANCELLED, "ended_at": now}
            case Result.HELD:
                # Being held is no failed try.
                return values | {
                    "state": State.HELD,
                    "unsure": claim.unsure and not outcome.unsent,
                    "attempts": claim.attempt - 1,
                    "next_at": now + (outcome.after or timedelta(days=36500)),
                }
        if claim.attempt >= self._attempts:
            return values | {"state": State.PARKED, "ended_at": now}
        return values | {
            "state": State.WAITING,
            "unsure": claim.unsure or outcome.result is Result.UNSURE,
            "next_at": now + (outcome.after or _wait(claim.attempt)),
        }

    async def release(self, conversation_id: str) -> int:
        """Let what was held for the customer go now; returns how many deliveries that were."""
        return await self._move(
            and_(OutboxRow.conversation_id == conversation_id, OutboxRow.state == State.HELD),
            {"state": State.WAITING, "next_at": self._now()},
        )

    async def cancel(self, conversation_id: str, code: str) -> int:
        """Give up what has not gone out, for example because the customer left."""
        return await self._move(
            and_(
                OutboxRow.conversation_id == conversation_id,
                OutboxRow.state.in_((State.WAITING, State.HELD)),
            ),
            {"state": State.CANCELLED, "code": code, "ended_at": self._now()},
        )

    async def confirm(self, delivery_id: int) -> int:
        """Note that the platform itself says it took a delivery whose end was not seen."""
        return await self._move(
            and_(
                OutboxRow.id == delivery_id,
                OutboxRow.state == State.WAITING,
                OutboxRow.unsure.is_(True),
            ),
            {"state": State.SENT, "code": "confirmed", "ended_at": self._now()},
        )

    async def resend(self, delivery_id: int) -> bool:
        """Try a delivery now: False when it is neither given up, nor held, nor waits for a while.

        What was given up or held has all its tries again. What waits only does so no longer.
        """
        now, this = self._now(), OutboxRow.id == delivery_id
        given_up = OutboxRow.state.in_((State.PARKED, State.CANCELLED, State.HELD))
        anew = {
            "state": State.WAITING,
            "attempts": 0,
            "next_at": now,
            "retry_key": case(
                (OutboxRow.created_at < now - _KEY_LIFE, str(uuid4())),
                else_=OutboxRow.retry_key,
            ),
            "unsure": False,
            "code": None,
            "detail": None,
            "ended_at": None,
        }
        if await self._move(and_(this, given_up), anew):
            return True
        waits = and_(this, OutboxRow.state == State.WAITING, OutboxRow.next_at > now)
        return bool(await self._move(waits, {"next_at": now}))

    async def done(self, delivery_id: int) -> int:
        """Return how many parts of a delivery, from the first on, the platform has taken."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(OutboxRow, delivery_id)
            return row.parts_done if row is not None else 0

    async def mark(self, delivery_id: int, parts: int) -> None:
        """Note that the platform has taken so many parts; never lowers what was noted before."""
        further = and_(OutboxRow.id == delivery_id, OutboxRow.parts_done < parts)
        await self._move(further, {"parts_done": parts})

    async def conversation_of(self, delivery_id: int) -> str | None:
        """Return whose delivery it is, None when there is none."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(OutboxRow, delivery_id)
            return row.conversation_id if row is not None else None

    async def entries(
        self, states: Sequence[State], conversation_id: str | None = None, limit: int = 100
    ) -> list[Entry]:
        """Return the newest deliveries in these states, newest first."""
        wanted: list[ColumnElement[bool]] = [OutboxRow.state.in_(states)]
        if conversation_id is not None:
            wanted.append(OutboxRow.conversation_id == conversation_id)
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(OutboxRow).where(*wanted).order_by(OutboxRow.id.desc()).limit(limit)
            )
            return [entry_of(row) for row in rows]

    async def take_over(self, is_gone: Callable[[str], bool]) -> None:
        """Free at once what a process held that is known to be gone."""
        async with AsyncSession(self._reads) as session:
            rows = await session.execute(
                select(OutboxRow.id, OutboxRow.claimed_by).where(OutboxRow.state == State.SENDING)
            )
            gone = [number for number, holder in rows if holder is None or is_gone(holder)]
        if not gone:
            return
        await self._move(
            and_(OutboxRow.id.in_(gone), OutboxRow.state == State.SENDING),
            {"claimed_until": self._now() - timedelta(seconds=1)},
        )

    async def _move(self, which: ColumnElement[bool], values: dict[str, Any]) -> int:
        async with AsyncSession(self._engine) as session, session.begin():
            moved = await session.execute(update(OutboxRow).where(which).values(**values))
        return int(moved.rowcount)  # type: ignore[attr-defined]


def _wait(attempt: int) -> timedelta:
    """Return a wait by chance up to a bound that doubles: all at once would fail all at once."""
    doubled: timedelta = _FIRST_WAIT * 2.0 ** (attempt - 1)
    return min(doubled, _LONGEST_WAIT) * random.uniform(0.2, 1.0)  # noqa: S311  (no secret)
