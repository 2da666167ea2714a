"""The time, passed in wherever it is needed, so that it can be fixed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the time, aware, in Asia/Tokyo."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Return the machine's time in Asia/Tokyo."""
        return datetime.now(TOKYO)


class FixedClock:
    """A clock that stands still, for tests and demonstrations."""

    def __init__(self, at: datetime) -> None:
        """Stand at the given aware time."""
        self._at = at.astimezone(TOKYO)

    def now(self) -> datetime:
        """Return always the same time."""
        return self._at


def clock_at(fixed: datetime | None) -> Clock:
    """Return a clock that stands at the given time, or the machine's when there is none."""
    return FixedClock(fixed) if fixed is not None else SystemClock()


def as_utc(at: datetime) -> datetime:
    """Return an aware time in UTC; databases that forget the zone were given UTC."""
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
