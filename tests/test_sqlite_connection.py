"""A task that is cancelled in the middle of a statement leaves nothing behind."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.database import open_database
from madoguchi.sqlite_connection import connected
from tests.support.waiting import until


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
    with warnings.catch_warnings():
        # What tests of dying processes left is theirs.
        warnings.simplefilter("ignore")
        gc.collect()
    with warnings.catch_warnings(record=True) as left:
        warnings.simplefilter("always")
        for steps in range(40):
            asyncio.run(cancelled_after(steps))
        gc.collect()
    assert [str(each.message) for each in left] == []


async def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'taken'}")
    with pytest.raises(OperationalError, match="unable to open database file"):
        await write(database)
    await database.dispose()


async def is_free(file: Path) -> bool:
    """Return whether anybody could write into the file at this moment."""
    other = sqlite3.connect(file, timeout=0, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()
    return True


async def test_a_closed_connection_locks_nobody_out_whatever_was_left_unread(
    tmp_path: Path,
) -> None:
    """What was left unread stays alive here, as in the traceback of a cancelled task."""
    file = tmp_path / "test.db"
    connection = await connected(str(file), 0)
    await connection.execute("CREATE TABLE said (word int)")
    await connection.execute("INSERT INTO said VALUES (1), (2)")
    unread = await connection.execute("SELECT word FROM said")
    assert await unread.fetchone() == (1,)
    assert not await is_free(file)
    await connection.close()
    assert await is_free(file)


@given(st.lists(st.floats(0, 0.004), min_size=1, max_size=8), st.lists(st.booleans(), min_size=8))
@settings(max_examples=60, deadline=None)
def test_whenever_tasks_are_cancelled_once_they_are_over_anybody_can_write(
    pauses: list[float], twice: list[bool]
) -> None:
    async def read_and_write(database: AsyncEngine) -> None:
        async with AsyncSession(database) as session, session.begin():
            await session.execute(text("INSERT INTO said VALUES (1)"))
            await session.scalar(text("SELECT count(*) FROM said"))

    async def run(folder: Path) -> None:
        database = await opened(folder)
        tasks = [asyncio.create_task(read_and_write(database)) for _ in pauses]
        for task, pause, again in zip(tasks, pauses, twice, strict=False):
            await asyncio.sleep(pause)
            task.cancel()
            if again:
                await asyncio.sleep(0)
                task.cancel()
        # Their errors, and what those hold, stay alive meanwhile.
        errors = await asyncio.gather(*tasks, return_exceptions=True)
        await until(lambda: is_free(folder / "test.db"))
        assert len(errors) == len(pauses)
        await database.dispose()

    with TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
