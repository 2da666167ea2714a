"""Something that is done now and then for as long as the service runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Self

from madoguchi.logs import log

_PATIENCE_SECONDS = 5.0


class Periodic:
    """Does its work at the start and again after so many seconds; a failure ends nothing."""

    def __init__(self, name: str, seconds: float, work: Callable[[], Awaitable[object]]) -> None:
        """Do the work under a name, by which failures are logged."""
        self._seconds = seconds
        self._work = work
        self._task: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
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
        """Stop once the work that is under way is done, or after some seconds all the same."""
        self._stopping.set()
        if self._task is not None:
            await ended(self._task)

    async def _go_on(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._work()
            except Exception:  # noqa: BLE001  (the next time may succeed)
                self._log.exception("work failed")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._seconds)


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Return when the tasks have ended; those that take long are cancelled.

    One that is cancelled while it speaks to the database tears its connection down.
    """
    if not tasks:
        return
    _, late = await asyncio.wait(tasks, timeout=_PATIENCE_SECONDS)
    for task in late:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
