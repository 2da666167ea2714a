"""A shop for tests of its systems: what is in its tables, and how they are filled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.database import Base
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.embedded.tables import (
    OrderRow,
    ProductRow,
    RentalRow,
    SlotRow,
    TransferRow,
    VisitRow,
)
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.model import TransferState

# A Tuesday, half past nine in the morning.
NOW = datetime(2026, 12, 1, 9, 30, 15, 250000, tzinfo=TOKYO)
TODAY = NOW.date()
# A store is open on every day but this one, a Thursday.
CLOSED_ON = date(2026, 12, 3)

ORDER, RENTAL, ITEM, STORE = "A-20261120-0001", "R-000001", "1002000001", "ALLU銀座店"
PHONE, EMAIL = "09012345678", "hanako@example.jp"
MEMBER = "ALLU-7001"

_SENT = (OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED)
_SENT_RENTAL = (
    RentalState.SHIPPED,
    RentalState.IN_USE,
    RentalState.RETURN_REQUESTED,
    RentalState.INSPECTION,
    RentalState.ENDED,
    RentalState.TERMINATED,
)
_BACK_RENTAL = (RentalState.INSPECTION, RentalState.ENDED)


@dataclass(frozen=True)
class Shop:
    """A shop's systems, and the database behind them."""

    systems: Systems
    database: AsyncEngine

    async def has(self, *rows: Base) -> None:
        """Store the rows, in this order."""
        async with AsyncSession(self.database) as session, session.begin():
            for row in rows:
                session.add(row)
                await session.flush()


def days_ago(days: int) -> date:
    """Return the day so many days before today."""
    return TODAY - timedelta(days=days)


def an_item(number: str = ITEM, **changed: Any) -> ProductRow:
    """Return an item in the warehouse that can be seen in a store."""
    usual: dict[str, Any] = {
        "name": "二つ折り財布 ボルドー",
        "brand": "Fontanelle",
        "price_yen": 58_000,
        "location": "倉庫在庫",
        "viewable_in_store": True,
    }
    return ProductRow(number=number, **(usual | changed))


def an_order(
    state: OrderState = OrderState.DELIVERED, number: str = ORDER, **changed: Any
) -> OrderRow:
    """Return an order of the item in a state, with the days that go with it."""
    usual: dict[str, Any] = {
        "payment": PaymentMethod.CREDIT_CARD,
        "product_number": ITEM,
        "price_yen": 58_000,
        "ordered_at": as_utc(NOW - timedelta(days=11)),
        "phone": PHONE,
        "email": EMAIL,
        "receipt_requested": False,
    }
    if state in _SENT:
        usual |= {
            "paid_on": days_ago(11),
            "shipped_on": days_ago(5),
            "expected_on": days_ago(4),
            "tracking_number": "401200000001",
        }
    if state in (OrderState.DELIVERED, OrderState.RETURNED):
        usual["delivered_on"] = days_ago(4)
    if state is OrderState.CANCELLED:
        usual["cancelled_on"] = days_ago(10)
    return OrderRow(number=number, state=state, **(usual | changed))


def a_rental(
    state: RentalState = RentalState.IN_USE, number: str = RENTAL, **changed: Any
) -> RentalRow:
    """Return a rental in a state, with the days that go with it."""
    usual: dict[str, Any] = {
        "watch": "NORDHALE オートマティック 40 ネイビー",
        "monthly_fee_yen": 12_800,
        "ordered_at": as_utc(NOW - timedelta(days=40)),
        "phone": PHONE,
        "email": EMAIL,
        "payment_errors": 0,
    }
    if state in _SENT_RENTAL:
        usual |= {"screening_passed_on": days_ago(38), "shipped_on": days_ago(35)}
    if state in (RentalState.RETURN_REQUESTED, *_BACK_RENTAL):
        usual["return_requested_on"] = days_ago(8)
    if state in _BACK_RENTAL:
        usual["received_on"] = days_ago(5)
    if state is RentalState.ENDED:
        usual["ended_on"] = days_ago(3)
    if state is RentalState.TERMINATED:
        usual["payment_errors"] = 3
    return RentalRow(number=number, state=state, **(usual | changed))


def a_transfer(
    state: TransferState = TransferState.REQUESTED, number: str = ORDER, **changed: Any
) -> TransferRow:
    """Return the transfer of an order to a store."""
    usual: dict[str, Any] = {
        "store": STORE,
        "requested_at": as_utc(NOW - timedelta(minutes=5)),
        "visit_on": TODAY + timedelta(days=4),
        "visit_slot": "13:00〜14:00",
    }
    return TransferRow(order_number=number, state=state, **(usual | changed))


def times_of(store: str = STORE, weekdays: range = range(7), capacity: int = 1) -> list[SlotRow]:
    """Return a plan with a time in the morning and one in the afternoon."""
    return [
        SlotRow(store=store, weekday=weekday, time=time, capacity=capacity)
        for weekday in weekdays
        for time in ("13:00〜14:00", "09:00〜10:00")
    ]


def a_visit(day: date, **changed: Any) -> VisitRow:
    """Return a visit on the first seat of a day's afternoon."""
    usual: dict[str, Any] = {
        "store": STORE,
        "time": "13:00〜14:00",
        "seat": 0,
        "product_number": ITEM,
        "name": "佐藤 花子",
        "contact": EMAIL,
        "member_id": MEMBER,
    }
    return VisitRow(day=day, **(usual | changed))
