"""Until when a rented watch has to be back, and what comes of being late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.billing import next_billing_date
from madoguchi.rules.calendar import BusinessCalendar, Closure
from madoguchi.rules.rental_returns import (
    Reason,
    ReturnPlan,
    late_return,
    return_plan,
    return_request,
)
from madoguchi.rules.states import Decision, RentalState
from madoguchi.rules.verdict import NextStep
from tests.rules.things import RENTAL_UNSHIPPED, SHOP, a_rental, days

TODAY = date(2026, 11, 10)


def plan_of(billing: date, calendar: BusinessCalendar = SHOP) -> ReturnPlan:
    """Return the plan for a billing date, asked for in good time."""
    shipped_on = billing - timedelta(days=365)
    return return_plan(shipped_on, billing - timedelta(days=25), calendar)


def test_the_guide_s_example_before_a_sunday_in_july() -> None:
    plan = return_plan(date(2023, 6, 2), date(2023, 6, 10), SHOP)
    assert plan.next_billing == date(2023, 7, 2)
    assert plan.next_billing.strftime("%A") == "Sunday"
    assert plan.arrive_by == date(2023, 6, 30)
    assert plan.send_by == date(2023, 6, 28)
    assert (plan.too_late, plan.following) == (False, None)


@pytest.mark.parametrize(
    ("billing", "arrive_by", "send_by"),
    [
        # A plain Thursday: Wednesday.
        (date(2026, 11, 19), date(2026, 11, 18), date(2026, 11, 16)),
        # Monday is a holiday: Friday before it.
        (date(2026, 11, 24), date(2026, 11, 20), date(2026, 11, 18)),
        (date(2026, 7, 21), date(2026, 7, 17), date(2026, 7, 15)),
        # The substitute holiday after a Sunday's.
        (date(2027, 3, 23), date(2027, 3, 19), date(2027, 3, 17)),
        # After Golden Week, and after the new year's closure.
        (date(2026, 5, 7), date(2026, 5, 1), date(2026, 4, 28)),
        (date(2027, 1, 4), date(2026, 12, 28), date(2026, 12, 24)),
        (date(2027, 1, 1), date(2026, 12, 28), date(2026, 12, 24)),
    ],
)
def test_it_has_to_arrive_on_the_last_business_day_before_the_billing(
    billing: date, arrive_by: date, send_by: date
) -> None:
    plan = plan_of(billing)
    assert plan.next_billing == billing
    assert (plan.arrive_by, plan.send_by) == (arrive_by, send_by)


def test_after_the_day_to_send_it_the_plan_is_the_month_after_s_too() -> None:
    shipped_on = date(2026, 10, 19)
    in_time = return_plan(shipped_on, date(2026, 11, 16), SHOP)
    assert (in_time.send_by, in_time.too_late) == (date(2026, 11, 16), False)
    late = return_plan(shipped_on, date(2026, 11, 17), SHOP)
    assert (late.next_billing, late.arrive_by) == (date(2026, 11, 19), date(2026, 11, 18))
    assert late.too_late
    assert late.following == return_plan(shipped_on, date(2026, 11, 19), SHOP)
    assert late.following is not None
    assert late.following.next_billing == date(2026, 12, 19)


def test_on_the_billing_day_itself_the_next_month_counts() -> None:
    plan = return_plan(date(2026, 10, 19), date(2026, 11, 19), SHOP)
    assert (plan.next_billing, plan.too_late) == (date(2026, 12, 19), False)


def test_a_closure_longer_than_a_month_puts_off_more_than_one_month() -> None:
    calendar = BusinessCalendar([Closure(date(2026, 11, 1), date(2026, 12, 31), "改装")])
    plan = return_plan(date(2026, 10, 5), date(2026, 11, 2), calendar)
    assert plan.too_late
    last = plan
    while last.following is not None:
        last = last.following
    assert last.next_billing == date(2027, 2, 5)
    assert not last.too_late


@given(days, st.integers(0, 400))
def test_a_plan_s_days_are_business_days_in_their_order(shipped_on: date, later: int) -> None:
    today = shipped_on + timedelta(days=later)
    plan = return_plan(shipped_on, today, SHOP)
    assert plan.next_billing == next_billing_date(shipped_on, today)
    assert plan.send_by < plan.arrive_by < plan.next_billing
    assert SHOP.is_business_day(plan.arrive_by)
    assert SHOP.is_business_day(plan.send_by)
    assert SHOP.next_business_day(plan.arrive_by) >= plan.next_billing
    # The day before does not arrive in time.
    assert (plan.arrive_by - plan.send_by).days >= 2
    assert plan.too_late == (today > plan.send_by) == (plan.following is not None)
    if plan.following is not None:
        assert plan.following.next_billing == next_billing_date(shipped_on, plan.next_billing)
        assert not plan.following.too_late


@pytest.mark.parametrize("state", [RentalState.SHIPPED, RentalState.IN_USE])
def test_a_running_rental_can_be_returned(state: RentalState) -> None:
    verdict = return_request(a_rental(state), TODAY)
    assert (verdict.decision, verdict.next_step) == (Decision.YES, NextStep.CONFIRM_AND_DO)


@pytest.mark.parametrize(
    ("state", "reason", "step"),
    [
        (RentalState.RETURN_REQUESTED, Reason.ALREADY_REQUESTED, None),
        (RentalState.INSPECTION, Reason.BEING_INSPECTED, NextStep.WAIT),
        (RentalState.ENDED, Reason.ENDED, None),
        (RentalState.REJECTED, Reason.REJECTED, None),
        (RentalState.CANCELLED_SOLD, Reason.CANCELLED_SOLD, None),
        (RentalState.TERMINATED, Reason.RETURN_AT_ONCE, NextStep.RETURN_NOW),
    ],
)
def test_other_rentals_cannot_be_asked_back(
    state: RentalState, reason: Reason, step: NextStep | None
) -> None:
    verdict = return_request(a_rental(state), TODAY)
    assert (verdict.decision, verdict.reason, verdict.next_step) == (Decision.NO, reason, step)


@pytest.mark.parametrize("state", RENTAL_UNSHIPPED)
def test_ending_a_rental_before_its_shipping_is_for_the_shop(state: RentalState) -> None:
    verdict = return_request(a_rental(state), TODAY)
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.NOT_SHIPPED_YET)


def test_a_watch_that_leaves_tomorrow_is_not_returned_today() -> None:
    rental = a_rental(RentalState.SHIPPED, shipped_on=TODAY + timedelta(days=1))
    assert return_request(rental, TODAY).reason == Reason.NOT_SHIPPED_YET
    assert return_request(rental, TODAY + timedelta(days=1)).yes


def test_a_lost_watch_is_not_returned() -> None:
    verdict = return_request(a_rental(loss_reported_on=TODAY), TODAY)
    assert (verdict.decision, verdict.reason) == (Decision.INQUIRY, Reason.LOST)


@given(days, st.integers(-40, 40))
def test_arriving_on_the_last_day_is_in_time_and_after_it_costs_a_month(
    arrive_by: date, later: int
) -> None:
    verdict = late_return(arrive_by + timedelta(days=later), arrive_by)
    assert verdict.yes == (later > 0)
    assert verdict.reason == (Reason.NEXT_MONTH_CHARGED if later > 0 else Reason.IN_TIME)
    assert verdict.until == arrive_by
