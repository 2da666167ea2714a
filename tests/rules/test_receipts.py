"""Receipts for every way to pay (Business rules: Receipt)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.receipts import Reason, receipt
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep
from madoguchi.systems.model import Order
from tests.rules.things import ON_MY_PAGE, UNSHIPPED, an_order, days

SHIPPED_ON = date(2026, 12, 1)
LAST_DAY = date(2026, 12, 30)


@pytest.mark.parametrize("payment", ON_MY_PAGE)
@pytest.mark.parametrize(
    ("today", "decision", "reason"),
    [
        (SHIPPED_ON, Decision.YES, Reason.MY_PAGE_NOW),
        (LAST_DAY, Decision.YES, Reason.MY_PAGE_NOW),
        (date(2026, 12, 31), Decision.NO, Reason.EXPIRED),
    ],
)
def test_my_page_shows_it_for_30_days_counting_the_shipping_day(
    today: date, decision: Decision, reason: Reason, payment: PaymentMethod
) -> None:
    verdict = receipt(an_order(OrderState.DELIVERED, payment, SHIPPED_ON), today)
    assert (verdict.decision, verdict.reason, verdict.until) == (decision, reason, LAST_DAY)


@given(days, st.sampled_from(ON_MY_PAGE), st.sampled_from([OrderState.SHIPPED, "delivered"]))
def test_the_30_days_are_30_over_month_ends_and_leap_days(
    shipped_on: date, payment: PaymentMethod, state: str
) -> None:
    order = an_order(OrderState(state), payment, shipped_on)
    open_days = [
        number for number in range(40) if receipt(order, shipped_on + timedelta(days=number)).yes
    ]
    assert open_days == list(range(30))


def test_the_last_day_in_february_depends_on_the_year() -> None:
    leap = an_order(shipped_on=date(2028, 2, 1))
    assert receipt(leap, date(2028, 2, 1)).until == date(2028, 3, 1)
    plain = an_order(shipped_on=date(2027, 2, 1))
    assert receipt(plain, date(2027, 2, 1)).until == date(2027, 3, 2)


@pytest.mark.parametrize("payment", ON_MY_PAGE)
@pytest.mark.parametrize("state", UNSHIPPED)
def test_my_page_shows_none_before_the_shipping(state: OrderState, payment: PaymentMethod) -> None:
    verdict = receipt(an_order(state, payment), SHIPPED_ON)
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.NOT_SHIPPED_YET)


@pytest.mark.parametrize("today", [date(2026, 12, 5), date(2027, 6, 1)])
def test_it_is_shown_once_only(today: date) -> None:
    order = an_order(receipt_shown_on=date(2026, 12, 4))
    verdict = receipt(order, today)
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.SHOWN_ALREADY)


CONVENIENCE_STORE, COD = PaymentMethod.CONVENIENCE_STORE, PaymentMethod.CASH_ON_DELIVERY
TRANSFER = PaymentMethod.BANK_TRANSFER
PENDING, CONFIRMED = OrderState.PENDING, OrderState.CONFIRMED
SHIPPED, DELIVERED = OrderState.SHIPPED, OrderState.DELIVERED
NO, YES, INQUIRY = Decision.NO, Decision.YES, Decision.INQUIRY


@pytest.mark.parametrize(
    ("order", "decision", "reason", "step"),
    [
        (
            an_order(PENDING, CONVENIENCE_STORE),
            *(NO, Reason.STORE_SLIP_ON_PAYMENT, NextStep.WAIT),
        ),
        (
            an_order(CONFIRMED, CONVENIENCE_STORE, paid_on=date(2026, 12, 1)),
            *(YES, Reason.STORE_SLIP, NextStep.USE_SLIP),
        ),
        (an_order(SHIPPED, COD), NO, Reason.CARRIER_SLIP_ON_DELIVERY, NextStep.WAIT),
        (an_order(DELIVERED, COD), YES, Reason.CARRIER_SLIP, NextStep.USE_SLIP),
        (
            an_order(CONFIRMED, TRANSFER, receipt_requested=True),
            *(YES, Reason.ENCLOSED_REQUESTED, NextStep.WAIT),
        ),
        (
            an_order(DELIVERED, TRANSFER, receipt_requested=True),
            *(YES, Reason.ENCLOSED, NextStep.USE_SLIP),
        ),
        (an_order(SHIPPED, TRANSFER), NO, Reason.BY_POST_AFTER_ARRIVAL, NextStep.WAIT),
        (an_order(DELIVERED, TRANSFER), INQUIRY, Reason.BY_POST, NextStep.INQUIRY),
        (
            an_order(DELIVERED, PaymentMethod.LOAN_ORICO),
            *(NO, Reason.ORICO, NextStep.ASK_LOAN_COMPANY),
        ),
        (
            an_order(DELIVERED, PaymentMethod.LOAN_JACCS),
            *(NO, Reason.JACCS, NextStep.ASK_LOAN_COMPANY),
        ),
    ],
)
def test_other_ways_to_pay_have_another_paper(
    order: Order, decision: Decision, reason: Reason, step: NextStep
) -> None:
    verdict = receipt(order, date(2027, 6, 1))
    assert (verdict.decision, verdict.reason, verdict.next_step) == (decision, reason, step)
    assert verdict.until is None


@pytest.mark.parametrize("payment", PaymentMethod)
def test_a_cancelled_order_has_no_receipt_and_a_returned_one_is_for_the_shop(
    payment: PaymentMethod,
) -> None:
    cancelled = receipt(an_order(OrderState.CANCELLED, payment, None), SHIPPED_ON)
    assert (cancelled.decision, cancelled.reason) == (Decision.NO, Reason.CANCELLED)
    returned = receipt(an_order(OrderState.RETURNED, payment), SHIPPED_ON)
    assert (returned.decision, returned.reason) == (Decision.INQUIRY, Reason.RETURNED)


def test_a_shipped_order_without_its_day_is_for_the_shop_to_look_at() -> None:
    verdict = receipt(an_order(OrderState.SHIPPED, shipped_on=None), SHIPPED_ON)
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.SHIPPING_DAY_UNKNOWN)
