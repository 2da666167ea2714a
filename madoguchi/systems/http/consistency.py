"""Whether what a shop says of a thing can be true at all.

A rule that is fed a contradiction answers nonsense with confidence: a return until a day that never
came. So a contradiction counts as no answer. Only what cannot happen in any shop is refused; what
is merely unusual (a parcel that is late, a cancelled order that had been sent) passes.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import pairwise

from madoguchi.clock import TOKYO
from madoguchi.rules.states import OrderState, RentalState
from madoguchi.systems.model import Order, Rental, Slot, Transfer

_ORDER_NOT_SENT = frozenset(
    {OrderState.ORDERED, OrderState.PENDING, OrderState.CONFIRMED, OrderState.PREPARING}
)
_ORDER_SENT = frozenset({OrderState.SHIPPED, OrderState.DELIVERED, OrderState.RETURNED})
_ORDER_ARRIVED = frozenset({OrderState.DELIVERED, OrderState.RETURNED})
_RENTAL_NOT_SENT = frozenset(
    {
        RentalState.ORDERED,
        RentalState.PHONE_VERIFICATION,
        RentalState.SCREENING,
        RentalState.CARD_REGISTERED,
        RentalState.APPROVED,
        RentalState.REJECTED,
        RentalState.CANCELLED_SOLD,
    }
)
_RENTAL_SENT = frozenset(
    {
        RentalState.SHIPPED,
        RentalState.IN_USE,
        RentalState.RETURN_REQUESTED,
        RentalState.INSPECTION,
        RentalState.ENDED,
    }
)


def order_contradiction(order: Order) -> str | None:
    """Return what cannot be true of the order, in words for a log, or None."""
    state, shipped, ordered_on = order.state, order.shipped_on, _day(order.ordered_at)
    cancelled = state is OrderState.CANCELLED
    return _first(
        _when(state in _ORDER_SENT and shipped is None, f"{state} without shipped_on"),
        _when(state in _ORDER_NOT_SENT and shipped is not None, f"{state} with shipped_on"),
        _when(
            state is OrderState.DELIVERED and order.delivered_on is None,
            "delivered without delivered_on",
        ),
        _when(
            state not in _ORDER_ARRIVED and order.delivered_on is not None,
            f"{state} with delivered_on",
        ),
        _when(cancelled and order.cancelled_on is None, "cancelled without cancelled_on"),
        _when(not cancelled and order.cancelled_on is not None, f"{state} with cancelled_on"),
        _when(
            order.return_applied_on is not None and shipped is None,
            "return_applied_on without shipped_on",
        ),
        _out_of_order(
            ("ordered_at", ordered_on),
            ("shipped_on", shipped),
            ("delivered_on", order.delivered_on),
        ),
        _out_of_order(("ordered_at", ordered_on), ("paid_on", order.paid_on)),
        _out_of_order(("ordered_at", ordered_on), ("expected_on", order.expected_on)),
        _out_of_order(("ordered_at", ordered_on), ("receipt_shown_on", order.receipt_shown_on)),
        _out_of_order(("ordered_at", ordered_on), ("cancelled_on", order.cancelled_on)),
        _out_of_order(("shipped_on", shipped), ("return_applied_on", order.return_applied_on)),
    )


def rental_contradiction(rental: Rental) -> str | None:
    """Return what cannot be true of the rental, in words for a log, or None."""
    state, shipped, ordered_on = rental.state, rental.shipped_on, _day(rental.ordered_at)
    return _first(
        _when(state in _RENTAL_SENT and shipped is None, f"{state} without shipped_on"),
        _when(state in _RENTAL_NOT_SENT and shipped is not None, f"{state} with shipped_on"),
        _when(
            state is RentalState.RETURN_REQUESTED and rental.return_requested_on is None,
            "return_requested without return_requested_on",
        ),
        _when(
            state is RentalState.INSPECTION and rental.received_on is None,
            "inspection without received_on",
        ),
        _when(
            state is RentalState.ENDED and rental.ended_on is None,
            "ended without ended_on",
        ),
        _when(rental.received_on is not None and shipped is None, "received_on without shipped_on"),
        _out_of_order(
            ("ordered_at", ordered_on),
            ("screening_passed_on", rental.screening_passed_on),
            ("shipped_on", shipped),
            ("return_requested_on", rental.return_requested_on),
            ("received_on", rental.received_on),
            ("ended_on", rental.ended_on),
        ),
        _out_of_order(("shipped_on", shipped), ("loss_reported_on", rental.loss_reported_on)),
        _out_of_order(
            ("shipped_on", shipped),
            ("payment_error_reported_on", rental.payment_error_reported_on),
        ),
        _out_of_order(
            ("ordered_at", ordered_on), ("buyout_requested_on", rental.buyout_requested_on)
        ),
    )


def transfer_contradiction(transfer: Transfer) -> str | None:
    """Return what cannot be true of the transfer, in words for a log, or None."""
    if transfer.visit_slot is not None and transfer.visit_on is None:
        return "visit_slot without visit_on"
    return _out_of_order(
        ("requested_at", _day(transfer.requested_at)),
        ("visit_on", transfer.visit_on),
    )


def slot_contradiction(slot: Slot, first: date, last: date) -> str | None:
    """Return what cannot be true of a free time of these days, in words for a log, or None."""
    if not first <= slot.day <= last:
        return "a free time of another day than asked for"
    begins, _, ends = slot.time.partition("〜")
    return None if begins < ends else "a free time that ends before it begins"


def _day(at: datetime) -> date:
    return at.astimezone(TOKYO).date()


def _first(*found: str | None) -> str | None:
    return next((words for words in found if words is not None), None)


def _when(true: bool, words: str) -> str | None:  # noqa: FBT001  (a condition is what it asks for)
    return words if true else None


def _out_of_order(*steps: tuple[str, date | None]) -> str | None:
    known = [(name, day) for name, day in steps if day is not None]
    for (earlier, first), (later, second) in pairwise(known):
        if second < first:
            return f"{later} before {earlier}"
    return None
