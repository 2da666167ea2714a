"""What the commands for deliveries and for notifications do alike."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import migrate, open_database
from madoguchi.settings import Settings

# As many as are parked at once, if ever.
ALL = 10_000


class Resending(Protocol):
    """An outbox whose entries can be tried anew."""

    async def resend(self, number: int) -> bool:
        """Return whether the entry is tried anew."""
        ...


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Give the settings' database with its tables; closed at the end."""
    database = open_database(settings.database_url)
    try:
        await migrate(database)
        yield database
    finally:
        await database.dispose()


async def resent(outbox: Resending, numbers: Sequence[int], unless: str) -> str:
    """Try entries anew; returns what was done, in words. ``unless`` names what is left alone."""
    done = [number for number in numbers if await outbox.resend(number)]
    left = sorted(set(numbers) - set(done))
    words = [f"{len(done)} will be sent again by the running service"]
    if left:
        words.append(f"{unless}, so left alone: {', '.join(map(str, left))}")
    return "; ".join(words)
