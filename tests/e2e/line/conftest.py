"""A whole service on each database, and LINE's stand-in in the test's process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from madoguchi.database import open_database
from tests.e2e.line.customers import running_line
from tests.e2e.line.run import Records
from tests.e2e.service import WholeService
from tests.line_platform.line import Line
from tests.support.databases import BOTH
from tests.support.postgres import PostgresServer


@dataclass(frozen=True)
class Shop:
    """The running processes, their platform and their records."""

    line: Line
    service: WholeService
    records: Records


@pytest.fixture(params=BOTH)
async def shop(
    request: pytest.FixtureRequest, trained: None, tmp_path: Path
) -> AsyncIterator[Shop]:
    """A shop on LINE; at the end it has to stop by itself and leave no process."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'madoguchi.db'}"
    if request.param == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        url = await server.new_database()
    async with running_line() as (line, line_url):
        service = WholeService(
            tmp_path,
            DATABASE_URL=url,
            LINE_API_URL=line_url,
            LINE_DATA_URL=line_url,
            LINE_SITE="store",
        )
        line.channel.bot_url = f"{service.url}/line/webhook"
        database = open_database(url)
        try:
            await asyncio.to_thread(service.ensure_ready)
            yield Shop(line, service, Records(database))
            # Its two processes may have ten seconds each.
            assert await asyncio.to_thread(service.stop, 30) == 0
        finally:
            await database.dispose()
            await asyncio.to_thread(service.end)
