"""The database opens on SQLite and PostgreSQL, and says so when it is asked for another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations import tables
from madoguchi.database import Base, DatabaseUnusableError, migrate, open_database, ping
from madoguchi.settings import SettingsError
from tests.support.postgres import PostgresServer


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "is not a database URL"),
        ("var/madoguchi.db", "is not a database URL"),
        ("mysql+aiomysql://host/shop", "names mysql"),
    ],
)
def test_a_url_that_is_not_ours_is_refused_in_words(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words) as refused:
        open_database(url)
    assert "MADOGUCHI_DATABASE_URL" in str(refused.value)
    assert "postgresql+asyncpg" in str(refused.value)


def test_a_refusal_does_not_repeat_a_password() -> None:
    with pytest.raises(SettingsError) as refused:
        open_database("mysql://shop:pa55word@host/shop")
    assert "pa55word" not in str(refused.value)


async def columns_of(database: AsyncEngine) -> dict[str, dict[str, bool]]:
    """Return each table's columns, and whether they may be empty."""
    async with database.connect() as connection:
        return await connection.run_sync(
            lambda bound: {
                table: {
                    str(column["name"]): bool(column["nullable"])
                    for column in inspect(bound).get_columns(table)
                }
                for table in inspect(bound).get_table_names()
                # The index of the search is SQLite's own.
                if table != "alembic_version" and not table.startswith("search_index")
            }
        )


async def check_migrations(database: AsyncEngine) -> None:
    """The migrations make the tables that the code knows, once."""
    try:
        await migrate(database)
        await migrate(database)
        await ping(database)
        assert await columns_of(database) == {
            table.name: {column.name: bool(column.nullable) for column in table.columns}
            for table in Base.metadata.sorted_tables
        }
        assert tables.InboxRow.__tablename__ in await columns_of(database)
    finally:
        await database.dispose()


async def test_sqlite_is_migrated_to_the_tables_of_the_code(tmp_path: Path) -> None:
    await check_migrations(open_database(f"sqlite+aiosqlite:///{tmp_path / 'new' / 'shop.db'}"))


@pytest.mark.postgres
async def test_postgresql_is_migrated_to_the_tables_of_the_code(postgres: PostgresServer) -> None:
    await check_migrations(open_database(await postgres.new_database()))


@pytest.mark.postgres
async def test_a_postgresql_url_needs_no_driver(postgres: PostgresServer) -> None:
    url = (await postgres.new_database()).replace("+asyncpg", "")
    await check_migrations(open_database(url))


async def test_sqlite_keeps_what_it_confirmed(tmp_path: Path) -> None:
    """WAL with full synchronisation, and references that hold."""
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}")
    async with database.connect() as connection:
        found = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    await database.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_a_database_that_is_away_is_noticed() -> None:
    database = open_database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OSError, match="Connect"):
        await ping(database)
    await database.dispose()


async def test_several_processes_may_migrate_at_once(postgres: PostgresServer) -> None:
    url = await postgres.new_database()
    databases = [open_database(url) for _ in range(3)]
    await asyncio.gather(*(migrate(database) for database in databases))
    for database in databases:
        await database.dispose()


async def test_a_database_of_a_newer_version_is_refused_in_words(tmp_path: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'newer.db'}")
    await migrate(database)
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="brought up to date by a newer Madoguchi"):
        await migrate(database)
    await database.dispose()


def test_a_folder_that_cannot_be_made_is_refused_in_words() -> None:
    with pytest.raises(SettingsError, match="/proc/nowhere cannot be made"):
        open_database("sqlite+aiosqlite:////proc/nowhere/madoguchi.db")


async def test_a_full_disk_is_told_and_not_a_trace(tmp_path: Path) -> None:
    """The page count stands in for the disk's end."""
    database = open_database(f"sqlite+aiosqlite:///{tmp_path / 'full.db'}")

    @event.listens_for(database.sync_engine, "connect")
    def small(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 10").close()

    with pytest.raises(DatabaseUnusableError, match="database or disk is full"):
        await migrate(database)
    await database.dispose()
