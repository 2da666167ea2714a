"""How much one customer, and one address, may send in a minute."""

from __future__ import annotations

import math
import time

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from madoguchi.problems import Problem


class RateLimits:
    """Counts in a moving window of a minute; zero means without a limit."""

    def __init__(self, messages: int, conversations: int) -> None:
        """Allow so many messages a customer, and new conversations an address, a minute."""
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._messages = messages
        self._conversations = conversations if messages else 0

    async def count_message(self, customer: str) -> None:
        """Count a message of a customer. Raises Problem 429 when there were too many."""
        await self._count("message", self._messages, customer)

    async def count_conversation(self, address: str) -> None:
        """Count a new conversation of an address. Raises Problem 429 likewise."""
        await self._count("conversation", self._conversations, address)

    async def _count(self, what: str, limit: int, whose: str) -> None:
        if not limit:
            return
        item = RateLimitItemPerMinute(limit)
        if await self._limiter.hit(item, what, whose):
            return
        window = await self._limiter.get_window_stats(item, what, whose)
        seconds = max(1, math.ceil(window.reset_time - time.time()))
        raise Problem(
            429, "too_many_requests", headers={"Retry-After": str(seconds)}, seconds=seconds
        )
