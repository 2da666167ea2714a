"""Databases with and without the demo shops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import open_database
from tests.support.demo import seed
from tests.support.empty_tables import new_file
from tests.support.postgres import PostgresServer

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database."""
    opened = open_database(await new_file(tmp_path / "demo.db"))
    yield opened
    await opened.dispose()


@pytest.fixture(params=BOTH)
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database of each kind."""
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = await server.empty_tables()
    else:
        url = await new_file(tmp_path / "either.db")
    opened = open_database(url)
    yield opened
    await opened.dispose()


@pytest.fixture
async def seeded(database: AsyncEngine) -> AsyncEngine:
    """A database with the demo shops."""
    await seed(database)
    return database
