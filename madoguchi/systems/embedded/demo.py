"""Fills the tables with the demo shops, and keeps their days around today.

For demonstrations and tests only: the caller never seeds in production, and refuses to start there
when :func:`has_demo_data` says that it was done before (their phone numbers are published).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.database import only_reading
from madoguchi.systems.embedded.demo_data import Demo, DemoVisit, demo
from madoguchi.systems.embedded.demo_days import Days, weekday
from madoguchi.systems.embedded.demo_rows import (
    item_row,
    order_row,
    product_row,
    rental_row,
    slot_rows,
    transfer_rows,
)
from madoguchi.systems.embedded.rows import visit_id, visit_number
from madoguchi.systems.embedded.tables import (
    ChangeRow,
    DemoRow,
    OrderRow,
    ProductRow,
    RentalRow,
    SlotRow,
    VisitRow,
)

# As far ahead as a demo visit looks for a free time.
_VISIT_WITHIN_DAYS = 60


async def seed_demo(
    engine: AsyncEngine,
    now: datetime,
    is_shipping_day: Callable[[date], bool] = weekday,
    *,
    again: bool = False,
) -> bool:
    """Store the demo data around this time and return whether there is demo data now.

    Repeated, at every start, it dates anew whatever no customer has changed; what somebody changed
    stays as it is, unless ``again`` says to begin anew. A database with a shop's own items, orders
    or rentals and no demo data is left alone (False).
    """
    days = Days(now.astimezone(TOKYO).date(), is_shipping_day)
    async with AsyncSession(engine) as session, session.begin():
        await _wait_for_others(session)
        known = await _known(session)
        if not known and await _has_own_data(session):
            return False
        if again:
            await session.execute(delete(ChangeRow).where(ChangeRow.subject.in_(known.values())))
        kept = await _changed(session, known)
        await _forget(session, known, kept)
        await _store_items(session, demo())
        await _store_orders(session, demo(), days, now, kept)
        await _store_visits(session, demo(), days, known)
    return True


async def has_demo_data(engine: AsyncEngine) -> bool:
    """Return whether there is demo data, which production has to refuse."""
    async with AsyncSession(only_reading(engine)) as session:
        return await session.scalar(select(DemoRow.name).limit(1)) is not None


async def demo_numbers(engine: AsyncEngine) -> Mapping[str, str]:
    """Return the current number of every demo order, transfer, visit and rental, by its name."""
    async with AsyncSession(only_reading(engine)) as session:
        return await _known(session)


async def _wait_for_others(session: AsyncSession) -> None:
    """Let processes that start at the same moment seed one after the other."""
    # On SQLite the transaction has begun with the write lock.
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text("LOCK TABLE shop_demo IN SHARE ROW EXCLUSIVE MODE"))


async def _known(session: AsyncSession) -> dict[str, str]:
    rows = await session.execute(select(DemoRow.name, DemoRow.number))
    return {row.name: row.number for row in rows}


async def _has_own_data(session: AsyncSession) -> bool:
    for column in (ProductRow.number, OrderRow.number, RentalRow.number):
        if await session.scalar(select(column).limit(1)) is not None:
            return True
    return False


async def _changed(session: AsyncSession, known: Mapping[str, str]) -> set[str]:
    """Return the names of what a customer has changed."""
    changed = set(await session.scalars(select(ChangeRow.subject).distinct()))
    return {name for name, number in known.items() if number in changed}


async def _forget(session: AsyncSession, known: Mapping[str, str], kept: set[str]) -> None:
    """Delete the orders and rentals that are to be dated anew; with an order goes its transfer."""
    numbers = [number for name, number in known.items() if name not in kept]
    await session.execute(delete(OrderRow).where(OrderRow.number.in_(numbers)))
    await session.execute(delete(RentalRow).where(RentalRow.number.in_(numbers)))
    visits = [visit.name for visit in demo().visits]
    await session.execute(delete(DemoRow).where(DemoRow.name.not_in([*kept, *visits])))


async def _store_items(session: AsyncSession, data: Demo) -> None:
    items = [
        *(product_row(item) for item in data.products),
        *(item_row(data, order) for order in data.orders),
        *(item_row(data, transfer) for transfer in data.transfers),
    ]
    # Read all at once: merging alone would ask for each of them.
    stored = {row.number: row for row in await session.scalars(select(ProductRow))}
    for item in items:
        if item.number in stored:
            await session.merge(item)
        else:
            session.add(item)
    await session.execute(
        delete(SlotRow).where(SlotRow.store.in_([plan.name for plan in data.stores]))
    )
    session.add_all(slot_rows(data))
    await session.flush()


async def _store_orders(
    session: AsyncSession, data: Demo, days: Days, now: datetime, kept: set[str]
) -> None:
    orders = {order.name: order_row(data, order, days) for order in data.orders}
    rentals = {rental.name: rental_row(data, rental, days) for rental in data.rentals}
    transfers = {}
    for entry in data.transfers:
        orders[entry.name], transfers[entry.name] = transfer_rows(data, entry, days, now)
    for name, row in (orders | rentals).items():
        if name not in kept:
            session.add_all([row, DemoRow(name=name, number=row.number)])
    # The orders first: transfers refer to them.
    await session.flush()
    session.add_all(row for name, row in transfers.items() if name not in kept)
    await session.flush()


async def _store_visits(
    session: AsyncSession, data: Demo, days: Days, known: Mapping[str, str]
) -> None:
    """Book the demo visits; one that is over is booked anew, under its number."""
    for entry in data.visits:
        number = known.get(entry.name)
        row = await session.get(VisitRow, visit_id(number)) if number is not None else None
        if row is not None and row.day >= days.today:
            continue
        if row is None:
            row = _visit_row(data, entry)
        seat = await _free_seat(session, data, entry, days)
        if seat is None:
            continue
        row.day, row.seat = seat
        session.add(row)
        await session.flush()
        await session.merge(DemoRow(name=entry.name, number=visit_number(row.id)))


def _visit_row(data: Demo, entry: DemoVisit) -> VisitRow:
    customer = data.customers[entry.customer] if entry.customer is not None else None
    return VisitRow(
        store=entry.store,
        time=entry.time,
        product_number=entry.product,
        name=entry.person,
        contact=entry.contact or (customer.email if customer is not None else ""),
        member_id=customer.member if customer is not None else None,
    )


async def _free_seat(
    session: AsyncSession, data: Demo, entry: DemoVisit, days: Days
) -> tuple[date, int] | None:
    """Return the first working day with a seat left at the visit's time, and the seat."""
    [plan] = [plan for plan in data.stores if plan.name == entry.store]
    day = days.working_ahead(entry.visit_in)
    last = day + timedelta(days=_VISIT_WITHIN_DAYS)
    while day < last:
        taken = set(
            await session.scalars(
                select(VisitRow.seat).where(
                    VisitRow.store == entry.store,
                    VisitRow.day == day,
                    VisitRow.time == entry.time,
                )
            )
        )
        free = [seat for seat in range(plan.capacity) if seat not in taken]
        if free and day.weekday() in plan.weekdays:
            return day, free[0]
        day = days.working_ahead((day - days.today).days + 1)
    return None
