"""Business days: Monday to Friday, no public holiday, not in the shop's closure table.

Business rules: the first paragraph. The public holidays are the library's (docs/decisions/0011).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import jpholiday

# Terms, like the names of the holidays that the library gives.
WEEKEND = {5: "土曜日", 6: "日曜日"}
# Longer than any closure: whoever looks further looks at a table that is wrong.
_FURTHEST = 366
_ONE_DAY = timedelta(days=1)


class NoBusinessDayError(Exception):
    """There is no business day within a year: the closure table closes everything."""


@dataclass(frozen=True)
class Closure:
    """Days on which the shop is closed, both included, with the reason in Japanese."""

    first: date
    last: date
    reason: str

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"{self.reason}: the last day {self.last} is before {self.first}")

    def covers(self, day: date) -> bool:
        """Return whether the shop is closed on the day."""
        return self.first <= day <= self.last


@dataclass(frozen=True)
class YearlyClosure:
    """The same in every year: from (month, day) to (month, day), also over the year's end."""

    first: tuple[int, int]
    last: tuple[int, int]
    reason: str

    def covers(self, day: date) -> bool:
        """Return whether the shop is closed on the day."""
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


class BusinessCalendar:
    """Tells business days from others, by weekday, public holiday and closure table."""

    def __init__(self, closures: Iterable[Closure | YearlyClosure] = ()) -> None:
        """Close on the closures' days besides weekends and public holidays."""
        self._closures = tuple(closures)

    def is_business_day(self, day: date) -> bool:
        """Return whether the shop works on the day."""
        return self.why_closed(day) is None

    def why_closed(self, day: date) -> str | None:
        """Return in Japanese why the shop does not work on the day, None when it does.

        The shop's own closure is named first, then the public holiday, then the weekday.
        """
        return self.closure(day) or self.holiday(day) or WEEKEND.get(day.weekday())

    def closure(self, day: date) -> str | None:
        """Return the reason of the shop's own closure on the day, None when there is none."""
        return next((closure.reason for closure in self._closures if closure.covers(day)), None)

    def holiday(self, day: date) -> str | None:
        """Return the name of the public holiday, None on other days."""
        return jpholiday.is_holiday_name(day)

    def next_business_day(self, day: date) -> date:
        """Return the first business day after the day. Raises NoBusinessDayError."""
        return self._from(day, _ONE_DAY)

    def previous_business_day(self, day: date) -> date:
        """Return the last business day before the day. Raises NoBusinessDayError."""
        return self._from(day, -_ONE_DAY)

    def on_or_after(self, day: date) -> date:
        """Return the day itself when the shop works, else the next business day."""
        return day if self.is_business_day(day) else self.next_business_day(day)

    def add_business_days(self, day: date, count: int) -> date:
        """Return the business day that is so many after the day, which itself does not count.

        A negative count goes back; 0 returns the day as it is. Raises NoBusinessDayError.
        """
        step = _ONE_DAY if count > 0 else -_ONE_DAY
        for _ in range(abs(count)):
            day = self._from(day, step)
        return day

    def _from(self, day: date, step: timedelta) -> date:
        for _ in range(_FURTHEST):
            day += step
            if self.is_business_day(day):
                return day
        raise NoBusinessDayError(f"there is no business day within a year of {day}")
