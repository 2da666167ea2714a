"""The database of a command, which may run before the service ever did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import migrate, open_database
from madoguchi.settings import Settings


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[AsyncEngine]:
    """Give the settings' database with its tables; closed at the end."""
    database = open_database(settings.database_url)
    try:
        await migrate(database)
        yield database
    finally:
        await database.dispose()
