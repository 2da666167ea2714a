"""The days of the rules are days in Japan, wherever the service runs."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

TOKYO = ZoneInfo("Asia/Tokyo")


def in_tokyo(at: datetime) -> datetime:
    """Return a moment in Asia/Tokyo. Raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone, so it is no moment")
    return at.astimezone(TOKYO)


def tokyo_day(at: datetime) -> date:
    """Return the day that it is in Japan. Raises ValueError for a time without a zone."""
    return in_tokyo(at).date()
