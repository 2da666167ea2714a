"""The messages of a month: what may be sent, and what has been."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.line_platform.errors import MONTHLY_LIMIT, LineError

FREE_PLAN = 200
_TOKYO = ZoneInfo("Asia/Tokyo")


class Quota:
    """Counts pushed messages: one for every recipient of a request, however many bubbles it has."""

    def __init__(self, limit: int | None = FREE_PLAN) -> None:
        """Allow so many a month; None allows any number."""
        self.limit = limit
        self._month = (0, 0)
        self._used = 0

    def used(self, now: datetime) -> int:
        """Return how many were sent in the month, which begins on the 1st in Japan."""
        self._turn(now)
        return self._used

    def set_used(self, count: int, now: datetime) -> None:
        """Say how many were sent in the month already."""
        self._turn(now)
        self._used = count

    def check(self, recipients: int, now: datetime) -> None:
        """Raise LineError (429) when a request to so many would go beyond the limit."""
        if self.limit is not None and self.used(now) + recipients > self.limit:
            raise LineError(429, MONTHLY_LIMIT)

    def count(self, recipients: int, now: datetime) -> None:
        """Count a request that reached so many."""
        self._turn(now)
        self._used += recipients

    def as_json(self) -> dict[str, Any]:
        """Return the limit as LINE answers it."""
        return {"type": "none"} if self.limit is None else {"type": "limited", "value": self.limit}

    def _turn(self, now: datetime) -> None:
        local = now.astimezone(_TOKYO)
        if self._month != (local.year, local.month):
            self._month = (local.year, local.month)
            self._used = 0
