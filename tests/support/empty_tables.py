"""Databases that have their tables already: making them anew takes longer than most tests."""

from __future__ import annotations

import asyncio
import tempfile
from functools import cache
from pathlib import Path

from madoguchi.database import migrate, open_database


async def migrated(url: str) -> None:
    """Make the tables in an empty database."""
    database = open_database(url)
    try:
        await migrate(database)
    finally:
        await database.dispose()


@cache
def _pattern() -> bytes:
    """Return a database file with empty tables, made once in a test run's process."""
    with tempfile.TemporaryDirectory(prefix="madoguchi-tables-") as folder:
        file = Path(folder) / "tables.db"
        asyncio.run(migrated(f"sqlite+aiosqlite:///{file}"))
        return file.read_bytes()


async def new_file(file: Path) -> str:
    """Write a SQLite database with empty tables, and return its URL."""

    def write() -> None:
        file.write_bytes(_pattern())

    # In a thread: the first one runs the migrations, in an event loop of its own.
    await asyncio.to_thread(write)
    return f"sqlite+aiosqlite:///{file}"
