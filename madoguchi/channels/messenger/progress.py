"""How much of a delivery the platform has taken, so that no part is sent twice."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Remembers it where every process finds it, also after a crash: with the delivery itself."""

    async def done(self, delivery_id: int) -> int:
        """Return how many parts, from the first on, the platform has taken."""
        ...

    async def mark(self, delivery_id: int, parts: int) -> None:
        """Note that it took the first ``parts``; never lowers what was noted before.

        An echo may arrive late, when more parts have gone out already.
        """
        ...


class MemoryProgress:
    """Progress that ends with the process: for tests."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self._done: dict[int, int] = {}

    async def done(self, delivery_id: int) -> int:
        """Return how many parts were noted."""
        return self._done.get(delivery_id, 0)

    async def mark(self, delivery_id: int, parts: int) -> None:
        """Note the parts."""
        self._done[delivery_id] = max(parts, self._done.get(delivery_id, 0))
