"""The return service, exchanges and damage on arrival."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given

from madoguchi.rules.returns import (
    MAX_PRICE_YEN,
    Reason,
    damaged_on_arrival,
    exchange,
    return_dates,
    return_service,
)
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep
from tests.rules.things import UNSHIPPED, an_order, days

SHIPPED_ON = date(2026, 12, 1)


def test_the_example_of_1_december_is_open_until_friday_the_11th() -> None:
    verdict = return_service(an_order(price_yen=248_000), date(2026, 12, 3))
    assert (verdict.decision, verdict.reason) == (Decision.YES, Reason.ELIGIBLE)
    assert (verdict.until, verdict.next_step) == (date(2026, 12, 11), NextStep.CONFIRM_AND_DO)
    assert return_dates(SHIPPED_ON).arrive_by == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("shipped_on", "apply_by", "arrive_by"),
    [
        (date(2026, 12, 25), date(2027, 1, 4), date(2027, 1, 8)),
        (date(2028, 2, 20), date(2028, 3, 1), date(2028, 3, 5)),
        (date(2027, 2, 20), date(2027, 3, 2), date(2027, 3, 6)),
        (date(2026, 4, 27), date(2026, 5, 7), date(2026, 5, 11)),
    ],
)
def test_the_days_run_on_over_month_ends_leap_days_and_holidays(
    shipped_on: date, apply_by: date, arrive_by: date
) -> None:
    dates = return_dates(shipped_on)
    assert (dates.apply_by, dates.arrive_by) == (apply_by, arrive_by)


@given(days)
def test_one_may_apply_on_the_shipping_day_and_ten_days_after_it(shipped_on: date) -> None:
    order = an_order(OrderState.SHIPPED, shipped_on=shipped_on)
    open_days = [
        number
        for number in range(20)
        if return_service(order, shipped_on + timedelta(days=number)).yes
    ]
    assert open_days == list(range(11))
    dates = return_dates(shipped_on)
    assert (dates.arrive_by - dates.apply_by).days == 4


@pytest.mark.parametrize(
    ("price", "decision"),
    [
        (MAX_PRICE_YEN - 1, Decision.YES),
        (MAX_PRICE_YEN, Decision.YES),
        (MAX_PRICE_YEN + 1, Decision.NO),
    ],
)
def test_300_000_yen_is_still_included(price: int, decision: Decision) -> None:
    assert MAX_PRICE_YEN == 300_000
    assert return_service(an_order(price_yen=price), SHIPPED_ON).decision is decision


@pytest.mark.parametrize("payment", PaymentMethod)
def test_only_a_credit_card_counts(payment: PaymentMethod) -> None:
    verdict = return_service(an_order(payment=payment), SHIPPED_ON)
    assert verdict.yes == (payment is PaymentMethod.CREDIT_CARD)
    if not verdict.yes:
        assert verdict.reason == Reason.PAYMENT


@pytest.mark.parametrize("state", UNSHIPPED)
def test_before_the_shipping_it_is_not_open_yet(state: OrderState) -> None:
    verdict = return_service(an_order(state), SHIPPED_ON)
    assert (verdict.reason, verdict.next_step) == (Reason.NOT_SHIPPED_YET, NextStep.WAIT)


def test_what_is_ruled_out_for_good_is_not_told_to_wait() -> None:
    order = an_order(OrderState.PREPARING, PaymentMethod.AMAZON_PAY)
    assert return_service(order, SHIPPED_ON).reason == Reason.PAYMENT
    late = an_order(price_yen=400_000)
    assert return_service(late, date(2027, 6, 1)).reason == Reason.PRICE


def test_the_last_day_is_kept_when_it_has_passed() -> None:
    verdict = return_service(an_order(), date(2026, 12, 12))
    assert (verdict.reason, verdict.until) == (Reason.EXPIRED, date(2026, 12, 11))


def test_who_has_applied_is_told_until_when_the_item_is_back() -> None:
    order = an_order(return_applied_on=date(2026, 12, 5))
    verdict = return_service(order, date(2026, 12, 6))
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.ALREADY_APPLIED)
    assert verdict.until == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("state", "reason"),
    [(OrderState.CANCELLED, Reason.CANCELLED), (OrderState.RETURNED, Reason.RETURNED)],
)
def test_what_has_ended_is_not_returned(state: OrderState, reason: Reason) -> None:
    assert return_service(an_order(state), SHIPPED_ON).reason == reason
    assert damaged_on_arrival(an_order(state), SHIPPED_ON).reason == reason


def test_a_shipped_order_without_its_day_is_for_the_shop_to_look_at() -> None:
    order = an_order(OrderState.SHIPPED, shipped_on=None)
    assert return_service(order, SHIPPED_ON).reason == Reason.SHIPPING_DAY_UNKNOWN
    assert damaged_on_arrival(order, SHIPPED_ON).decision is Decision.INQUIRY


def test_nothing_is_exchanged() -> None:
    verdict = exchange()
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.ONE_OF_A_KIND)


def test_what_arrived_damaged_is_picked_up_on_inquiry_whatever_its_price_and_payment() -> None:
    dear = an_order(payment=PaymentMethod.LOAN_ORICO, price_yen=2_000_000)
    verdict = damaged_on_arrival(dear, date(2027, 6, 1))
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.PICK_UP)
    assert (verdict.until, verdict.next_step) == (None, NextStep.INQUIRY)


def test_the_return_service_is_named_beside_the_pick_up_while_it_is_open() -> None:
    verdict = damaged_on_arrival(an_order(), date(2026, 12, 3))
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.PICK_UP_OR_RETURN)
    assert verdict.until == date(2026, 12, 11)


@pytest.mark.parametrize("state", UNSHIPPED)
def test_what_has_not_left_cannot_have_arrived_damaged(state: OrderState) -> None:
    assert damaged_on_arrival(an_order(state), SHIPPED_ON).reason == Reason.NOT_SHIPPED_YET
