"""Waits for what another task or process does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


async def until[T](look: Callable[[], Awaitable[T]], seconds: float = 30) -> T:
    """Return what ``look`` returns as soon as it counts as true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not (found := await look()):  # noqa: ASYNC110  (a database tells nothing by itself)
            await asyncio.sleep(0.02)
        return found
