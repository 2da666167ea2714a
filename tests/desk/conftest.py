"""What the tests of the desk share: a clock, and signing in on each kind of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.desk.signin_parts import NOW, Desk, desk_on
from tests.support.databases import BOTH, TestClock, empty_database


@pytest.fixture
def clock() -> TestClock:
    """Nine in the morning, in Tokyo."""
    return TestClock(NOW)


@pytest.fixture(params=BOTH)
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """An empty database of each kind."""
    async with empty_database(request.param, request, tmp_path) as database:
        yield database


@pytest.fixture
def desk(database: AsyncEngine, clock: TestClock) -> Desk:
    """The parts of signing in."""
    return desk_on(database, clock)
