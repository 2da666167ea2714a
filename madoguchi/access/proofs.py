"""What customers have proven, and the lock after too many wrong tries."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.tables import ProofRow, ProofTryRow
from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.rules.access import TRIES_COUNT_FOR, locked_until, proof_ends

type Kind = Literal["order", "rental"]


@dataclass(frozen=True)
class Proof:
    """One order or rental that is proven until the end of the day (Asia/Tokyo)."""

    kind: Kind
    number: str
    ends_at: datetime


def who_tries(conversation_id: str, member_id: str | None) -> str:
    """Return whom wrong tries are counted against: the member, whatever chat they write in."""
    return f"member:{member_id}" if member_id else f"conversation:{conversation_id}"


def tried_by(who: str, number: str) -> list[str]:
    """Return all that a try for a number is counted against: who tried, and the number."""
    return [who, f"number:{number}"]


class Proofs:
    """Proofs and tries, on SQLite or PostgreSQL (Business rules: Who may see what)."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    async def of(self, conversation_id: str) -> list[Proof]:
        """Return what the conversation's customer has proven and what still counts."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(ProofRow)
                .where(ProofRow.conversation_id == conversation_id, ProofRow.ends_at > self._now())
                .order_by(ProofRow.id)
            )
            return [
                Proof("order" if row.kind == "order" else "rental", row.number, _tokyo(row.ends_at))
                for row in rows
            ]

    async def prove(self, conversation_id: str, kind: Kind, number: str) -> None:
        """Remember that the order or rental is the customer's, until the day ends."""
        now = self._now()
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                delete(ProofRow).where(
                    ProofRow.conversation_id == conversation_id,
                    ProofRow.kind == kind,
                    ProofRow.number == number,
                )
            )
            session.add(
                ProofRow(
                    conversation_id=conversation_id,
                    kind=kind,
                    number=number,
                    proven_at=now,
                    ends_at=as_utc(proof_ends(now)),
                )
            )

    async def end(self, conversation_id: str) -> None:
        """Forget what the conversation's customer has proven."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                delete(ProofRow).where(ProofRow.conversation_id == conversation_id)
            )

    async def locked_until(
        self, subjects: Iterable[str], *, but: str | None = None
    ) -> datetime | None:
        """Return until when one of these may not try again, None when all may.

        ``but`` is an event that does not count: that of a try which is counted already.
        """
        now, locks = self._now(), []
        async with AsyncSession(self._reads) as session:
            for subject in subjects:
                tries = await session.scalars(
                    select(ProofTryRow.at).where(
                        ProofTryRow.subject == _digest(subject),
                        ProofTryRow.at > now - TRIES_COUNT_FOR,
                        ProofTryRow.event != (but or ""),
                    )
                )
                locks.append(locked_until(sorted(as_utc(at) for at in tries), now))
        return max((lock for lock in locks if lock is not None), default=None)

    async def count_wrong(self, subjects: Sequence[str], event: str) -> None:
        """Count a wrong try against each of these, once per event."""
        async with AsyncSession(self._engine) as session, session.begin():
            for subject in subjects:
                known = await session.scalar(
                    select(ProofTryRow.id).where(
                        ProofTryRow.subject == _digest(subject), ProofTryRow.event == event
                    )
                )
                if known is None:
                    session.add(ProofTryRow(subject=_digest(subject), event=event, at=self._now()))
            # What is too old to count for anything is not kept.
            await session.execute(
                delete(ProofTryRow).where(ProofTryRow.at < self._now() - TRIES_COUNT_FOR)
            )

    async def take_back(self, subjects: Sequence[str], event: str) -> None:
        """Have a try that was counted as wrong before it was made not count: it was right."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                delete(ProofTryRow).where(
                    ProofTryRow.subject.in_([_digest(subject) for subject in subjects]),
                    ProofTryRow.event == event,
                )
            )

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


def _digest(subject: str) -> str:
    # Numbers that somebody guessed at are nothing to keep in the clear.
    return hashlib.sha256(subject.encode()).hexdigest()


def _tokyo(at: datetime) -> datetime:
    return as_utc(at).astimezone(TOKYO)
