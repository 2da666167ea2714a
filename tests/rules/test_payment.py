"""Cash on delivery that nobody received, and loans that nobody completed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given

from madoguchi.rules.payment import Reason, cod_sent_back, loan_deadline, loan_stuck
from madoguchi.rules.states import Decision, OrderState, PaymentMethod
from madoguchi.rules.tokyo import TOKYO
from madoguchi.rules.verdict import NextStep
from tests.rules.things import LOANS, SHOP, UNSHIPPED, an_order, days

COD = PaymentMethod.CASH_ON_DELIVERY
SHIPPED_ON = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("days_after", "decision", "reason"),
    [
        (0, Decision.NO, Reason.ON_ITS_WAY),
        (6, Decision.NO, Reason.ON_ITS_WAY),
        (7, Decision.YES, Reason.SENT_BACK),
        (30, Decision.YES, Reason.SENT_BACK),
    ],
)
def test_cash_on_delivery_goes_back_seven_days_after_the_shipping(
    days_after: int, decision: Decision, reason: Reason
) -> None:
    order = an_order(OrderState.SHIPPED, COD, SHIPPED_ON)
    verdict = cod_sent_back(order, SHIPPED_ON + timedelta(days=days_after))
    assert (verdict.decision, verdict.reason) == (decision, reason)
    assert verdict.until == date(2026, 12, 7)


@pytest.mark.parametrize("state", UNSHIPPED)
def test_what_is_not_shipped_cannot_go_back(state: OrderState) -> None:
    verdict = cod_sent_back(an_order(state, COD), date(2027, 6, 1))
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.NOT_SHIPPED_YET)


@pytest.mark.parametrize("state", [OrderState.DELIVERED, OrderState.RETURNED])
def test_what_was_received_did_not_go_back(state: OrderState) -> None:
    verdict = cod_sent_back(an_order(state, COD), date(2027, 6, 1))
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.RECEIVED)


def test_a_cancelled_order_went_back_when_it_had_been_shipped() -> None:
    sent = an_order(OrderState.CANCELLED, COD, SHIPPED_ON)
    assert cod_sent_back(sent, SHIPPED_ON).reason == Reason.SENT_BACK
    never_sent = an_order(OrderState.CANCELLED, COD, None)
    assert cod_sent_back(never_sent, SHIPPED_ON).reason == Reason.CANCELLED


@pytest.mark.parametrize("payment", [method for method in PaymentMethod if method is not COD])
def test_other_ways_to_pay_are_not_sent_back(payment: PaymentMethod) -> None:
    verdict = cod_sent_back(an_order(OrderState.SHIPPED, payment), date(2027, 6, 1))
    assert verdict.reason == Reason.NOT_CASH_ON_DELIVERY


def test_a_shipped_order_without_its_day_is_for_the_shop_to_look_at() -> None:
    verdict = cod_sent_back(an_order(OrderState.SHIPPED, COD, None), date(2026, 12, 9))
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.SHIPPING_DAY_UNKNOWN)


@pytest.mark.parametrize(
    ("ordered_at", "deadline"),
    [
        # Monday: Monday, Tuesday, Wednesday.
        (datetime(2026, 11, 16, 10, tzinfo=TOKYO), date(2026, 11, 18)),
        # Friday before a weekend and a holiday on Monday: Friday, Tuesday, Wednesday.
        (datetime(2026, 11, 20, 10, tzinfo=TOKYO), date(2026, 11, 25)),
        # Saturday counts from the next business day.
        (datetime(2026, 11, 21, 10, tzinfo=TOKYO), date(2026, 11, 26)),
        # In Golden Week: 7, 8 and 11 May.
        (datetime(2026, 5, 3, 10, tzinfo=TOKYO), date(2026, 5, 11)),
        # Before the new year's closure: 28 December, 4 and 5 January.
        (datetime(2026, 12, 28, 10, tzinfo=TOKYO), date(2027, 1, 5)),
        # 15:00 in UTC is the next day in Tokyo: Tuesday.
        (datetime(2026, 11, 16, 14, 59, 59, tzinfo=UTC), date(2026, 11, 18)),
        (datetime(2026, 11, 16, 15, 0, tzinfo=UTC), date(2026, 11, 19)),
    ],
)
def test_a_loan_is_completed_within_three_business_days_counting_the_order_s(
    ordered_at: datetime, deadline: date
) -> None:
    order = an_order(OrderState.PENDING, PaymentMethod.LOAN_JACCS, ordered_at=ordered_at)
    assert loan_deadline(order, SHOP) == deadline


@given(days)
def test_the_loan_s_three_days_are_business_days(day: date) -> None:
    ordered_at = datetime(day.year, day.month, day.day, 23, 59, tzinfo=TOKYO)
    order = an_order(OrderState.PENDING, PaymentMethod.LOAN_ORICO, ordered_at=ordered_at)
    deadline = loan_deadline(order, SHOP)
    counted = [day + timedelta(days=n) for n in range((deadline - day).days + 1)]
    assert sum(SHOP.is_business_day(other) for other in counted) == 3
    assert SHOP.is_business_day(deadline)


@pytest.mark.parametrize("payment", LOANS)
def test_a_stuck_application_is_begun_anew_until_the_deadline(payment: PaymentMethod) -> None:
    ordered_at = datetime(2026, 11, 16, 10, tzinfo=TOKYO)
    order = an_order(OrderState.PENDING, payment, ordered_at=ordered_at)
    in_time = loan_stuck(order, date(2026, 11, 18), SHOP)
    assert (in_time.decision, in_time.reason) == (Decision.YES, Reason.APPLY_AGAIN)
    assert (in_time.until, in_time.next_step) == (date(2026, 11, 18), NextStep.REORDER)
    after = loan_stuck(order, date(2026, 11, 19), SHOP)
    assert (after.decision, after.reason) == (Decision.NO, Reason.LOAN_DEADLINE_PASSED)


@pytest.mark.parametrize(
    ("state", "payment", "reason"),
    [
        (OrderState.CONFIRMED, PaymentMethod.LOAN_ORICO, Reason.LOAN_APPROVED),
        (OrderState.DELIVERED, PaymentMethod.LOAN_ORICO, Reason.LOAN_APPROVED),
        (OrderState.CANCELLED, PaymentMethod.LOAN_JACCS, Reason.CANCELLED),
        (OrderState.PENDING, PaymentMethod.BANK_TRANSFER, Reason.NOT_A_LOAN),
    ],
)
def test_nothing_is_stuck_in_other_orders(
    state: OrderState, payment: PaymentMethod, reason: Reason
) -> None:
    verdict = loan_stuck(an_order(state, payment), date(2026, 12, 1), SHOP)
    assert (verdict.decision, verdict.reason) == (Decision.NO, reason)
