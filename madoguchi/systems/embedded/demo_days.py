"""From "so many days ago" to days on which it can have happened."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from madoguchi.systems.embedded.demo_data import Shipped

# Longer than any run of days off, and than the months between two 31sts on shipping days.
_FURTHEST_DAYS = 60
_FURTHEST_MONTHS = 60
_FRIDAY = 4
_MONTHS = 12


def weekday(day: date) -> bool:
    """Return whether the day is Monday to Friday."""
    return day.weekday() <= _FRIDAY


class Days:
    """Days counted from today (Asia/Tokyo); parcels leave on shipping days only."""

    def __init__(self, today: date, is_shipping_day: Callable[[date], bool] = weekday) -> None:
        """Count from today; ``is_shipping_day`` knows weekends, holidays and closures."""
        self.today = today
        self._is_shipping_day = is_shipping_day

    def ago(self, days: int) -> date:
        """Return the day so many days before today."""
        return self.today - timedelta(days=days)

    def working_ago(self, days: int) -> date:
        """Return the last shipping day that is at least so many days ago."""
        return self._first(self.ago(days + more) for more in range(_FURTHEST_DAYS))

    def working_ahead(self, days: int) -> date:
        """Return the first shipping day that is at least so many days ahead."""
        return self._first(self.ago(-days - more) for more in range(_FURTHEST_DAYS))

    def shipped(self, which: Shipped) -> date:
        """Return the shipping day that is meant, yesterday at the latest.

        Where a border leaves no shipping day (``at_most: 6`` after the turn of the year), the day
        is kept on its side of the border rather than on a working day.
        """
        if which.at_most is not None:
            return self._shipped_at_most(which.at_most)
        if which.on_day is not None:
            return self._first(
                day for day in self._same_days(which.on_day, self.today) if day < self.today
            )
        if which.billing_in is not None:
            return self._billed_in(which.billing_in, which.months)
        return self.working_ago(which.at_least or 0)

    def _shipped_at_most(self, days: int) -> date:
        for ago in range(days, 0, -1):
            if self._is_shipping_day(self.ago(ago)):
                return self.ago(ago)
        return self.ago(days)

    def _billed_in(self, days: int, months: int) -> date:
        billing = self.ago(-days)
        latest = billing - timedelta(days=31 * months)
        return self._first(day for day in self._same_days(billing.day, billing) if day <= latest)

    def _same_days(self, day: int, last: date) -> Iterator[date]:
        """Yield this day of the months that have it, the last month's first."""
        for back in range(_FURTHEST_MONTHS):
            years, month = divmod(last.year * _MONTHS + last.month - 1 - back, _MONTHS)
            if day <= monthrange(years, month + 1)[1]:
                yield date(years, month + 1, day)

    def _first(self, days: Iterator[date]) -> date:
        candidates = list(days)
        return next((day for day in candidates if self._is_shipping_day(day)), candidates[0])
