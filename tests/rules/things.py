"""Orders, rentals, items and transfers for the rules' tests: the systems' own records."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from madoguchi.rules.calendar import BusinessCalendar, Closure, YearlyClosure
from madoguchi.rules.facts import OrderFacts, ProductFacts, RentalFacts, TransferFacts
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.rules.tokyo import TOKYO
from madoguchi.systems.model import Order, Product, Rental, Transfer, TransferState

NEW_YEAR = YearlyClosure((12, 29), (1, 3), "年末年始休業")
SHOP = BusinessCalendar([NEW_YEAR, Closure(date(2026, 8, 13), date(2026, 8, 14), "夏季休業")])

# The library knows the holidays of these years (docs/decisions/0011-holidays.md).
days = st.dates(date(2020, 1, 1), date(2098, 12, 31))

BEFORE_PREPARING = (OrderState.ORDERED, OrderState.PENDING, OrderState.CONFIRMED)
UNSHIPPED = (*BEFORE_PREPARING, OrderState.PREPARING)
ON_MY_PAGE = (PaymentMethod.CREDIT_CARD, PaymentMethod.PAYPAY, PaymentMethod.AMAZON_PAY)
LOANS = (PaymentMethod.LOAN_ORICO, PaymentMethod.LOAN_JACCS)
RENTAL_UNSHIPPED = (
    RentalState.ORDERED,
    RentalState.PHONE_VERIFICATION,
    RentalState.SCREENING,
    RentalState.CARD_REGISTERED,
    RentalState.APPROVED,
)


def a_product(**changed: Any) -> Product:
    usual: dict[str, Any] = {
        "number": "1234567890",
        "name": "バッグ",
        "brand": "ブランド",
        "price_yen": 248_000,
        "location": "倉庫在庫",
    }
    return Product(**(usual | changed))


def an_order(
    state: OrderState = OrderState.DELIVERED,
    payment: PaymentMethod = PaymentMethod.CREDIT_CARD,
    shipped_on: date | None = date(2026, 12, 1),
    **changed: Any,
) -> Order:
    """Return an order in a state, with the days that belong to it."""
    if state in UNSHIPPED:
        shipped_on = None
    ordered_on = shipped_on - timedelta(days=1) if shipped_on else date(2026, 11, 30)
    arrived = state in {OrderState.DELIVERED, OrderState.RETURNED}
    usual: dict[str, Any] = {
        "number": f"A-{ordered_on:%Y%m%d}-0001",
        "product": a_product(),
        "price_yen": 248_000,
        "ordered_at": datetime(
            ordered_on.year, ordered_on.month, ordered_on.day, 15, 0, tzinfo=TOKYO
        ),
        "delivered_on": shipped_on + timedelta(days=1) if arrived and shipped_on else None,
    }
    return Order(state=state, payment=payment, shipped_on=shipped_on, **(usual | changed))


def a_rental(
    state: RentalState = RentalState.IN_USE,
    shipped_on: date | None = date(2026, 11, 2),
    **changed: Any,
) -> Rental:
    """Return a rental in a state, with the days that belong to it."""
    if state in {*RENTAL_UNSHIPPED, RentalState.REJECTED, RentalState.CANCELLED_SOLD}:
        shipped_on = None
    usual: dict[str, Any] = {
        "number": "R-000001",
        "watch": "腕時計",
        "monthly_fee_yen": 9_800,
        "ordered_at": datetime(2026, 10, 26, 10, 0, tzinfo=TOKYO),
    }
    return Rental(state=state, shipped_on=shipped_on, **(usual | changed))


def a_transfer(
    requested_at: datetime,
    state: TransferState = TransferState.REQUESTED,
    store: str = "ALLU銀座店",
) -> Transfer:
    return Transfer("A-20261130-0001", state, a_product(), store, requested_at)


def the_systems_records_are_what_the_rules_ask_for(
    order: Order, rental: Rental, product: Product, transfer: Transfer
) -> tuple[OrderFacts, RentalFacts, ProductFacts, TransferFacts]:
    """Fail the type check when a record loses an attribute that a rule needs."""
    return order, rental, product, transfer
