"""Databases with and without the demo shops."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import open_database
from tests.support.databases import BOTH, empty_database
from tests.support.demo import seed
from tests.support.empty_tables import new_file


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database."""
    opened = open_database(await new_file(tmp_path / "demo.db"))
    yield opened
    await opened.dispose()


@pytest.fixture(params=BOTH)
async def either(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database of each kind."""
    async with empty_database(request.param, request, tmp_path) as opened:
        yield opened


@pytest.fixture
async def seeded(database: AsyncEngine) -> AsyncEngine:
    """A database with the demo shops."""
    await seed(database)
    return database
