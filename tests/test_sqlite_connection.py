"""A task that is cancelled in the middle of a statement leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import warnings
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import open_database


async def write(database: AsyncEngine) -> None:
    """Store a row."""
    async with database.begin() as connection:
        await connection.execute(text("INSERT INTO said VALUES (1)"))


async def opened(folder: Path) -> AsyncEngine:
    """Return a database with a table in which nothing has been stored."""
    database = open_database(f"sqlite+aiosqlite:///{folder / 'test.db'}")
    async with database.begin() as connection:
        await connection.execute(text("CREATE TABLE said (word int)"))
    return database


async def test_whoever_is_cancelled_while_another_writes_ends_only_when_its_statement_has(
    tmp_path: Path,
) -> None:
    database = await opened(tmp_path)
    async with database.begin():
        waiting = asyncio.create_task(write(database))
        _, late = await asyncio.wait([waiting], timeout=0.3)
        assert late
        waiting.cancel()
        waiting.cancel()
        _, late = await asyncio.wait([waiting], timeout=0.3)
        assert late
    with pytest.raises(asyncio.CancelledError):
        await waiting
    async with database.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM said")) == 0
    await database.dispose()


def test_wherever_a_task_is_cancelled_no_connection_is_left_open(tmp_path: Path) -> None:
    """Also while the connection is only being made: each run begins with none."""

    async def cancelled_after(steps: int) -> None:
        database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'test.db'}")
        task = asyncio.create_task(write(database))
        for _ in range(steps):
            await asyncio.sleep(0.0002)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.dispose()

    async def make() -> None:
        await (await opened(tmp_path)).dispose()

    asyncio.run(make())
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always")
        for steps in range(40):
            asyncio.run(cancelled_after(steps))
        gc.collect()
    assert [str(each.message) for each in left] == []


async def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'taken'}")
    with pytest.raises(Exception, match="unable to open database file"):
        await write(database)
    await database.dispose()
