"""Something that is done now and then for as long as the service runs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Self

from madoguchi.logs import log


class Periodic:
    """Does its work at the start and again after so many seconds; a failure ends nothing."""

    def __init__(self, name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do the work under a name, by which failures are logged."""
        self._seconds = seconds
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._log = log(name)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._go_on())

    async def stop(self) -> None:
        """Stop, also in the middle of the work."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _go_on(self) -> None:
        while True:
            try:
                await self._work()
            except Exception:  # noqa: BLE001  (the next time may succeed)
                self._log.exception("work failed")
            await asyncio.sleep(self._seconds)
