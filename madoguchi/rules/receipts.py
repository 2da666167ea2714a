"""Who issues an order's receipt, how, and until when (Business rules: Receipt)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from enum import StrEnum

from madoguchi.rules.facts import OrderFacts
from madoguchi.rules.stages import BEFORE_SHIPPING, awaits_payment
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep, Verdict

# "Within 30 days counting the shipping day as day 1": the last one is the 29th after it.
LAST_DAY_AFTER_SHIPPING = timedelta(days=29)


class Reason(StrEnum):
    """How an order's receipt is to be had, or why it is not."""

    MY_PAGE_NOW = "my_page_now"
    NOT_SHIPPED_YET = "not_shipped_yet"
    EXPIRED = "expired"
    SHOWN_ALREADY = "shown_already"
    SHIPPING_DAY_UNKNOWN = "shipping_day_unknown"
    STORE_SLIP = "store_slip"
    STORE_SLIP_ON_PAYMENT = "store_slip_on_payment"
    CARRIER_SLIP = "carrier_slip"
    CARRIER_SLIP_ON_DELIVERY = "carrier_slip_on_delivery"
    # It was requested in the remarks: it comes, or came, with the item.
    ENCLOSED_REQUESTED = "enclosed_requested"
    ENCLOSED = "enclosed"
    # It was not requested: by post, on inquiry, once the item has arrived.
    BY_POST = "by_post"
    BY_POST_AFTER_ARRIVAL = "by_post_after_arrival"
    ORICO = "orico"
    JACCS = "jaccs"
    CANCELLED = "cancelled"
    RETURNED = "returned"


def receipt(order: OrderFacts, today: date) -> Verdict:
    """Return how the order's receipt is to be had.

    YES: the customer can have it or already has it; INQUIRY: the shop sends it; NO: not from the
    shop, or not (yet, any more). ``until`` is the last day on My Page.
    """
    if order.state is OrderState.CANCELLED:
        return Verdict(Decision.NO, Reason.CANCELLED)
    if order.state is OrderState.RETURNED:
        # Reading: the guide says nothing of receipts for what was returned; the shop decides.
        return Verdict(Decision.INQUIRY, Reason.RETURNED, next_step=NextStep.INQUIRY)
    return _BY_PAYMENT[order.payment](order, today)


def _my_page(order: OrderFacts, today: date) -> Verdict:
    # Reading: the 30 days count from the shipping, so there is none before it.
    if order.state in BEFORE_SHIPPING:
        return Verdict(Decision.NO, Reason.NOT_SHIPPED_YET, next_step=NextStep.WAIT)
    if order.shipped_on is None:
        return Verdict(Decision.INQUIRY, Reason.SHIPPING_DAY_UNKNOWN, next_step=NextStep.INQUIRY)
    last_day = order.shipped_on + LAST_DAY_AFTER_SHIPPING
    if order.receipt_shown_on is not None:
        return Verdict(Decision.NO, Reason.SHOWN_ALREADY, last_day)
    if today > last_day:
        return Verdict(Decision.NO, Reason.EXPIRED, last_day)
    return Verdict(Decision.YES, Reason.MY_PAGE_NOW, last_day, NextStep.MY_PAGE)


def _store_slip(order: OrderFacts, _today: date) -> Verdict:
    if awaits_payment(order):
        return Verdict(Decision.NO, Reason.STORE_SLIP_ON_PAYMENT, next_step=NextStep.WAIT)
    return Verdict(Decision.YES, Reason.STORE_SLIP, next_step=NextStep.USE_SLIP)


def _carrier_slip(order: OrderFacts, _today: date) -> Verdict:
    if order.state is not OrderState.DELIVERED:
        return Verdict(Decision.NO, Reason.CARRIER_SLIP_ON_DELIVERY, next_step=NextStep.WAIT)
    return Verdict(Decision.YES, Reason.CARRIER_SLIP, next_step=NextStep.USE_SLIP)


def _enclosed_or_by_post(order: OrderFacts, _today: date) -> Verdict:
    delivered = order.state is OrderState.DELIVERED
    if order.receipt_requested:
        if delivered:
            return Verdict(Decision.YES, Reason.ENCLOSED, next_step=NextStep.USE_SLIP)
        return Verdict(Decision.YES, Reason.ENCLOSED_REQUESTED, next_step=NextStep.WAIT)
    if delivered:
        return Verdict(Decision.INQUIRY, Reason.BY_POST, next_step=NextStep.INQUIRY)
    return Verdict(Decision.NO, Reason.BY_POST_AFTER_ARRIVAL, next_step=NextStep.WAIT)


def _orico(_order: OrderFacts, _today: date) -> Verdict:
    return Verdict(Decision.NO, Reason.ORICO, next_step=NextStep.ASK_LOAN_COMPANY)


def _jaccs(_order: OrderFacts, _today: date) -> Verdict:
    return Verdict(Decision.NO, Reason.JACCS, next_step=NextStep.ASK_LOAN_COMPANY)


_BY_PAYMENT: Mapping[PaymentMethod, Callable[[OrderFacts, date], Verdict]] = {
    PaymentMethod.CREDIT_CARD: _my_page,
    PaymentMethod.PAYPAY: _my_page,
    PaymentMethod.AMAZON_PAY: _my_page,
    PaymentMethod.CONVENIENCE_STORE: _store_slip,
    PaymentMethod.CASH_ON_DELIVERY: _carrier_slip,
    PaymentMethod.BANK_TRANSFER: _enclosed_or_by_post,
    PaymentMethod.LOAN_ORICO: _orico,
    PaymentMethod.LOAN_JACCS: _jaccs,
}
