"""From demo.yml's entries to rows of the tables."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from madoguchi.clock import TOKYO, as_utc
from madoguchi.rules.states import OrderState, PaymentMethod
from madoguchi.systems.embedded.demo_data import (
    Demo,
    DemoOrder,
    DemoRental,
    DemoTransfer,
    Item,
)
from madoguchi.systems.embedded.demo_days import Days
from madoguchi.systems.embedded.tables import (
    OrderRow,
    ProductRow,
    RentalRow,
    SlotRow,
    TransferRow,
)
from madoguchi.systems.model import TransferState

# The items of orders have numbers of their own, from their order's serial.
_FIRST_ITEM = 1_100_000_000
_BEFORE_SHIPPING = timedelta(days=3)
_RENTAL_BEFORE_SHIPPING = timedelta(days=6)
_SCREENED_BEFORE_SHIPPING = timedelta(days=2)
_ONE_DAY = timedelta(days=1)
_UNPAID = (OrderState.ORDERED, OrderState.PENDING)
_PAID_AT_ONCE = (PaymentMethod.CREDIT_CARD, PaymentMethod.PAYPAY, PaymentMethod.AMAZON_PAY)
_BACK = (OrderState.CANCELLED, OrderState.RETURNED)


def product_row(item: Item) -> ProductRow:
    """Return the row of an item on sale, or sold."""
    return ProductRow(
        number=item.number,
        name=item.name,
        brand=item.brand,
        price_yen=item.price,
        location=item.location,
        viewable_in_store=item.viewable,
        picture=None,
    )


def slot_rows(demo: Demo) -> list[SlotRow]:
    """Return the times of every store."""
    return [
        SlotRow(store=plan.name, weekday=weekday, time=at, capacity=plan.capacity)
        for plan in demo.stores
        for weekday in plan.weekdays
        for at in plan.times
    ]


def item_row(demo: Demo, entry: DemoOrder | DemoTransfer) -> ProductRow:
    """Return the item of an order: sold, unless it came back."""
    kind = demo.items[entry.item]
    back = entry.state in (*_BACK, TransferState.CANCELLED)
    return ProductRow(
        number=_item_number(entry),
        name=kind.name,
        brand=kind.brand,
        price_yen=entry.price,
        location="倉庫在庫" if back else None,
        viewable_in_store=isinstance(entry, DemoTransfer),
        picture=None,
    )


def order_row(demo: Demo, entry: DemoOrder, days: Days) -> OrderRow:
    """Return the row of an order, with the days that its state has."""
    shipped = days.shipped(entry.shipped) if entry.shipped is not None else None
    ordered = days.ago(entry.ordered or 0) if shipped is None else shipped - _BEFORE_SHIPPING
    delivered = _after(shipped, entry.delivered, days)
    customer = demo.customer_of(entry)
    return OrderRow(
        number=order_number(entry, ordered),
        state=entry.state,
        payment=entry.payment,
        product_number=_item_number(entry),
        price_yen=entry.price,
        ordered_at=_at(ordered, entry.serial),
        member_id=customer.member,
        phone=customer.phone,
        email=customer.email,
        paid_on=_paid_on(entry, ordered, delivered, days),
        tracking_number=_tracking(shipped, entry.serial),
        shipped_on=shipped,
        expected_on=delivered or _expected_on(entry, shipped, days),
        time_slot=entry.slot,
        delivered_on=delivered,
        receipt_requested=entry.receipt_requested,
        receipt_shown_on=_after(delivered, 1, days) if entry.receipt_shown else None,
        return_applied_on=_after(shipped, entry.return_applied, days),
        cancelled_on=_after(shipped or ordered, entry.cancelled, days),
    )


def order_number(entry: DemoOrder | DemoTransfer, ordered: date) -> str:
    """Return the number of an order of the day."""
    fixed = entry.number if isinstance(entry, DemoOrder) else None
    return fixed or f"A-{ordered:%Y%m%d}-{entry.serial:04d}"


def transfer_rows(
    demo: Demo, entry: DemoTransfer, days: Days, now: datetime
) -> tuple[OrderRow, TransferRow]:
    """Return the rows of a transfer and its order; ``now`` is what its minutes count from."""
    if entry.requested.minutes is not None:
        requested_at = as_utc(now - timedelta(minutes=entry.requested.minutes))
    else:
        requested_at = _at(days.ago(entry.requested.days or 0), entry.serial)
    requested = requested_at.astimezone(TOKYO).date()
    visit_on = _visit_day(entry.visit_in, days)
    visited = entry.state is TransferState.VISITED
    cancelled = entry.state is TransferState.CANCELLED
    customer, number = demo.customer_of(entry), order_number(entry, requested)
    order = OrderRow(
        number=number,
        state=_order_state(entry.state),
        payment=PaymentMethod.CREDIT_CARD,
        product_number=_item_number(entry),
        price_yen=entry.price,
        ordered_at=requested_at,
        member_id=customer.member,
        phone=customer.phone,
        email=customer.email,
        paid_on=visit_on if visited else None,
        receipt_requested=False,
        cancelled_on=requested if cancelled else None,
    )
    transfer = TransferRow(
        order_number=number,
        state=entry.state,
        store=entry.store,
        requested_at=requested_at,
        visit_on=visit_on,
        visit_slot=entry.visit_slot,
    )
    return order, transfer


def rental_row(demo: Demo, entry: DemoRental, days: Days) -> RentalRow:
    """Return the row of a rental, with the days that its state has."""
    watch, customer = demo.watches[entry.watch], demo.customer_of(entry)
    serial = int(entry.number[-4:])
    shipped = days.shipped(entry.shipped) if entry.shipped is not None else None
    if shipped is None:
        ordered = days.ago(entry.ordered or 0)
        passed = _ago(entry.passed, days)
    else:
        ordered = shipped - _RENTAL_BEFORE_SHIPPING
        passed = shipped - _SCREENED_BEFORE_SHIPPING
    return RentalRow(
        number=entry.number,
        state=entry.state,
        watch=watch.name,
        monthly_fee_yen=watch.fee,
        ordered_at=_at(ordered, serial),
        member_id=customer.member,
        phone=customer.phone,
        email=customer.email,
        screening_passed_on=passed,
        shipped_on=shipped,
        tracking_number=_tracking(shipped, serial),
        payment_errors=entry.errors,
        payment_error_reported_on=_ago(entry.error_reported, days),
        return_requested_on=_ago(entry.return_requested, days),
        received_on=_worked(entry.received, days),
        ended_on=_worked(entry.ended, days),
        loss_reported_on=_ago(entry.loss_reported, days),
        buyout_requested_on=_ago(entry.buyout_requested, days),
        picture=None,
    )


def _paid_on(entry: DemoOrder, ordered: date, delivered: date | None, days: Days) -> date | None:
    if entry.payment is PaymentMethod.CASH_ON_DELIVERY:
        return delivered
    if entry.payment in _PAID_AT_ONCE:
        return ordered if entry.state is not OrderState.ORDERED else None
    never_paid = entry.state in _UNPAID or entry.state is OrderState.CANCELLED
    return None if never_paid else _after(ordered, 1, days)


def _expected_on(entry: DemoOrder, shipped: date | None, days: Days) -> date | None:
    if shipped is None:
        return None
    expected = days.ago(-entry.expected) if entry.expected is not None else shipped + _ONE_DAY
    return max(expected, shipped + _ONE_DAY)


def _order_state(state: TransferState) -> OrderState:
    """Return the state of a transfer's order: it is bought, or not, at the visit."""
    if state is TransferState.VISITED:
        return OrderState.CONFIRMED
    return OrderState.CANCELLED if state is TransferState.CANCELLED else OrderState.ORDERED


def _visit_day(visit_in: int | None, days: Days) -> date | None:
    if visit_in is None:
        return None
    return days.working_ahead(visit_in) if visit_in >= 0 else days.working_ago(-visit_in)


def _item_number(entry: DemoOrder | DemoTransfer) -> str:
    return str(_FIRST_ITEM + entry.serial)


def _tracking(shipped: date | None, serial: int) -> str | None:
    return f"4012{serial:08d}" if shipped is not None else None


def _ago(ago: int | None, days: Days) -> date | None:
    return days.ago(ago) if ago is not None else None


def _worked(ago: int | None, days: Days) -> date | None:
    return days.working_ago(ago) if ago is not None else None


def _after(day: date | None, later: int | None, days: Days) -> date | None:
    """Return so many days later, but nothing that is still to come."""
    if day is None or later is None:
        return None
    return min(day + timedelta(days=later), days.today)


def _at(day: date, serial: int) -> datetime:
    """Return a time of the day in UTC, another for each serial."""
    return as_utc(datetime.combine(day, time(9 + serial % 12, serial * 7 % 60), TOKYO))
