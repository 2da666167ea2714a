"""The store on each database, and what runs above it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from madoguchi.clock import TOKYO, FixedClock
from madoguchi.conversations.store import ConversationStore
from madoguchi.database import migrate, open_database
from tests.support.empty_tables import new_file
from tests.support.postgres import PostgresServer

NOW = datetime(2026, 12, 1, 9, 30, 15, 250000, tzinfo=TOKYO)
BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(params=BOTH)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with empty tables: the tests that use it are the contract of both kinds."""
    if request.param == "sqlite":
        return await new_file(tmp_path / "conversations.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return await server.empty_tables()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[ConversationStore]:
    """A store on a migrated database, at half past nine in Tokyo."""
    database = open_database(database_url)
    await migrate(database)
    yield ConversationStore(database, FixedClock(NOW))
    await database.dispose()
