"""Which orders can be cancelled, and by whom (Business rules: Cancel, Change of payment)."""

from __future__ import annotations

from datetime import date

import pytest

from madoguchi.rules.cancellation import Reason, cancellation, change_of_payment
from madoguchi.rules.returns import MAX_PRICE_YEN
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep
from tests.rules.things import BEFORE_PREPARING, LOANS, an_order

TODAY = date(2026, 12, 3)
OTHERS = [
    method
    for method in PaymentMethod
    if method not in LOANS and method is not PaymentMethod.BANK_TRANSFER
]


@pytest.mark.parametrize("state", [OrderState.ORDERED, OrderState.PENDING])
def test_a_bank_transfer_is_cancelled_at_once_until_the_payment_is_confirmed(
    state: OrderState,
) -> None:
    order = an_order(state, PaymentMethod.BANK_TRANSFER)
    verdict = cancellation(order, TODAY)
    assert verdict.decision is Decision.YES
    assert verdict.reason == Reason.TRANSFER_NOT_CONFIRMED
    assert verdict.next_step is NextStep.CONFIRM_AND_DO


@pytest.mark.parametrize("payment", LOANS)
@pytest.mark.parametrize("state", [OrderState.ORDERED, OrderState.PENDING])
def test_a_loan_is_cancelled_at_once_until_it_is_approved(
    state: OrderState, payment: PaymentMethod
) -> None:
    verdict = cancellation(an_order(state, payment), TODAY)
    assert (verdict.decision, verdict.reason) == (Decision.YES, Reason.LOAN_NOT_APPROVED)


@pytest.mark.parametrize("payment", [PaymentMethod.BANK_TRANSFER, *LOANS])
@pytest.mark.parametrize(
    ("state", "paid_on"),
    [(OrderState.CONFIRMED, date(2026, 12, 1)), (OrderState.PENDING, date(2026, 12, 1))],
)
def test_once_paid_or_approved_it_takes_an_inquiry(
    state: OrderState, paid_on: date, payment: PaymentMethod
) -> None:
    verdict = cancellation(an_order(state, payment, paid_on=paid_on), TODAY)
    assert (verdict.decision, verdict.next_step) == (Decision.INQUIRY, NextStep.INQUIRY)


@pytest.mark.parametrize("payment", OTHERS)
@pytest.mark.parametrize("state", BEFORE_PREPARING)
def test_other_ways_to_pay_take_an_inquiry_before_the_preparation(
    state: OrderState, payment: PaymentMethod
) -> None:
    verdict = cancellation(an_order(state, payment), TODAY)
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.BEFORE_PREPARING)


@pytest.mark.parametrize("payment", PaymentMethod)
@pytest.mark.parametrize(
    "state",
    [
        OrderState.PREPARING,
        OrderState.SHIPPED,
        OrderState.DELIVERED,
        OrderState.CANCELLED,
        OrderState.RETURNED,
    ],
)
def test_from_the_preparation_on_nothing_is_cancelled(
    state: OrderState, payment: PaymentMethod
) -> None:
    order = an_order(state, payment)
    assert cancellation(order, TODAY).decision is Decision.NO
    assert change_of_payment(order, TODAY).decision is Decision.NO


def test_after_delivery_the_return_service_is_named_with_its_last_day() -> None:
    verdict = cancellation(an_order(OrderState.DELIVERED), TODAY)
    assert verdict.reason == Reason.DELIVERED_RETURNABLE
    assert verdict.until == date(2026, 12, 11)
    assert verdict.next_step is NextStep.RETURN_SERVICE


@pytest.mark.parametrize(
    ("payment", "price", "today"),
    [
        (PaymentMethod.PAYPAY, 248_000, TODAY),
        (PaymentMethod.CREDIT_CARD, MAX_PRICE_YEN + 1, TODAY),
        (PaymentMethod.CREDIT_CARD, 248_000, date(2026, 12, 12)),
    ],
)
def test_after_delivery_it_is_said_when_the_return_service_does_not_apply(
    payment: PaymentMethod, price: int, today: date
) -> None:
    order = an_order(OrderState.DELIVERED, payment, price_yen=price)
    verdict = cancellation(order, today)
    assert (verdict.reason, verdict.until) == (Reason.DELIVERED_NOT_RETURNABLE, None)


def test_what_is_on_its_way_is_told_from_what_has_arrived() -> None:
    on_its_way = an_order(OrderState.SHIPPED)
    assert cancellation(on_its_way, TODAY).reason == Reason.SHIPPED_RETURNABLE
    by_paypay = an_order(OrderState.SHIPPED, PaymentMethod.PAYPAY)
    assert cancellation(by_paypay, TODAY).reason == Reason.SHIPPED_NOT_RETURNABLE


def test_cash_on_delivery_that_went_back_is_cancelled_by_itself() -> None:
    order = an_order(OrderState.SHIPPED, PaymentMethod.CASH_ON_DELIVERY)
    assert cancellation(order, date(2026, 12, 7)).reason == Reason.SHIPPED_NOT_RETURNABLE
    assert cancellation(order, date(2026, 12, 8)).reason == Reason.SENT_BACK


@pytest.mark.parametrize(
    ("state", "payment", "decision", "step"),
    [
        (OrderState.PENDING, PaymentMethod.BANK_TRANSFER, Decision.YES, NextStep.REORDER),
        (OrderState.PENDING, PaymentMethod.LOAN_ORICO, Decision.YES, NextStep.REORDER),
        (OrderState.ORDERED, PaymentMethod.CREDIT_CARD, Decision.INQUIRY, NextStep.INQUIRY),
        (OrderState.CONFIRMED, PaymentMethod.BANK_TRANSFER, Decision.INQUIRY, NextStep.INQUIRY),
        (OrderState.PREPARING, PaymentMethod.CREDIT_CARD, Decision.NO, NextStep.INQUIRY),
        (OrderState.CANCELLED, PaymentMethod.CREDIT_CARD, Decision.NO, NextStep.REORDER),
    ],
)
def test_the_way_to_pay_is_changed_by_ordering_again_or_by_inquiry(
    state: OrderState, payment: PaymentMethod, decision: Decision, step: NextStep
) -> None:
    verdict = change_of_payment(an_order(state, payment), TODAY)
    assert (verdict.decision, verdict.next_step) == (decision, step)


@pytest.mark.parametrize("payment", PaymentMethod)
@pytest.mark.parametrize("state", OrderState)
def test_every_order_gets_one_of_the_reasons(state: OrderState, payment: PaymentMethod) -> None:
    verdict = cancellation(an_order(state, payment), TODAY)
    assert verdict.reason in set(Reason)
    assert verdict.yes == (verdict.next_step is NextStep.CONFIRM_AND_DO)
