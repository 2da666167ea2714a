"""The return service of the online store, exchanges, and what arrived damaged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from madoguchi.rules.facts import OrderFacts
from madoguchi.rules.stages import BEFORE_SHIPPING
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep, Verdict

# Reading: one heading of the guide says 「30万円の商品」, another 「30万円以下」: the second is
# meant, 300,000 yen included. It is the order's price, which the customer pays for the item.
MAX_PRICE_YEN = 300_000
# Amazon Pay, PayPay and all others are excluded, whatever card is behind them.
RETURNABLE_PAYMENT = PaymentMethod.CREDIT_CARD
# Reading: the shipping day is not counted (the receipt's rule says that it is, this one does not),
# so these are the days after it.
APPLY_WITHIN = timedelta(days=10)
ARRIVE_WITHIN = timedelta(days=14)


class Reason(StrEnum):
    """Why an item can or cannot be returned or exchanged."""

    ELIGIBLE = "eligible"
    PAYMENT = "payment"
    PRICE = "price"
    NOT_SHIPPED_YET = "not_shipped_yet"
    EXPIRED = "expired"
    ALREADY_APPLIED = "already_applied"
    CANCELLED = "cancelled"
    RETURNED = "returned"
    SHIPPING_DAY_UNKNOWN = "shipping_day_unknown"
    ONE_OF_A_KIND = "one_of_a_kind"
    PICK_UP = "pick_up"
    PICK_UP_OR_RETURN = "pick_up_or_return"


@dataclass(frozen=True)
class ReturnDates:
    """The last days (Asia/Tokyo) of the return service."""

    apply_by: date
    # The item has to be back at the shop on this day.
    arrive_by: date


def return_dates(shipped_on: date) -> ReturnDates:
    """Return the last days for what was shipped on a day. Business rules: Return service."""
    return ReturnDates(shipped_on + APPLY_WITHIN, shipped_on + ARRIVE_WITHIN)


def return_service(order: OrderFacts, today: date) -> Verdict:
    """Return whether the customer may apply for the return service today.

    ``until`` is the last day to apply; once applied, the last day for the item to be back.
    What rules an order out for good is said before what depends on the day.
    Business rules: Return service: who, until when.
    """
    ruled_out = _ruled_out(order)
    if ruled_out is not None:
        return Verdict(Decision.NO, ruled_out)
    if order.state in BEFORE_SHIPPING:
        return Verdict(Decision.NO, Reason.NOT_SHIPPED_YET, next_step=NextStep.WAIT)
    if order.shipped_on is None:
        return Verdict(Decision.INQUIRY, Reason.SHIPPING_DAY_UNKNOWN, next_step=NextStep.INQUIRY)
    dates = return_dates(order.shipped_on)
    if order.return_applied_on is not None:
        return Verdict(Decision.NO, Reason.ALREADY_APPLIED, dates.arrive_by)
    if today > dates.apply_by:
        return Verdict(Decision.NO, Reason.EXPIRED, dates.apply_by)
    return Verdict(Decision.YES, Reason.ELIGIBLE, dates.apply_by, NextStep.CONFIRM_AND_DO)


def _ruled_out(order: OrderFacts) -> Reason | None:
    if order.state is OrderState.CANCELLED:
        return Reason.CANCELLED
    if order.state is OrderState.RETURNED:
        return Reason.RETURNED
    if order.payment is not RETURNABLE_PAYMENT:
        return Reason.PAYMENT
    return Reason.PRICE if order.price_yen > MAX_PRICE_YEN else None


def exchange() -> Verdict:
    """Return that nothing is exchanged. Business rules: Exchange."""
    return Verdict(Decision.NO, Reason.ONE_OF_A_KIND, next_step=NextStep.RETURN_SERVICE)


def damaged_on_arrival(order: OrderFacts, today: date) -> Verdict:
    """Return how an item that arrived damaged is taken back: by inquiry, the shop picks it up.

    When the return service is open as well, the reason says so and ``until`` is its last day to
    apply. Business rules: Exchange (damaged on arrival).
    """
    if order.state is OrderState.CANCELLED:
        return Verdict(Decision.NO, Reason.CANCELLED)
    if order.state is OrderState.RETURNED:
        return Verdict(Decision.NO, Reason.RETURNED)
    if order.state in BEFORE_SHIPPING:
        return Verdict(Decision.NO, Reason.NOT_SHIPPED_YET, next_step=NextStep.WAIT)
    service = return_service(order, today)
    reason = Reason.PICK_UP_OR_RETURN if service.yes else Reason.PICK_UP
    until = service.until if service.yes else None
    return Verdict(Decision.INQUIRY, reason, until, NextStep.INQUIRY)
