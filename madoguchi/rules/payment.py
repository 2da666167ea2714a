"""Payments that come to nothing: cash on delivery not received, a loan not completed."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.facts import OrderFacts
from madoguchi.rules.stages import BEFORE_SHIPPING, LOANS, awaits_payment
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.tokyo import tokyo_day
from madoguchi.rules.verdict import NextStep, Verdict

# Business rules: "7 days or more after the shipping date".
COD_SENT_BACK_AFTER = timedelta(days=7)
# Business rules: "within 3 business days counting the order day".
LOAN_BUSINESS_DAYS = 3


class Reason(StrEnum):
    """Why a payment came to nothing, or did not."""

    NOT_CASH_ON_DELIVERY = "not_cash_on_delivery"
    NOT_SHIPPED_YET = "not_shipped_yet"
    RECEIVED = "received"
    ON_ITS_WAY = "on_its_way"
    SENT_BACK = "sent_back"
    CANCELLED = "cancelled"
    SHIPPING_DAY_UNKNOWN = "shipping_day_unknown"
    NOT_A_LOAN = "not_a_loan"
    LOAN_APPROVED = "loan_approved"
    APPLY_AGAIN = "apply_again"
    LOAN_DEADLINE_PASSED = "loan_deadline_passed"


def cod_sent_back(order: OrderFacts, today: date) -> Verdict:
    """Return whether a cash-on-delivery order went back to the shop, which cancels it.

    ``until`` is the last day to receive it. Business rules: Cash on delivery not received.
    """
    if order.payment is not PaymentMethod.CASH_ON_DELIVERY:
        return Verdict(Decision.NO, Reason.NOT_CASH_ON_DELIVERY)
    if order.delivered_on is not None or order.state in {OrderState.DELIVERED, OrderState.RETURNED}:
        return Verdict(Decision.NO, Reason.RECEIVED)
    if order.state in BEFORE_SHIPPING:
        return Verdict(Decision.NO, Reason.NOT_SHIPPED_YET, next_step=NextStep.WAIT)
    return _cod_after_shipping(order, today)


def _cod_after_shipping(order: OrderFacts, today: date) -> Verdict:
    if order.shipped_on is None:
        if order.state is OrderState.CANCELLED:
            return Verdict(Decision.NO, Reason.CANCELLED, next_step=NextStep.REORDER)
        return Verdict(Decision.INQUIRY, Reason.SHIPPING_DAY_UNKNOWN, next_step=NextStep.INQUIRY)
    last_day = order.shipped_on + COD_SENT_BACK_AFTER - timedelta(days=1)
    # Shipped, not received and cancelled: nothing else than this cancels a shipped order.
    if order.state is OrderState.CANCELLED or today > last_day:
        return Verdict(Decision.YES, Reason.SENT_BACK, last_day, NextStep.REORDER)
    return Verdict(Decision.NO, Reason.ON_ITS_WAY, last_day, NextStep.WAIT)


def loan_deadline(order: OrderFacts, calendar: BusinessCalendar) -> date:
    """Return the last day on which the loan has to be confirmed.

    **Reading:** an order on a day off counts from the next business day; the guide only says that
    the order's day counts. Business rules: Loan application not completed.
    """
    first = calendar.on_or_after(tokyo_day(order.ordered_at))
    return calendar.add_business_days(first, LOAN_BUSINESS_DAYS - 1)


def loan_stuck(order: OrderFacts, today: date, calendar: BusinessCalendar) -> Verdict:
    """Return whether a loan application that cannot go on may be begun anew, with a new order.

    YES: cancel, order and apply again, ``until`` the deadline after which the shop cancels.
    Business rules: Loan application not completed.
    """
    if order.payment not in LOANS:
        return Verdict(Decision.NO, Reason.NOT_A_LOAN)
    if order.state is OrderState.CANCELLED:
        return Verdict(Decision.NO, Reason.CANCELLED, next_step=NextStep.REORDER)
    if not awaits_payment(order):
        return Verdict(Decision.NO, Reason.LOAN_APPROVED)
    deadline = loan_deadline(order, calendar)
    if today > deadline:
        return Verdict(Decision.NO, Reason.LOAN_DEADLINE_PASSED, deadline, NextStep.REORDER)
    return Verdict(Decision.YES, Reason.APPLY_AGAIN, deadline, NextStep.REORDER)
