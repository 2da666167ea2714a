"""The time is always aware and can be fixed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO, FixedClock, SystemClock, as_utc, clock_at

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1))  # noqa: DTZ001  (zones follow)


@given(moments, zones)
def test_a_fixed_clock_stands_at_its_moment_in_tokyo(moment: datetime, zone: timezone) -> None:
    at = moment.replace(tzinfo=zone)
    clock = FixedClock(at)
    assert clock.now() == clock.now() == at
    assert clock.now().tzinfo is TOKYO


def test_the_system_clock_tells_the_machines_time_in_tokyo() -> None:
    before = datetime.now(UTC)
    told = SystemClock().now()
    assert before <= told <= datetime.now(UTC)
    assert told.tzinfo is TOKYO


def test_without_a_fixed_time_the_clock_is_the_machines() -> None:
    assert isinstance(clock_at(None), SystemClock)
    assert clock_at(datetime(2026, 12, 1, tzinfo=UTC)).now() == datetime(2026, 12, 1, tzinfo=UTC)


@given(moments, zones)
def test_a_moment_stays_the_same_in_utc(moment: datetime, zone: timezone) -> None:
    at = moment.replace(tzinfo=zone)
    assert as_utc(at) == at
    assert as_utc(at).tzinfo is UTC


@given(moments)
def test_a_time_that_a_database_returns_without_its_zone_is_utc(moment: datetime) -> None:
    assert as_utc(moment) == moment.replace(tzinfo=UTC)
