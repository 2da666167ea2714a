"""Cancelling an order, and changing its way to pay."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from madoguchi.rules.facts import OrderFacts
from madoguchi.rules.payment import cod_sent_back
from madoguchi.rules.returns import return_service
from madoguchi.rules.stages import BEFORE_PREPARING, LOANS, awaits_payment
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep, Verdict


class Reason(StrEnum):
    """Why an order can or cannot be cancelled."""

    TRANSFER_NOT_CONFIRMED = "transfer_not_confirmed"
    LOAN_NOT_APPROVED = "loan_not_approved"
    BEFORE_PREPARING = "before_preparing"
    PREPARING = "preparing"
    SHIPPED_RETURNABLE = "shipped_returnable"
    SHIPPED_NOT_RETURNABLE = "shipped_not_returnable"
    SENT_BACK = "sent_back"
    DELIVERED_RETURNABLE = "delivered_returnable"
    DELIVERED_NOT_RETURNABLE = "delivered_not_returnable"
    ALREADY_CANCELLED = "already_cancelled"
    ALREADY_RETURNED = "already_returned"


_OVER = {
    OrderState.PREPARING: Reason.PREPARING,
    OrderState.CANCELLED: Reason.ALREADY_CANCELLED,
    OrderState.RETURNED: Reason.ALREADY_RETURNED,
}


def cancellation(order: OrderFacts, today: date) -> Verdict:
    """Return whether the order can be cancelled: at once, by inquiry, or not (any more).

    When it is shipped or delivered the reason says whether the return service is open; ``until``
    is then its last day to apply. Business rules: Cancel by the customer at once, Cancel
    otherwise, Cancel in 出荷準備中 or later.
    """
    if order.state in BEFORE_PREPARING:
        return _before_preparing(order)
    if order.state in _OVER:
        return Verdict(Decision.NO, _OVER[order.state])
    if cod_sent_back(order, today).yes:
        return Verdict(Decision.NO, Reason.SENT_BACK, next_step=NextStep.REORDER)
    return _after_shipping(order, today)


def _before_preparing(order: OrderFacts) -> Verdict:
    if awaits_payment(order):
        if order.payment is PaymentMethod.BANK_TRANSFER:
            reason = Reason.TRANSFER_NOT_CONFIRMED
            return Verdict(Decision.YES, reason, next_step=NextStep.CONFIRM_AND_DO)
        if order.payment in LOANS:
            reason = Reason.LOAN_NOT_APPROVED
            return Verdict(Decision.YES, reason, next_step=NextStep.CONFIRM_AND_DO)
    return Verdict(Decision.INQUIRY, Reason.BEFORE_PREPARING, next_step=NextStep.INQUIRY)


def _after_shipping(order: OrderFacts, today: date) -> Verdict:
    delivered = order.state is OrderState.DELIVERED
    service = return_service(order, today)
    if service.yes:
        reason = Reason.DELIVERED_RETURNABLE if delivered else Reason.SHIPPED_RETURNABLE
        return Verdict(Decision.NO, reason, service.until, NextStep.RETURN_SERVICE)
    reason = Reason.DELIVERED_NOT_RETURNABLE if delivered else Reason.SHIPPED_NOT_RETURNABLE
    return Verdict(Decision.NO, reason)


def change_of_payment(order: OrderFacts, today: date) -> Verdict:
    """Return whether the way to pay can still be changed, by cancelling and ordering again.

    **Reading:** the rules say "same table as cancel … otherwise inquiry". Where nothing can be
    cancelled any more the answer is no, as in that table; an inquiry stays open to the customer.
    Business rules: Change of payment method.
    """
    verdict = cancellation(order, today)
    reorder = verdict.yes or verdict.reason in {Reason.ALREADY_CANCELLED, Reason.SENT_BACK}
    next_step = NextStep.REORDER if reorder else NextStep.INQUIRY
    return Verdict(verdict.decision, verdict.reason, next_step=next_step)
