"""When somebody is there: opening hours of a store, reception hours of a team."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from madoguchi.rules.calendar import BusinessCalendar, Closure
from madoguchi.rules.tokyo import TOKYO, in_tokyo

# A year and a day: whoever is closed for longer has closed for good.
_FURTHEST = 367
_LAST_WEEKDAY = 6


class NeverOpenError(Exception):
    """There is no opening within a year."""


@dataclass(frozen=True)
class Span:
    """Hours without a break on one day: open from the first moment, closed at the second."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes <= self.opens:
            raise ValueError(f"closes at {self.closes:%H:%M}, not after {self.opens:%H:%M}")


@dataclass(frozen=True)
class OpeningHours:
    """The hours of each weekday (0 is Monday); a break is the gap between two spans.

    ``open_on_holidays``: a public holiday has its weekday's hours; otherwise it is closed.
    ``follows_closures``: closed when the shop's calendar has a closure. ``closures`` are its own.
    """

    spans: Mapping[int, Sequence[Span]]
    open_on_holidays: bool = False
    follows_closures: bool = True
    closures: Sequence[Closure] = ()

    def __post_init__(self) -> None:
        if not any(self.spans.values()):
            raise ValueError("open on no day of the week")
        for weekday, spans in self.spans.items():
            if not 0 <= weekday <= _LAST_WEEKDAY:
                raise ValueError(f"{weekday} is no weekday: 0 is Monday, 6 is Sunday")
            if any(later.opens < earlier.closes for earlier, later in pairwise(spans)):
                raise ValueError("hours of one day overlap or are not in order")

    def on(self, day: date, calendar: BusinessCalendar) -> Sequence[Span]:
        """Return the hours of the day, earliest first; none when it is closed."""
        if not self.open_on_holidays and calendar.holiday(day) is not None:
            return ()
        if self.follows_closures and calendar.closure(day) is not None:
            return ()
        if any(closure.covers(day) for closure in self.closures):
            return ()
        return self.spans.get(day.weekday(), ())

    def is_open_on(self, day: date, calendar: BusinessCalendar) -> bool:
        """Return whether it opens at all on the day."""
        return bool(self.on(day, calendar))

    def is_open(self, at: datetime, calendar: BusinessCalendar) -> bool:
        """Return whether it is open at the moment. Raises ValueError for a time without zone."""
        return self.closes_at(at, calendar) is not None

    def closes_at(self, at: datetime, calendar: BusinessCalendar) -> datetime | None:
        """Return when the hours end (also for a break) that the moment is in; None when closed."""
        local = in_tokyo(at)
        for opens, closes in self._moments(local.date(), calendar):
            if opens <= local < closes:
                return closes
        return None

    def next_opening(self, at: datetime, calendar: BusinessCalendar) -> datetime:
        """Return the first moment after this one at which it opens, also when it is open now.

        Raises NeverOpenError when there is none within a year, ValueError for a time without zone.
        """
        local = in_tokyo(at)
        for ahead in range(_FURTHEST):
            for opens, _ in self._moments(local.date() + timedelta(days=ahead), calendar):
                if opens > local:
                    return opens
        raise NeverOpenError(f"there is no opening within a year of {local.date()}")

    def _moments(
        self, day: date, calendar: BusinessCalendar
    ) -> Iterator[tuple[datetime, datetime]]:
        for span in self.on(day, calendar):
            yield (
                datetime.combine(day, span.opens, TOKYO),
                datetime.combine(day, span.closes, TOKYO),
            )
