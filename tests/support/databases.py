"""A migrated database of each kind, for what has to work on both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import TOKYO
from madoguchi.database import open_database
from tests.support.empty_tables import new_file
from tests.support.postgres import PostgresServer

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


async def empty_tables(kind: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of a migrated database of the kind, with nothing in its tables."""
    if kind == "sqlite":
        return await new_file(folder / "madoguchi.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.empty_tables()


@asynccontextmanager
async def empty_database(
    kind: str, request: pytest.FixtureRequest, folder: Path
) -> AsyncIterator[AsyncEngine]:
    """Give an empty, migrated database of the kind."""
    database = open_database(await empty_tables(kind, request, folder))
    try:
        yield database
    finally:
        await database.dispose()


class TestClock:
    """A clock that a test moves."""

    __test__ = False

    def __init__(self, at: datetime) -> None:
        """Stand at the time."""
        self.at = at.astimezone(TOKYO)

    def now(self) -> datetime:
        """Return the time that was set last."""
        return self.at
