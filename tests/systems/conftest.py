"""Every way to reach a shop's systems; the tests in ``contract`` run against each of them.

Another way is one more line of WAYS: a function that puts systems in front of the database.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import FixedClock
from madoguchi.database import Base, migrate, open_database
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.interfaces import Systems
from tests.support.postgres import PostgresServer
from tests.support.shop import CLOSED_ON, NOW, Shop
from tests.systems.http.served import over_http

type Reach = Callable[[AsyncEngine], AbstractAsyncContextManager[Systems]]


def is_open(_store: str, day: date) -> bool:
    return day != CLOSED_ON


@asynccontextmanager
async def embedded(database: AsyncEngine) -> AsyncIterator[Systems]:
    """Give the embedded systems on the database."""
    systems = EmbeddedSystems(database, FixedClock(NOW), is_open)
    yield systems
    await systems.close()


@asynccontextmanager
async def http(database: AsyncEngine) -> AsyncIterator[Systems]:
    """Give a client of the API that the reference server puts in front of the embedded ones."""
    async with embedded(database) as systems, over_http(systems) as client:
        yield client


# The kind of the database, and what is in front of it.
WAYS = [
    pytest.param(("sqlite", embedded), id="embedded-sqlite"),
    pytest.param(("postgresql", embedded), id="embedded-postgresql", marks=pytest.mark.postgres),
    pytest.param(("sqlite", http), id="http"),
]


@pytest.fixture(scope="session")
def databases() -> dict[str, str]:
    """The addresses of the databases that are migrated already, by their kind."""
    return {}


@pytest.fixture(params=WAYS)
async def shop(
    request: pytest.FixtureRequest,
    databases: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Shop]:
    """An empty shop at half past nine in Tokyo, reached in each of the ways."""
    way: tuple[str, Reach] = request.param
    kind, reach = way
    if kind not in databases:
        databases[kind] = await _new_database(kind, request, tmp_path_factory)
    database = open_database(databases[kind])
    await _empty(database)
    async with reach(database) as systems:
        yield Shop(systems, database)
    await database.dispose()


async def _new_database(
    kind: str, request: pytest.FixtureRequest, folders: pytest.TempPathFactory
) -> str:
    if kind == "sqlite":
        url = f"sqlite+aiosqlite:///{folders.mktemp('shop') / 'shop.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres")
        url = await server.new_database()
    database = open_database(url)
    await migrate(database)
    await database.dispose()
    return url


async def _empty(database: AsyncEngine) -> None:
    """Delete what earlier tests left; a database for each of them would take minutes."""
    async with database.begin() as connection:
        for table in reversed(Base.metadata.sorted_tables):
            if table.name.startswith("shop_"):
                await connection.execute(table.delete())
