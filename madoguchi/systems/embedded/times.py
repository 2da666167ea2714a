"""The times at which stores take visits, and the seats of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.systems.embedded.tables import SlotRow, VisitRow
from madoguchi.systems.model import NotAllowedError, Slot

# Whether a store, by its name, is open on a day.
type IsOpen = Callable[[str, date], bool]

# Visits are booked no further ahead than this.
BOOKABLE_DAYS = 60


class StoreTimes:
    """Which times of a store are free; the plan is by weekday, open days are told from outside."""

    def __init__(self, is_open: IsOpen) -> None:
        """Ask this whether a store is open on a day (holidays, closures)."""
        self._is_open = is_open

    async def free(
        self, session: AsyncSession, store: str, first: date, last: date, *, now: datetime
    ) -> Sequence[Slot]:
        """Return the times of these days that have a seat left and begin after now, in order."""
        plan = await _plan(session, store)
        taken = await _taken(session, store, first, last)
        return [
            slot
            for slot in self._offered(plan, store, first, last, now)
            if len(taken.get(slot, ())) < _capacity(plan, slot)
        ]

    async def take_seat(self, session: AsyncSession, visit: VisitRow, *, now: datetime) -> int:
        """Store the visit on a free seat of its time and return its id.

        Raises LookupError for an unknown store, NotAllowedError when the time is not offered or no
        seat is left.
        """
        slot = Slot(visit.day, visit.time)
        plan = await _plan(session, visit.store)
        if not plan:
            raise LookupError("there is no such store")
        if slot not in set(self._offered(plan, visit.store, slot.day, slot.day, now)):
            raise NotAllowedError("the store takes no visits then")
        taken = (await _taken(session, visit.store, slot.day, slot.day)).get(slot, set())
        for seat in range(_capacity(plan, slot)):
            if seat not in taken and await _sit(session, visit, seat):
                return visit.id
        raise NotAllowedError("the time is taken")

    def _offered(
        self, plan: Sequence[SlotRow], store: str, first: date, last: date, now: datetime
    ) -> Iterator[Slot]:
        today = now.date()
        day, end = max(first, today), min(last, today + timedelta(days=BOOKABLE_DAYS))
        while day <= end:
            if self._is_open(store, day):
                for row in plan:
                    slot = Slot(day, row.time)
                    if row.weekday == day.weekday() and _begins(slot) > now:
                        yield slot
            day += timedelta(days=1)


async def _plan(session: AsyncSession, store: str) -> Sequence[SlotRow]:
    rows = await session.scalars(
        select(SlotRow).where(SlotRow.store == store).order_by(SlotRow.time)
    )
    return rows.all()


async def _taken(
    session: AsyncSession, store: str, first: date, last: date
) -> dict[Slot, set[int]]:
    rows = await session.execute(
        select(VisitRow.day, VisitRow.time, VisitRow.seat).where(
            VisitRow.store == store,
            VisitRow.day >= first,
            VisitRow.day <= last,
        )
    )
    taken: dict[Slot, set[int]] = {}
    for day, time, seat in rows:
        if seat is not None:
            taken.setdefault(Slot(day, time), set()).add(seat)
    return taken


async def _sit(session: AsyncSession, visit: VisitRow, seat: int) -> bool:
    """Store the visit on the seat; False when another transaction took the seat meanwhile."""
    visit.seat = seat
    try:
        async with session.begin_nested():
            session.add(visit)
    except IntegrityError:
        return False
    return True


def _capacity(plan: Sequence[SlotRow], slot: Slot) -> int:
    return next(
        row.capacity for row in plan if row.time == slot.time and row.weekday == slot.day.weekday()
    )


def _begins(slot: Slot) -> datetime:
    """Return when the time begins: 「13:00〜14:00」 at 13:00 in Tokyo."""
    begins = time_of_day.fromisoformat(slot.time.partition("〜")[0])
    return datetime.combine(slot.day, begins, TOKYO)
