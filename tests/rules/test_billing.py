"""Billing days of rentals, over months that lack the day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.billing import billing_date, is_billed, next_billing_date
from madoguchi.rules.states import RentalState
from tests.rules.things import a_rental, days


@pytest.mark.parametrize(
    ("shipped_on", "today", "expected"),
    [
        # The guide: shipped on 1 December, charged on the 1st of every month.
        (date(2026, 12, 1), date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 12, 1), date(2026, 12, 31), date(2027, 1, 1)),
        (date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1)),
        # Months without the day: earlier, and back to the day when there is one.
        (date(2026, 1, 31), date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 1, 31), date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 1, 30), date(2028, 2, 28), date(2028, 2, 29)),
        (date(2028, 2, 29), date(2028, 2, 29), date(2028, 3, 29)),
        (date(2028, 2, 29), date(2029, 2, 1), date(2029, 2, 28)),
        # Over the year's end.
        (date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31)),
        (date(2026, 10, 31), date(2026, 12, 31), date(2027, 1, 31)),
    ],
)
def test_the_next_billing_date(shipped_on: date, today: date, expected: date) -> None:
    assert next_billing_date(shipped_on, today) == expected


def test_a_watch_that_is_shipped_later_is_charged_a_month_after_that() -> None:
    assert next_billing_date(date(2026, 12, 10), date(2026, 12, 1)) == date(2027, 1, 10)


@given(days, days)
def test_the_next_billing_date_is_the_first_after_today(shipped_on: date, today: date) -> None:
    found = next_billing_date(shipped_on, today)
    assert found > max(today, shipped_on)
    assert found == billing_date(shipped_on, found.year, found.month)
    between = (found - max(today, shipped_on)).days
    for ahead in range(1, between):
        day = max(today, shipped_on) + timedelta(days=ahead)
        assert day != billing_date(shipped_on, day.year, day.month)


@given(days, st.integers(2020, 2098), st.integers(1, 12))
def test_the_billing_day_is_the_shipping_day_or_the_month_s_last(
    shipped_on: date, year: int, month: int
) -> None:
    found = billing_date(shipped_on, year, month)
    assert (found.year, found.month) == (year, month)
    last = monthrange(year, month)[1]
    assert found.day == shipped_on.day or (found.day == last < shipped_on.day)


@given(days)
def test_there_are_twelve_billing_dates_in_a_year(shipped_on: date) -> None:
    found = [shipped_on]
    for _ in range(12):
        found.append(next_billing_date(shipped_on, found[-1]))
    months = [
        (day.year * 12 + day.month) - (shipped_on.year * 12 + shipped_on.month) for day in found
    ]
    assert months == list(range(13))


@pytest.mark.parametrize("state", RentalState)
def test_the_fee_runs_from_the_shipping_until_the_inspection_is_finished(
    state: RentalState,
) -> None:
    billed = {
        RentalState.SHIPPED,
        RentalState.IN_USE,
        RentalState.RETURN_REQUESTED,
        RentalState.INSPECTION,
    }
    assert is_billed(a_rental(state)) == (state in billed)


def test_a_lost_watch_is_billed_until_it_is_paid_for() -> None:
    assert is_billed(a_rental(RentalState.IN_USE, loss_reported_on=date(2026, 11, 10)))
