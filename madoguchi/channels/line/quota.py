"""How many messages a month may still be pushed, and who may push the last ones.

LINE bills pushes, not replies. Near the end of the month's messages the assistant stops pushing,
so that what is left is there for people.
"""

from __future__ import annotations

import asyncio
import math
from datetime import datetime, timedelta
from typing import Protocol

from madoguchi.channels.line.errors import LineError
from madoguchi.channels.line.metrics import QUOTA_LIMIT, QUOTA_USED
from madoguchi.clock import TOKYO, Clock
from madoguchi.logs import log

_FRESH = timedelta(minutes=5)
_AFTER_FAILURE = timedelta(minutes=1)
# A message waits for the figures no longer than this.
_PATIENCE_SECONDS = 3.0


class QuotaSource(Protocol):
    """Tells the month's figures."""

    async def quota(self) -> tuple[int | None, int]:
        """Return the limit, None without one, and how many were sent. Raises LineError."""
        ...


class Quota:
    """The month's messages: LINE's figures, at most five minutes old, and our own since then.

    As long as nothing is known, everything may be pushed: LINE refuses what goes beyond.
    """

    def __init__(
        self,
        source: QuotaSource,
        clock: Clock,
        reserve: int,
        *,
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        """Keep the ``reserve`` for people; wait for the figures as long as the patience lasts."""
        self._source = source
        self._clock = clock
        self._reserve = reserve
        self._patience = patience_seconds
        self._reading = asyncio.Lock()
        self._next_read: datetime | None = None
        self._month: tuple[int, int] | None = None
        self._limit: int | None = None
        self._used = 0
        self._refused = False
        self._log = log("line")

    async def remaining(self) -> int | None:
        """Return how many messages are left, None when there is no limit or none is known."""
        await self._refresh()
        return self._left()

    async def may_push(self, *, by_bot: bool) -> bool:
        """Return whether a message may be pushed now: by people to the end, by the bot before."""
        left = await self.remaining()
        return left is None or left > (self._reserve if by_bot else 0)

    def count(self, messages: int) -> None:
        """Note what was pushed, until LINE's own figures have it."""
        self._used += messages
        self._show()

    def used_up(self) -> None:
        """Note that LINE refused a push for want of messages, whatever its figures said."""
        self._refused = True

    def _left(self) -> int | None:
        if self._month != self._this_month():
            return None
        if self._refused:
            return 0
        return None if self._limit is None else max(0, self._limit - self._used)

    def _this_month(self) -> tuple[int, int]:
        now = self._clock.now().astimezone(TOKYO)
        return now.year, now.month

    async def _refresh(self) -> None:
        async with self._reading:
            if not self._is_stale():
                return
            try:
                async with asyncio.timeout(self._patience):
                    limit, used = await self._source.quota()
            except (LineError, TimeoutError):
                # The last figures have to do; a message must not wait for better ones.
                self._next_read = self._clock.now() + _AFTER_FAILURE
                self._log.warning("line quota not read")
                return
            self._limit, self._used, self._refused = limit, used, False
            self._month, self._next_read = self._this_month(), self._clock.now() + _FRESH
            self._show()

    def _is_stale(self) -> bool:
        return self._next_read is None or self._clock.now() >= self._next_read

    def _show(self) -> None:
        QUOTA_LIMIT.set(math.inf if self._limit is None else self._limit)
        QUOTA_USED.set(self._used)
