"""Leases: something that only one of several processes may do at a time.

A lease ends by itself when its process has died. The time is the machine's own and never the
service's clock, which tests and demonstrations stop.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Protocol, Self

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.deliveries import gone_from_here
from madoguchi.conversations.lease_tables import LeaseRow
from madoguchi.database import only_reading
from madoguchi.logs import log

# One that misses two renewals in a row still holds what it held.
_RENEWALS_IN_A_LEASE = 3


class LeaseLostError(Exception):
    """Another process has the lease by now, so what was done under it must not count."""


class Exclusion(Protocol):
    """Lets one at a time do something that has a name."""

    def held(self, name: str) -> AbstractAsyncContextManager[bool]:
        """Have the name to oneself for the length of the block, or be told False."""
        ...

    def holds(self, name: str) -> bool:
        """Return whether the name is still one's own, without asking the database."""
        ...

    async def free(self, name: str) -> bool:
        """Return whether nobody else has the name, without writing anything."""
        ...

    async def assure(self, session: AsyncSession, name: str) -> None:
        """Keep others from the name until the transaction ends. Raises LeaseLostError."""
        ...


class Alone:
    """For a process that has the database to itself: everything is its own."""

    @asynccontextmanager
    async def held(self, _name: str) -> AsyncIterator[bool]:
        """Yield True."""
        yield True

    def holds(self, _name: str) -> bool:
        """Return True."""
        return True

    async def free(self, _name: str) -> bool:
        """Return True."""
        return True

    async def assure(self, _session: AsyncSession, _name: str) -> None:
        """Do nothing."""


class Leases:
    """The leases of one process, on SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        holder: str,
        seconds: float = 10,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Hold for so many seconds after each renewal.

        ``holder`` is another one for every start of a process (at most 64 characters), ``now`` the
        machine's time in UTC: the clocks of all machines have to agree within a second or two.
        """
        self._engine = engine
        self._reads = only_reading(engine)
        self._holder = holder
        self._lasts = timedelta(seconds=seconds)
        self._now = now
        self._ends: dict[str, datetime] = {}
        self._inside: set[str] = set()
        self._heartbeat: asyncio.Task[None] | None = None
        self._log = log("leases")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Renew from now on what is held, and free what ended processes of this host still hold."""
        await self._take_over(gone_from_here)
        self._heartbeat = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Renew no more, and give everything back so that nobody has to wait for its end."""
        if self._heartbeat is not None:
            self._heartbeat.cancel()
            await asyncio.gather(self._heartbeat, return_exceptions=True)
        for name in list(self._ends):
            await self._give_back(name)

    async def _take_over(self, is_gone: Callable[[str], bool]) -> None:
        async with self._reads.connect() as connection:
            holders = (await connection.scalars(select(LeaseRow.holder).distinct())).all()
        gone = [holder for holder in holders if holder != self._holder and is_gone(holder)]
        if gone:
            async with self._engine.begin() as connection:
                await connection.execute(delete(LeaseRow).where(LeaseRow.holder.in_(gone)))

    async def take(self, name: str) -> bool:
        """Return whether the lease is now this process's: it was free, over, or its own."""
        now = self._now()
        ends = now + self._lasts
        insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
        statement = (
            insert(LeaseRow)
            .values(name=name, holder=self._holder, expires_at=ends)
            .on_conflict_do_update(
                index_elements=[LeaseRow.name],
                set_={"holder": self._holder, "expires_at": ends},
                where=or_(LeaseRow.holder == self._holder, LeaseRow.expires_at <= now),
            )
            .returning(LeaseRow.name)
        )
        async with self._engine.begin() as connection:
            taken = (await connection.execute(statement)).first() is not None
        if taken:
            self._ends[name] = ends
        return taken

    async def renew(self) -> set[str]:
        """Renew everything that is held; return the names that another process has by now."""
        names = set(self._ends)
        if not names:
            return set()
        ends = self._now() + self._lasts
        async with self._engine.begin() as connection:
            renewed = await connection.scalars(
                update(LeaseRow)
                .where(LeaseRow.holder == self._holder, LeaseRow.name.in_(names))
                .values(expires_at=ends)
                .returning(LeaseRow.name)
            )
            own = set(renewed)
        # What was given back while the database worked stays given back.
        for name in own & self._ends.keys():
            self._ends[name] = max(ends, self._ends[name])
        lost = (names - own) & self._ends.keys()
        for name in lost:
            del self._ends[name]
        return lost

    async def release(self, name: str) -> None:
        """Give the lease back; does nothing when it is another process's by now."""
        self._ends.pop(name, None)
        async with self._engine.begin() as connection:
            await connection.execute(
                delete(LeaseRow).where(LeaseRow.name == name, LeaseRow.holder == self._holder)
            )

    @asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[bool]:
        """Hold the lease for the length of the block; False when anyone else holds it.

        Another task of this process counts as anyone else.
        """
        if name in self._inside:
            yield False
            return
        self._inside.add(name)
        taken: bool | None = None  # unknown while the database is asked
        try:
            taken = await self.take(name)
            yield taken
        finally:
            if taken is not False:
                await self._give_back(name)
            self._inside.discard(name)

    def holds(self, name: str) -> bool:
        """Return whether the lease is still this process's, as far as it knows by itself."""
        ends = self._ends.get(name)
        return ends is not None and self._now() < ends

    async def free(self, name: str) -> bool:
        """Return whether no other process holds the lease.

        Whoever waits for it asks this and does not try to take it: on SQLite every try waits for
        the one who writes.
        """
        async with self._reads.connect() as connection:
            holder = await connection.scalar(
                select(LeaseRow.holder).where(
                    LeaseRow.name == name,
                    LeaseRow.holder != self._holder,
                    LeaseRow.expires_at > self._now(),
                )
            )
        return holder is None

    async def assure(self, session: AsyncSession, name: str) -> None:
        """Let nobody else take the lease before the transaction ends.

        Raises LeaseLostError when somebody has, so that the transaction leaves nothing behind.
        """
        holder = await session.scalar(
            select(LeaseRow.holder).where(LeaseRow.name == name).with_for_update()
        )
        if holder != self._holder:
            raise LeaseLostError(name)

    async def _give_back(self, name: str) -> None:
        try:
            await self.release(name)
        except Exception:  # noqa: BLE001  (one that cannot be given back ends by itself)
            self._log.exception("lease not given back")

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._lasts.total_seconds() / _RENEWALS_IN_A_LEASE)
            try:
                lost = await self.renew()
            except Exception:  # noqa: BLE001  (the next beat may reach the database again)
                self._log.exception("leases not renewed")
            else:
                if lost:
                    self._log.warning("leases lost", count=len(lost))
