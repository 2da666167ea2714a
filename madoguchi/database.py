"""The database: SQLite in one file, or PostgreSQL, with the same tables and statements."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase

from madoguchi.settings import SettingsError
from madoguchi.sqlite_connection import connected

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


_BEGIN = "sqlite_begin"
_WAITS = 15.0  # seconds, for whoever writes at the moment
_MIGRATING = 0x6D61646F  # any number that nobody else locks


class Base(DeclarativeBase):
    """The base of every table."""


class DatabaseUnusableError(Exception):
    """The database cannot be reached, read or written; the message is for the operator.

    It may be able to later, so that trying again makes sense.
    """


def open_database(url: str) -> AsyncEngine:
    """Return an engine for the URL. Raises SettingsError when the URL is not one of ours."""
    try:
        parsed = make_url(url)
    except Exception as error:
        raise SettingsError(
            "MADOGUCHI_DATABASE_URL is not a database URL; write sqlite+aiosqlite:///path/to/file "
            "or postgresql+asyncpg://user:password@host/database"
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed.set(drivername="sqlite+aiosqlite"))
    if parsed.get_backend_name() == "postgresql":
        return create_async_engine(parsed.set(drivername="postgresql+asyncpg"), pool_pre_ping=True)
    raise SettingsError(
        f"MADOGUCHI_DATABASE_URL names {parsed.get_backend_name()}; "
        "Madoguchi runs on sqlite+aiosqlite and postgresql+asyncpg"
    )


def _open_sqlite(url: URL) -> AsyncEngine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(
                f"MADOGUCHI_DATABASE_URL: {error.filename} cannot be made ({error.strerror})"
            ) from error
    engine = create_async_engine(
        url, async_creator=lambda: connected(url.database or ":memory:", _WAITS)
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        # The driver would open transactions itself, and only at the first write: two that read
        # before they write could then never both go on. Ours begin with the write lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get(_BEGIN, "IMMEDIATE")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def only_reading(engine: AsyncEngine) -> AsyncEngine:
    """Return the same database for transactions that write nothing and so need not wait."""
    return engine.execution_options(**{_BEGIN: "DEFERRED"})


async def migrate(engine: AsyncEngine) -> None:
    """Bring the database's tables up to this version; does nothing when they are.

    Raises DatabaseUnusableError, and SettingsError for tables of a newer version.
    """

    def upgrade(connection: Any) -> None:
        if connection.dialect.name == "postgresql":
            # Two processes that start at once would both create the tables; on SQLite the
            # transaction itself keeps the second one waiting.
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATING})
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    await _reach(engine)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(upgrade)
    except OperationalError as error:
        raise _unusable(error) from error
    except CommandError as error:
        # Ours are linear and complete, so what alembic cannot find was added after us.
        raise SettingsError(
            "MADOGUCHI_DATABASE_URL: this database was brought up to date by a newer Madoguchi; "
            "start that one, or put back the backup from before"
        ) from error


async def _reach(engine: AsyncEngine) -> None:
    """Return when the database lets us in. Raises DatabaseUnusableError."""
    try:
        async with engine.connect():
            pass
    except Exception as error:
        raise _unusable(error) from error


def _unusable(error: Exception) -> DatabaseUnusableError:
    """Return the driver's reason without the statement, whose parameters may be personal."""
    reason = str(getattr(error, "orig", None) or error).partition("\n")[0]
    return DatabaseUnusableError(
        f"MADOGUCHI_DATABASE_URL: the database cannot be used: {reason or type(error).__name__}"
    )


async def ping(engine: AsyncEngine) -> None:
    """Return when the database answers; raises what the driver raises when it does not."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))
