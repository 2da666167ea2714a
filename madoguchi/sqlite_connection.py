"""A connection to SQLite that ends what it is at before it lets a cancelled task go.

SQLite works in a thread that nobody can stop. A task that is cancelled while it waits would leave
that thread, and the connection with it, to nobody: whoever stops a worker would then close the
event loop, or the file, under a statement that still runs.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Self

import aiosqlite

# SQLAlchemy's own choice for a connection that it opens itself.
_ROWS_AT_A_TIME = 64


class SqliteConnection(aiosqlite.Connection):
    """aiosqlite's connection, whose every step is brought to its end."""

    async def _connect(self) -> Self:
        try:
            await _to_its_end(super()._connect())
        except asyncio.CancelledError:
            await self.close()
            raise
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        work: Coroutine[Any, Any, Any] = super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return await _to_its_end(work)


async def connected(database: str, seconds: float) -> SqliteConnection:
    """Return an open connection that waits so many seconds for whoever writes."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(database, timeout=seconds, check_same_thread=False)

    connection = SqliteConnection(connect, _ROWS_AT_A_TIME)
    # A process that ends without closing it must not wait for its thread for ever.
    connection._thread.daemon = True  # noqa: SLF001  (the library offers no other way)
    await connection
    return connection


async def _to_its_end[Result](work: Coroutine[Any, Any, Result]) -> Result:
    task = asyncio.Task(work, loop=asyncio.get_running_loop(), eager_start=True)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([task])
        raise
