"""Opening and reception hours, with breaks, holidays and closures, on Tokyo's clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.rules.calendar import BusinessCalendar, Closure
from madoguchi.rules.hours import NeverOpenError, OpeningHours, Span
from madoguchi.rules.tokyo import TOKYO
from tests.rules.things import SHOP, days

NOON_TO_FIVE = (Span(time(12), time(17)),)
PHONE = OpeningHours(dict.fromkeys(range(5), NOON_TO_FIVE))
STORE = OpeningHours(
    dict.fromkeys(range(7), (Span(time(11), time(14)), Span(time(15), time(20)))),
    open_on_holidays=True,
    follows_closures=False,
    closures=[Closure(date(2026, 11, 17), date(2026, 11, 17), "棚卸し")],
)


def at(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("moment", "closes"),
    [
        (at(11, 20, 11, 59), None),
        (at(11, 20, 12), at(11, 20, 17)),
        (at(11, 20, 16, 59), at(11, 20, 17)),
        (at(11, 20, 17), None),
        (at(11, 21, 13), None),
        # A holiday on a Monday, and the shop's closure.
        (at(11, 23, 13), None),
        (at(12, 30, 13), None),
    ],
)
def test_the_phone_is_answered_on_business_days_from_noon_to_five(
    moment: datetime, closes: datetime | None
) -> None:
    assert PHONE.closes_at(moment, SHOP) == closes
    assert PHONE.is_open(moment, SHOP) is (closes is not None)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (at(11, 19, 9), at(11, 19, 12)),
        # Open now, or opening this very moment: the next one is another day's.
        (at(11, 19, 12), at(11, 20, 12)),
        (at(11, 19, 13), at(11, 20, 12)),
        # Friday evening before a holiday on Monday.
        (at(11, 20, 17), at(11, 24, 12)),
        (at(5, 1, 18), at(5, 7, 12)),
        (at(12, 28, 18), at(1, 4, 12, year=2027)),
    ],
)
def test_the_next_opening_of_the_phone(moment: datetime, opens: datetime) -> None:
    assert PHONE.next_opening(moment, SHOP) == opens
    assert PHONE.next_opening(moment, SHOP).tzinfo is TOKYO


def test_a_store_is_open_on_holidays_and_in_the_shop_s_closures_but_not_in_its_own() -> None:
    assert STORE.is_open(at(11, 23, 12), SHOP)
    assert STORE.is_open(at(12, 30, 12), SHOP)
    assert not STORE.is_open(at(11, 17, 12), SHOP)
    assert STORE.next_opening(at(11, 16, 21), SHOP) == at(11, 18, 11)


def test_a_break_ends_the_hours_and_opens_them_again() -> None:
    assert STORE.closes_at(at(11, 20, 13, 59), SHOP) == at(11, 20, 14)
    assert not STORE.is_open(at(11, 20, 14), SHOP)
    assert STORE.next_opening(at(11, 20, 14, 30), SHOP) == at(11, 20, 15)
    assert STORE.closes_at(at(11, 20, 15), SHOP) == at(11, 20, 20)


def test_the_day_is_tokyos_whatever_the_zone_of_the_question() -> None:
    friday_noon = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    assert PHONE.is_open(friday_noon, SHOP)
    # Sunday 15:30 in UTC is Monday in Tokyo.
    monday_night = datetime(2026, 11, 15, 15, 30, tzinfo=UTC)
    assert PHONE.next_opening(monday_night, SHOP) == at(11, 16, 12)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        PHONE.is_open(datetime(2026, 11, 20, 13), SHOP)  # noqa: DTZ001  (that is the point)


@pytest.mark.parametrize(
    ("spans", "message"),
    [
        ({}, "no day"),
        ({0: []}, "no day"),
        ({7: NOON_TO_FIVE}, "no weekday"),
        ({0: [Span(time(12), time(17)), Span(time(11), time(12))]}, "overlap"),
        ({0: [Span(time(11), time(13)), Span(time(12), time(17))]}, "overlap"),
    ],
)
def test_hours_that_cannot_be_are_refused(spans: dict[int, Sequence[Span]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        OpeningHours(spans)


@pytest.mark.parametrize("closes", [time(12), time(11, 59)])
def test_hours_that_end_before_they_begin_are_refused(closes: time) -> None:
    with pytest.raises(ValueError, match="closes at"):
        Span(time(12), closes)


def test_whoever_never_opens_again_is_told_so() -> None:
    closed = BusinessCalendar([Closure(date(2026, 1, 1), date(2099, 1, 1), "閉店")])
    with pytest.raises(NeverOpenError):
        PHONE.next_opening(at(11, 20, 9), closed)


@given(days, st.times(), st.sampled_from([PHONE, STORE]))
def test_it_is_closed_until_the_next_opening_and_open_then(
    day: date, clock: time, hours: OpeningHours
) -> None:
    moment = datetime.combine(day, clock, TOKYO)
    opens = hours.next_opening(moment, SHOP)
    assert opens > moment
    assert hours.is_open(opens, SHOP)
    assert not hours.is_open(opens - timedelta(microseconds=1), SHOP)
    if not hours.is_open(moment, SHOP):
        half_way = moment + (opens - moment) / 2
        assert not hours.is_open(half_way, SHOP)


@given(days, st.times(), st.sampled_from([PHONE, STORE]))
def test_it_is_open_until_it_closes(day: date, clock: time, hours: OpeningHours) -> None:
    moment = datetime.combine(day, clock, TOKYO)
    closes = hours.closes_at(moment, SHOP)
    if closes is not None:
        assert hours.is_open(closes - timedelta(microseconds=1), SHOP)
        assert not hours.is_open(closes, SHOP)
        assert hours.is_open_on(closes.date(), SHOP)
