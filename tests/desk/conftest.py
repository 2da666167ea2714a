"""What the tests of the desk share: a clock, and signing in on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import open_database
from tests.conftest import StartService
from tests.desk.floor import Floor
from tests.desk.http_desk import Office, opened
from tests.desk.reception_desk import WEDNESDAY_AT_ONE, ReceptionDesk
from tests.desk.signin_parts import NOW, Desk, desk_on
from tests.support.databases import TestClock
from tests.support.empty_tables import new_file
from tests.support.engine import ScriptedEngine


@pytest.fixture
def clock() -> TestClock:
    """Nine in the morning, in Tokyo."""
    return TestClock(NOW)


@pytest.fixture
def desk(database: AsyncEngine, clock: TestClock) -> Desk:
    """The parts of signing in."""
    return desk_on(database, clock)


@pytest.fixture
async def reception(
    database: AsyncEngine, clock: TestClock, engine: ScriptedEngine
) -> AsyncIterator[ReceptionDesk]:
    """The reception at each database, its worker at work, at one o'clock on a business day."""
    clock.at = WEDNESDAY_AT_ONE
    reception = ReceptionDesk(database, clock, engine)
    await reception.worker.start()
    yield reception
    # an engine that hangs would keep the worker from stopping
    engine.go_on.set()
    await reception.worker.stop()


@pytest.fixture
async def office(tmp_path: Path, clock: TestClock) -> AsyncIterator[Office]:
    """The desk's sign-in over real HTTP; what is stored is tested on both databases elsewhere."""
    database = open_database(await new_file(tmp_path / "office.db"))
    async with opened(desk_on(database, clock)) as office:
        yield office
    await database.dispose()


@pytest.fixture
async def floor(start_service: StartService) -> AsyncIterator[Floor]:
    """A desk with two agents."""
    async with AsyncExitStack() as stack:
        yield Floor(await start_service(), stack)
