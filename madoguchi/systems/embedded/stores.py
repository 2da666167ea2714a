"""The embedded system of items and stores."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import as_utc
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.records import MOST_SHOWN, sought
from madoguchi.systems.embedded.rows import (
    product_of,
    restock_number,
    transfer_of,
    visit_id,
    visit_number,
    visit_of,
)
from madoguchi.systems.embedded.tables import (
    OrderRow,
    ProductRow,
    RestockRow,
    TransferRow,
    VisitRow,
)
from madoguchi.systems.embedded.times import IsOpen, StoreTimes
from madoguchi.systems.embedded.transactions import Change, Transactions
from madoguchi.systems.model import (
    NotAllowedError,
    Product,
    Receipt,
    RestockRequest,
    Slot,
    Transfer,
    TransferState,
    Visit,
)

# An order in one of these is not on its way to the customer's home.
_NOT_SENT = (
    OrderState.ORDERED,
    OrderState.PENDING,
    OrderState.CONFIRMED,
    OrderState.PREPARING,
)

# A column of PostgreSQL holds no more digits.
_VISIT = re.compile(r"V-[0-9]{6,9}")


class EmbeddedStores:
    """Items, transfers, visits and wishes in Madoguchi's database."""

    def __init__(self, transactions: Transactions, is_open: IsOpen) -> None:
        """Read and change by these transactions; ``is_open`` says on which days a store is open."""
        self._transactions = transactions
        self._times = StoreTimes(is_open)

    async def product(self, number: str) -> Product | None:
        """Return an item by its 10-digit number."""
        async with self._transactions.reading() as session:
            row = await session.get(ProductRow, sought(number))
            return product_of(row) if row is not None else None

    async def request_restock(self, wish: str, email: str, key: str) -> RestockRequest:
        """Register what is wanted (ONEGAI ALLU)."""

        async def work(session: AsyncSession, now: datetime) -> str:
            row = RestockRow(wish=wish, email=email, at=as_utc(now))
            session.add(row)
            await session.flush()
            return restock_number(row.id)

        asked = Change(key, "request_restock", "", {"wish": wish, "email": email})
        made = await self._transactions.once(asked, work)
        return RestockRequest(made.answer, wish, email)

    async def transfers_of_member(self, member_id: str) -> Sequence[Transfer]:
        """Return the member's transfers, the newest first, at most 20."""
        async with self._transactions.reading() as session:
            rows = await session.scalars(
                select(TransferRow)
                .join(TransferRow.order)
                .where(OrderRow.member_id == member_id)
                .order_by(TransferRow.requested_at.desc(), TransferRow.order_number.desc())
                .limit(MOST_SHOWN)
            )
            return [transfer_of(row) for row in rows]

    async def transfer(self, order_number: str) -> Transfer | None:
        """Return the transfer of an order."""
        async with self._transactions.reading() as session:
            row = await session.get(TransferRow, sought(order_number))
            return transfer_of(row) if row is not None else None

    async def cancel_transfer(self, order_number: str, key: str) -> Receipt:
        """Cancel a transfer that has not left yet, and its order."""

        async def work(session: AsyncSession, now: datetime) -> str:
            await _cancel_transfer(session, order_number)
            await session.execute(
                update(OrderRow)
                .where(OrderRow.number == order_number, OrderRow.state.in_(_NOT_SENT))
                .values(state=OrderState.CANCELLED, cancelled_on=now.date())
                .execution_options(synchronize_session=False)
            )
            return ""

        asked = Change(key, "cancel_transfer", sought(order_number))
        return (await self._transactions.once(asked, work)).receipt

    async def free_slots(self, store: str, first: date, last: date) -> Sequence[Slot]:
        """Return the free times from now on, the earliest first; none for an unknown store."""
        async with self._transactions.reading() as session:
            return await self._times.free(session, store, first, last, now=self._transactions.now())

    async def visits_of_member(self, member_id: str) -> Sequence[Visit]:
        """Return the member's visits to come, the earliest first, at most 20."""
        async with self._transactions.reading() as session:
            rows = await session.scalars(
                select(VisitRow)
                .where(
                    VisitRow.member_id == member_id,
                    VisitRow.day >= self._transactions.today(),
                    VisitRow.seat.is_not(None),
                )
                .order_by(VisitRow.day, VisitRow.time, VisitRow.id)
                .limit(MOST_SHOWN)
            )
            return [visit_of(row) for row in rows]

    async def visit(self, number: str) -> Visit | None:
        """Return a visit to come by its number."""
        if _VISIT.fullmatch(number) is None:
            return None
        async with self._transactions.reading() as session:
            row = await session.scalar(
                select(VisitRow).where(
                    VisitRow.id == visit_id(number),
                    VisitRow.day >= self._transactions.today(),
                    VisitRow.seat.is_not(None),
                )
            )
            return visit_of(row) if row is not None else None

    async def book_visit(
        self,
        product_number: str,
        store: str,
        slot: Slot,
        *,
        name: str,
        contact: str,
        member_id: str | None,
        key: str,
    ) -> Visit:
        """Book a visit for an item that is not sold. Raises NotAllowedError for a taken time."""

        async def work(session: AsyncSession, now: datetime) -> str:
            await _require_unsold(session, product_number)
            visit = VisitRow(
                store=store,
                day=slot.day,
                time=slot.time,
                product_number=product_number,
                name=name,
                contact=contact,
                member_id=member_id,
            )
            return visit_number(await self._times.take_seat(session, visit, now=now))

        said = {
            "store": store,
            "day": slot.day.isoformat(),
            "time": slot.time,
            "name": name,
            "contact": contact,
            "member_id": member_id,
        }
        asked = Change(key, "book_visit", sought(product_number), said)
        made = await self._transactions.once(asked, work)
        async with self._transactions.reading() as session:
            return visit_of(await session.get_one(VisitRow, visit_id(made.answer)))


async def _cancel_transfer(session: AsyncSession, order_number: str) -> None:
    changed = await session.scalar(
        update(TransferRow)
        .where(
            TransferRow.order_number == sought(order_number),
            TransferRow.state == TransferState.REQUESTED,
        )
        .values(state=TransferState.CANCELLED)
        .returning(TransferRow.order_number)
        .execution_options(synchronize_session=False)
    )
    if changed is not None:
        return
    if await session.get(TransferRow, sought(order_number)) is None:
        raise LookupError("there is no such transfer")
    raise NotAllowedError("the transfer's state does not allow it")


async def _require_unsold(session: AsyncSession, product_number: str) -> None:
    product = await session.get(ProductRow, sought(product_number))
    if product is None:
        raise LookupError("there is no such item")
    if product.location is None:
        raise NotAllowedError("the item is sold")
