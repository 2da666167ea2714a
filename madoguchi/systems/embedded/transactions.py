"""Every change is one transaction that carries its idempotency key; reads wait for nobody."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.systems.embedded.tables import ChangeRow
from madoguchi.systems.model import KeyReusedError, Receipt, SystemUnavailableError

_LONGEST_KEY = 255
# Who loses a race for a key finds the winner's change at the second try.
_TRIES = 3


@dataclass(frozen=True)
class Change:
    """What is asked for: the key, the operation, the number of the thing, what was said to it."""

    key: str
    operation: str
    subject: str
    details: Mapping[str, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= _LONGEST_KEY:
            raise ValueError(f"an idempotency key has 1 to {_LONGEST_KEY} characters")

    @property
    def digest(self) -> str:
        """What tells this change from others under the same key."""
        asked = [self.operation, self.subject, dict(self.details)]
        text = json.dumps(asked, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Made:
    """A change that was made, by this call or by an earlier one with the same key."""

    receipt: Receipt
    # What was answered besides: an address, a visit's number; else empty.
    answer: str


# Makes a change at a time (Asia/Tokyo) and returns what is answered besides the receipt.
type Work = Callable[[AsyncSession, datetime], Awaitable[str]]


class Transactions:
    """Transactions on the shop's tables; a database that fails is a system that is unavailable."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Work in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    def now(self) -> datetime:
        """Return the time in Asia/Tokyo."""
        return self._clock.now().astimezone(TOKYO)

    def today(self) -> date:
        """Return the day in Asia/Tokyo."""
        return self.now().date()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Give a session that reads. Raises SystemUnavailableError."""
        async with _available(), AsyncSession(self._reads) as session:
            yield session

    async def once(self, change: Change, work: Work) -> Made:
        """Make the change, or return how it was made before under the same key.

        Raises KeyReusedError when the key was used for another change, what the work raises (then
        nothing is changed and the key is free), and SystemUnavailableError.
        """
        async with _available():
            for _ in range(_TRIES):
                try:
                    return await self._try(change, work)
                except _KeyTakenError:
                    continue
            raise SystemUnavailableError("an idempotency key is taken, but nobody's")

    async def _try(self, change: Change, work: Work) -> Made:
        session = AsyncSession(self._engine, expire_on_commit=False)
        async with session, session.begin():
            known = await session.scalar(select(ChangeRow).where(ChangeRow.key == change.key))
            if known is not None:
                if known.digest != change.digest:
                    raise KeyReusedError(change.operation)
                return _made(known)
            now = self.now()
            row = ChangeRow(
                key=change.key,
                operation=change.operation,
                subject=change.subject,
                digest=change.digest,
                details=dict(change.details),
                answer="",
                at=as_utc(now),
            )
            session.add(row)
            try:
                # Where the same key is on its way, PostgreSQL waits here for the other one's end.
                await session.flush()
            except IntegrityError as error:
                raise _KeyTakenError from error
            row.answer = await work(session, now)
            return _made(row)


class _KeyTakenError(Exception):
    """Another call with the same key was quicker."""


def _made(row: ChangeRow) -> Made:
    return Made(Receipt(f"C-{row.id:06d}", as_utc(row.at).astimezone(TOKYO)), row.answer)


@asynccontextmanager
async def _available() -> AsyncIterator[None]:
    """Turn the database's failures into one of ours, without the values of the statement."""
    try:
        yield
    except DBAPIError as error:
        raise SystemUnavailableError(f"database: {type(error.orig).__name__}") from None
    except (PoolTimeoutError, asyncpg.PostgresError, OSError) as error:
        raise SystemUnavailableError(f"database: {type(error).__name__}") from None
