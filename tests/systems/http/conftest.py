"""The reference server over the embedded systems on real HTTP, with faults, and clients of it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import FixedClock
from madoguchi.database import migrate, open_database
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.http.breaker import CircuitBreaker
from madoguchi.systems.http.client import HttpSystems
from madoguchi.systems.reference import create_reference_app
from tests.support.server import serving
from tests.support.shop import MEMBER, NOW, Shop, a_rental, an_item, an_order
from tests.systems.http.described import Described
from tests.systems.http.faults import FaultyApi
from tests.systems.http.served import PATIENT, TLS, TOKEN

type Connect = Callable[..., HttpSystems]


class Pauses:
    """Stands in for waiting: notes how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database's file with an order that can still be cancelled, and a rental."""
    file = tmp_path_factory.mktemp("shop") / "shop.db"
    database = open_database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    shop = Shop(EmbeddedSystems(database, FixedClock(NOW)), database)
    await shop.has(
        an_item(),
        an_order(OrderState.PENDING, member_id=MEMBER),
        a_rental(member_id=MEMBER),
    )
    await database.dispose()
    return file


@pytest.fixture
async def database(filled: Path, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A shop's database of the test's own; making the tables anew takes longer than the test."""
    database = open_database(f"sqlite+aiosqlite:///{shutil.copy(filled, tmp_path)}")
    yield database
    await database.dispose()


@pytest.fixture
def api(database: AsyncEngine) -> Iterator[FaultyApi]:
    """The shop's API; it works as described until a test gives it faults."""
    systems = EmbeddedSystems(database, FixedClock(NOW))
    described = Described(create_reference_app(systems, TOKEN))
    yield FaultyApi(described)
    assert described.deviations == []


@pytest.fixture
async def address(api: FaultyApi) -> AsyncIterator[str]:
    """Where the API is."""
    async with serving(api) as address:
        yield address


@pytest.fixture
def pauses() -> Pauses:
    """How long the clients of this test would have waited between attempts."""
    return Pauses()


@pytest.fixture
async def connect(pauses: Pauses) -> AsyncIterator[Connect]:
    """Make clients that wait for nobody between attempts; they are closed at the end."""
    async with AsyncExitStack() as opened:

        def connect(url: str, token: str = TOKEN, **changed: Any) -> HttpSystems:
            usual: dict[str, Any] = {"bounds": PATIENT, "tls": TLS, "sleep": pauses}
            systems = HttpSystems(url, token, **(usual | changed))
            opened.push_async_callback(systems.close)
            return systems

        yield connect


@pytest.fixture
def systems(connect: Connect, address: str) -> HttpSystems:
    """A client of the API whose breaker stays out of the way."""
    return connect(address, breaker=CircuitBreaker(failures=1000))


@pytest.fixture
def systems_that_log(connect: Connect, address: str) -> Callable[[], HttpSystems]:
    """Make a client of the API; a logger keeps the settings that it was made under."""
    return lambda: connect(address)
