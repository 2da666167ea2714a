"""Seeing an item in a store: which items, on which days."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.hours import OpeningHours, Span
from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import NextStep
from madoguchi.rules.visits import STOCK_LOCATIONS, WAREHOUSE, Reason, viewable, visit_days
from tests.rules.things import SHOP, a_product, days

SHOPPING = (Span(time(11), time(20)),)
EVERY_DAY = OpeningHours(dict.fromkeys(range(7), SHOPPING), open_on_holidays=True)
NOT_ON_WEDNESDAYS = OpeningHours({day: SHOPPING for day in range(7) if day != 2})


@pytest.mark.parametrize("location", STOCK_LOCATIONS)
def test_an_item_with_the_mark_can_be_seen_wherever_it_is(location: str) -> None:
    verdict = viewable(a_product(location=location, viewable_in_store=True))
    assert (verdict.decision, verdict.next_step) == (Decision.YES, NextStep.CONFIRM_AND_DO)


def test_without_the_mark_an_item_in_the_warehouse_is_bought_online() -> None:
    verdict = viewable(a_product(location=WAREHOUSE))
    assert (verdict.reason, verdict.next_step) == (Reason.ONLINE_ONLY, NextStep.BUY_ONLINE)


@pytest.mark.parametrize("location", [place for place in STOCK_LOCATIONS if place != WAREHOUSE])
def test_without_the_mark_an_item_in_a_store_is_seen_there(location: str) -> None:
    verdict = viewable(a_product(location=location))
    assert (verdict.reason, verdict.next_step) == (Reason.AT_ITS_STORE_ONLY, NextStep.VISIT_STORE)


@pytest.mark.parametrize("marked", [True, False])
def test_a_sold_item_is_not_seen(marked: bool) -> None:  # noqa: FBT001  (a case)
    verdict = viewable(a_product(location=None, viewable_in_store=marked))
    assert (verdict.decision, verdict.reason) == (Decision.NO, Reason.SOLD)


def test_visits_skip_holidays_closures_and_the_store_s_day_off() -> None:
    # Monday the 23rd is a holiday, the 25th a Wednesday.
    found = visit_days(NOT_ON_WEDNESDAYS, date(2026, 11, 21), 6, SHOP)
    assert found == [date(2026, 11, day) for day in (21, 22, 24, 26)]


def test_visits_skip_the_new_year_s_closure_where_the_store_follows_it() -> None:
    found = visit_days(EVERY_DAY, date(2026, 12, 27), 10, SHOP)
    assert found == [date(2026, 12, 27), date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 5)]


@given(days, st.integers(0, 60), st.sampled_from([EVERY_DAY, NOT_ON_WEDNESDAYS]))
def test_the_days_are_open_ones_within_the_time_asked_for(
    first: date, count: int, hours: OpeningHours
) -> None:
    found = visit_days(hours, first, count, SHOP)
    assert found == sorted(set(found))
    assert all(first <= day < first + timedelta(days=count) for day in found)
    asked = [first + timedelta(days=ahead) for ahead in range(count)]
    assert [day for day in asked if hours.is_open_on(day, SHOP)] == found
