"""Stops asking a shop that does not answer, and asks once in a while whether it does again."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum


class BreakerOpenError(Exception):
    """The shop is not asked, because it did not answer a moment ago."""


class BreakerState(StrEnum):
    """How the breaker stands."""

    # Calls go through; failures in a row are counted.
    CLOSED = "closed"
    # No call goes through until the pause is over.
    OPEN = "open"
    # One call at a time goes through to try.
    HALF_OPEN = "half_open"


class CircuitBreaker:
    """The breaker of one shop; for the calls of one event loop.

    ``failures`` calls that fail in a row open it for ``pause`` seconds. Then a single call is let
    through: it closes the breaker when it succeeds, and opens it for another pause when it fails.
    """

    def __init__(
        self, failures: int = 5, pause: float = 15.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Begin closed. The clock gives seconds that never go back."""
        self._limit, self._pause, self._clock = failures, pause, clock
        self._failures = 0
        self._opened_at: float | None = None
        self._trying = False
        # Counts openings and closings: a call that began before the last one says nothing now.
        self._era = 0

    @property
    def state(self) -> BreakerState:
        """How the breaker stands now."""
        if self._opened_at is None:
            return BreakerState.CLOSED
        if self._clock() < self._opened_at + self._pause:
            return BreakerState.OPEN
        return BreakerState.HALF_OPEN

    @contextmanager
    def guarding(self, failure: type[Exception]) -> Iterator[None]:
        """Let the block's call through; it fails when it raises ``failure``.

        Any other exception, a cancellation too, says nothing about the shop. Raises
        BreakerOpenError instead of entering the block.
        """
        era = self._admitted()
        try:
            yield
        except failure:
            if era == self._era:
                self._count_failure()
            raise
        except BaseException:
            if era == self._era:
                self._trying = False
            raise
        if era == self._era:
            self._close()

    def _admitted(self) -> int:
        state = self.state
        if state is BreakerState.OPEN or (state is BreakerState.HALF_OPEN and self._trying):
            raise BreakerOpenError("the shop did not answer a moment ago")
        self._trying = state is BreakerState.HALF_OPEN
        return self._era

    def _count_failure(self) -> None:
        self._failures += 1
        if self._opened_at is not None or self._failures >= self._limit:
            self._opened_at, self._trying = self._clock(), False
            self._era += 1

    def _close(self) -> None:
        self._failures = 0
        if self._opened_at is not None:
            self._opened_at, self._trying = None, False
            self._era += 1
