"""Time slots, shipping days, and deliveries that are late."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given

from madoguchi.rules.delivery import (
    TIME_SLOTS,
    Reason,
    delivery_change,
    lateness,
    next_shipping_day,
)
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.verdict import NextStep
from tests.rules.things import SHOP, UNSHIPPED, an_order, days

EXPECTED = date(2026, 12, 3)


def test_the_slots_are_the_guide_s() -> None:
    assert TIME_SLOTS == ("午前中", "14-16", "16-18", "18-20", "19-21")


@pytest.mark.parametrize("state", OrderState)
def test_day_and_time_of_a_delivery_never_change(state: OrderState) -> None:
    assert delivery_change(an_order(state)).decision is Decision.NO


def test_the_reason_is_the_order_s_end_when_it_has_one() -> None:
    assert delivery_change(an_order(OrderState.ORDERED)).reason == Reason.NOT_AFTER_ORDERING
    assert delivery_change(an_order(OrderState.DELIVERED)).reason == Reason.DELIVERED
    assert delivery_change(an_order(OrderState.CANCELLED)).reason == Reason.CANCELLED


@pytest.mark.parametrize(
    ("day", "leaves"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 24)),
        (date(2026, 5, 2), date(2026, 5, 7)),
        (date(2026, 12, 29), date(2027, 1, 4)),
    ],
)
def test_nothing_leaves_on_weekends_holidays_and_closures(day: date, leaves: date) -> None:
    assert next_shipping_day(day, SHOP) == leaves


@given(days)
def test_a_parcel_leaves_on_a_business_day_that_is_not_before_the_day(day: date) -> None:
    leaves = next_shipping_day(day, SHOP)
    assert leaves >= day
    assert SHOP.is_business_day(leaves)


@pytest.mark.parametrize(
    ("today", "decision", "reason", "step"),
    [
        (date(2026, 12, 2), Decision.NO, Reason.ON_TIME, NextStep.WAIT),
        (date(2026, 12, 3), Decision.NO, Reason.DUE_TODAY, NextStep.WAIT),
        (date(2026, 12, 4), Decision.YES, Reason.LATE, NextStep.INQUIRY),
    ],
)
def test_a_delivery_is_late_when_its_day_has_passed(
    today: date, decision: Decision, reason: Reason, step: NextStep
) -> None:
    verdict = lateness(an_order(OrderState.SHIPPED, expected_on=EXPECTED), today)
    assert (verdict.decision, verdict.reason, verdict.next_step) == (decision, reason, step)
    assert verdict.until == EXPECTED


@pytest.mark.parametrize("state", UNSHIPPED)
def test_what_should_have_arrived_is_late_even_before_its_shipping(state: OrderState) -> None:
    order = an_order(state, expected_on=EXPECTED)
    assert lateness(order, date(2026, 12, 4)).reason == Reason.LATE


def test_without_an_expected_day_nothing_is_called_late() -> None:
    verdict = lateness(an_order(OrderState.SHIPPED), date(2027, 6, 1))
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.NO_DAY_KNOWN)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (OrderState.DELIVERED, Reason.DELIVERED),
        (OrderState.CANCELLED, Reason.CANCELLED),
        (OrderState.RETURNED, Reason.RETURNED),
    ],
)
def test_what_has_ended_is_not_late(state: OrderState, reason: Reason) -> None:
    verdict = lateness(an_order(state, expected_on=EXPECTED), date(2027, 6, 1))
    assert (verdict.decision, verdict.reason) == (Decision.NO, reason)


def test_cash_on_delivery_that_went_back_is_not_late() -> None:
    order = an_order(OrderState.SHIPPED, PaymentMethod.CASH_ON_DELIVERY, expected_on=EXPECTED)
    assert lateness(order, date(2026, 12, 7)).reason == Reason.LATE
    assert lateness(order, date(2026, 12, 8)).reason == Reason.SENT_BACK
