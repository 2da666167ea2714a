"""Business days: weekends, public holidays and the shop's own closures."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.calendar import (
    BusinessCalendar,
    Closure,
    NoBusinessDayError,
    YearlyClosure,
)
from tests.rules.things import NEW_YEAR, SHOP, days

PLAIN = BusinessCalendar()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 11, 20), None),
        (date(2026, 11, 21), "土曜日"),
        (date(2026, 11, 22), "日曜日"),
        (date(2026, 11, 23), "勤労感謝の日"),
        (date(2026, 7, 20), "海の日"),
        # Golden Week: the substitute is the Wednesday, because three holidays meet a Sunday.
        (date(2026, 4, 29), "昭和の日"),
        (date(2026, 5, 1), None),
        (date(2026, 5, 4), "みどりの日"),
        (date(2026, 5, 5), "こどもの日"),
        (date(2026, 5, 6), "憲法記念日 振替休日"),
        (date(2026, 5, 7), None),
        # A day between two holidays is one itself.
        (date(2026, 9, 22), "国民の休日"),
        (date(2027, 3, 22), "春分の日 振替休日"),
        # No national list has these.
        (date(2026, 12, 31), None),
        (date(2026, 1, 2), None),
    ],
)
def test_the_day_s_reason(day: date, why: str | None) -> None:
    assert PLAIN.why_closed(day) == why
    assert PLAIN.is_business_day(day) is (why is None)


# The Cabinet Office's list of holidays, as published for these years.
OFFICIAL = {
    2025: "0101 0113 0211 0223 0224 0320 0429 0503 0504 0505 0506 0721 0811 0915 0923 1013 1103 "
    "1123 1124",
    2026: "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 "
    "1123",
    2027: "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
}


@pytest.mark.parametrize("year", OFFICIAL)
def test_the_library_has_the_published_holidays(year: int) -> None:
    every = (date(year, 1, 1) + timedelta(days=number) for number in range(365))
    assert [f"{day:%m%d}" for day in every if PLAIN.holiday(day)] == OFFICIAL[year].split()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 12, 28), None),
        (date(2026, 12, 29), "年末年始休業"),
        (date(2027, 1, 1), "年末年始休業"),
        (date(2027, 1, 2), "年末年始休業"),
        (date(2027, 1, 3), "年末年始休業"),
        (date(2027, 1, 4), None),
        (date(2026, 8, 12), None),
        (date(2026, 8, 13), "夏季休業"),
        (date(2026, 8, 14), "夏季休業"),
        (date(2027, 8, 13), None),
    ],
)
def test_the_shop_s_closures_count_with_both_their_ends(day: date, why: str | None) -> None:
    assert SHOP.why_closed(day) == why


def test_a_yearly_closure_within_a_year_closes_every_year() -> None:
    summer = YearlyClosure((8, 13), (8, 15), "夏季休業")
    assert [summer.covers(date(year, 8, 14)) for year in (2026, 2027, 2040)] == [True] * 3
    assert not any(summer.covers(day) for day in (date(2026, 8, 12), date(2026, 8, 16)))


def test_business_days_are_counted_over_golden_week_and_new_year() -> None:
    assert SHOP.next_business_day(date(2026, 5, 1)) == date(2026, 5, 7)
    assert SHOP.previous_business_day(date(2026, 5, 7)) == date(2026, 5, 1)
    assert SHOP.next_business_day(date(2026, 12, 28)) == date(2027, 1, 4)
    assert SHOP.add_business_days(date(2026, 12, 25), 3) == date(2027, 1, 5)
    assert SHOP.add_business_days(date(2027, 1, 5), -3) == date(2026, 12, 25)
    assert SHOP.add_business_days(date(2024, 2, 28), 1) == date(2024, 2, 29)


@given(days)
def test_the_next_and_the_previous_business_day_are_the_nearest(day: date) -> None:
    after, before = SHOP.next_business_day(day), SHOP.previous_business_day(day)
    assert before < day < after
    between = [before + timedelta(days=n) for n in range(1, (after - before).days)]
    assert all(not SHOP.is_business_day(other) for other in between if other != day)
    assert SHOP.is_business_day(after)
    assert SHOP.is_business_day(before)


@given(days, st.integers(1, 15))
def test_so_many_business_days_on_there_are_so_many_between(day: date, count: int) -> None:
    end = SHOP.add_business_days(day, count)
    passed = [day + timedelta(days=n) for n in range(1, (end - day).days + 1)]
    assert sum(SHOP.is_business_day(other) for other in passed) == count
    if SHOP.is_business_day(day):
        assert SHOP.add_business_days(end, -count) == day


@given(days)
def test_a_business_day_is_kept_and_any_other_gives_way_to_the_next(day: date) -> None:
    expected = day if SHOP.is_business_day(day) else SHOP.next_business_day(day)
    assert SHOP.on_or_after(day) == expected
    assert SHOP.add_business_days(day, 0) == day


@given(days)
def test_a_closure_takes_business_days_and_gives_none(day: date) -> None:
    assert PLAIN.is_business_day(day) or not SHOP.is_business_day(day)


def test_a_table_that_closes_everything_is_told_from_a_long_closure() -> None:
    long_closure = Closure(date(2026, 1, 1), date(2026, 6, 30), "改装")
    assert BusinessCalendar([long_closure]).next_business_day(date(2026, 1, 1)) == date(2026, 7, 1)
    closed = BusinessCalendar([Closure(date(2026, 1, 1), date(2099, 1, 1), "閉店")])
    with pytest.raises(NoBusinessDayError):
        closed.next_business_day(date(2026, 6, 1))


def test_a_closure_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="夏季休業"):
        Closure(date(2026, 8, 15), date(2026, 8, 13), "夏季休業")


def test_the_own_closure_is_the_reason_before_holiday_and_weekday() -> None:
    assert BusinessCalendar([NEW_YEAR]).why_closed(date(2028, 1, 1)) == "年末年始休業"
