"""Tells whoever waits that something has happened on the platform, so that nobody has to poll."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

# A guard against a test that would wait for ever, not a time anything is expected to take.
LONGEST_WAIT_SECONDS = 30.0


class Changes:
    """A counter of what has happened, which can be waited for."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.number = 0
        self.closed = False
        # How long anything is waited for; a test of not waiting makes it short.
        self.patience_seconds = LONGEST_WAIT_SECONDS
        self._waiting: set[asyncio.Future[None]] = set()

    def happened(self) -> None:
        """Count one more and wake everybody who waits."""
        self.number += 1
        self._wake()

    def close(self) -> None:
        """Wake everybody for good: the platform stops."""
        self.closed = True
        self._wake()

    async def after(self, number: int) -> int:
        """Return the counter as soon as it is above ``number``, or the platform stops."""
        while self.number <= number and not self.closed:
            await self._next()
        return self.number

    async def until[Found](self, find: Callable[[], Found | None]) -> Found:
        """Return what ``find`` returns once that is not None. Raises TimeoutError."""
        async with asyncio.timeout(self.patience_seconds):
            while (found := find()) is None:
                await self._next()
        return found

    async def _next(self) -> None:
        waiting = asyncio.get_running_loop().create_future()
        self._waiting.add(waiting)
        try:
            await waiting
        finally:
            self._waiting.discard(waiting)

    def _wake(self) -> None:
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
