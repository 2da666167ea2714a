"""What all tests share."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import open_database
from madoguchi.settings import Settings
from tests.support.databases import BOTH, empty_tables
from tests.support.empty_tables import new_file
from tests.support.engine import ScriptedEngine
from tests.support.logs import keep_quiet
from tests.support.postgres import PostgresServer, postgres_programs, throwaway_postgres
from tests.support.server import LiveService, running_service

_SERVER = pytest.StashKey[PostgresServer]()

type StartService = Callable[..., Awaitable[LiveService]]

hypothesis.settings.register_profile("madoguchi", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("madoguchi")
keep_quiet()


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().startswith("MADOGUCHI_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer]:
    """A PostgreSQL server; without one, the tests that want it are skipped."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("there is no PostgreSQL server: install Debian's package 'postgresql'")
    with throwaway_postgres(programs) as server:
        request.config.stash[_SERVER] = server
        yield server
        del request.config.stash[_SERVER]


@pytest.fixture(autouse=True)
def _databases_are_lent(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    server = request.config.stash.get(_SERVER, None)
    if server is not None:
        server.take_back()


@pytest.fixture(params=BOTH)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database: the tests that use it are the contract of both kinds."""
    return await empty_tables(request.param, request, tmp_path)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[AsyncEngine]:
    """An empty database of each kind."""
    database = open_database(database_url)
    yield database
    await database.dispose()


@pytest.fixture
def engine() -> ScriptedEngine:
    """An engine that does as it is told."""
    return ScriptedEngine()


@pytest.fixture
async def start_service(tmp_path: Path, engine: ScriptedEngine) -> AsyncIterator[StartService]:
    """Start the service on real HTTP, with settings that differ from the tests' own."""
    async with AsyncExitStack() as running:

        async def start(**changed: Any) -> LiveService:
            file = tmp_path / "service.db"
            if not file.exists():
                await new_file(file)
            usual: dict[str, Any] = {
                "env": "test",
                "database_url": f"sqlite+aiosqlite:///{file}",
                "rate_limit_per_minute": 0,
                "reply_wait_seconds": 30,
            }
            service = running_service(Settings(**(usual | changed)), engine)
            return await running.enter_async_context(service)

        yield start


@pytest.fixture
async def service(start_service: StartService) -> LiveService:
    """The service with the settings that most tests need."""
    return await start_service()
