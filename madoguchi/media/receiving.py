"""Takes a file out of a request: its bytes as they are, its name in a header."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote

from starlette.requests import ClientDisconnect, Request

# A film of the largest size over a slow telephone.
SLOWEST_SECONDS = 300.0
_LONGEST_HEADER = 2000


class FullError(Exception):
    """As many files are being received as this process has memory for."""


class BrokenOffError(Exception):
    """The sender went away, or took too long."""


class Room:
    """How many files one process receives at once: each is in memory as a whole."""

    def __init__(self, most: int = 8) -> None:
        """Take at most so many."""
        self._left = most

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place meanwhile. Raises FullError."""
        if self._left <= 0:
            raise FullError
        self._left -= 1
        try:
            yield
        finally:
            self._left += 1


async def received(request: Request, seconds: float = SLOWEST_SECONDS) -> bytes:
    """Return a request's body, whose size the service's guard limits. Raises BrokenOffError."""
    parts = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                parts += part
    except (ClientDisconnect, TimeoutError):
        raise BrokenOffError from None
    return bytes(parts)


def name_in(header: str | None) -> str | None:
    """Return the file's name that a header carries in percent-encoded UTF-8, None without one."""
    return unquote((header or "")[:_LONGEST_HEADER], errors="replace") or None
