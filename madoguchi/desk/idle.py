"""Puts chats back into the queue whose agent has left the customer waiting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Self

from madoguchi.desk.ownership import Ownership
from madoguchi.logs import log
from madoguchi.metrics import RETURNED

_LOOK_SECONDS = 20.0


class IdleWorker:
    """Looks for waiting customers now and then."""

    def __init__(self, ownership: Ownership, after: timedelta) -> None:
        """Put chats back after so long a silence of their agent."""
        self._ownership = ownership
        self._after = after
        self._task: asyncio.Task[None] | None = None
        self._log = log("desk")

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._look())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            try:
                for conversation in await self._ownership.return_idle(self._after):
                    RETURNED.inc()
                    self._log.warning("chat returned to the queue", conversation=conversation)
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("idle chats not read")
            await asyncio.sleep(_LOOK_SECONDS)
