"""A connection to SQLite that ends what it is at before it lets a cancelled task go.

SQLite works in a thread that nobody can stop. A task that is cancelled while it waits would leave
that thread, and the connection with it, to nobody: whoever stops a worker would then close the
event loop, or the file, under a statement that still runs.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import aiosqlite

# SQLAlchemy's own choice for a connection that it opens itself.
_ROWS_AT_A_TIME = 64


class SqliteConnection(aiosqlite.Connection):
    """aiosqlite's connection, whose every step is brought to its end.

    It hands the steps to the library's thread itself: the library's own way gives up waiting for
    them, and a task around it would be cancelled with all others when the event loop closes.
    """

    async def _connect(self) -> Self:
        opening = self._begin(self._connector)
        try:
            await _to_its_end(opening)
        except asyncio.CancelledError:
            if opening.exception() is None:
                self._connection = opening.result()
                await self.close()
            raise
        except BaseException:
            await self._end()
            raise
        self._connection = opening.result()
        return self

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if not self._running or not self._connection:
            raise ValueError("Connection closed")  # as the library says it; SQLAlchemy reads it
        return await _to_its_end(self._begin(partial(fn, *args, **kwargs)))

    async def close(self) -> None:
        """Close the connection after what it is at; does nothing when it is closed."""
        if self._connection is not None:
            await self._end()

    def stop(self) -> asyncio.Future[Any] | None:
        """Roll back and close, after what it is at; returns what is done once it is closed.

        SQLite keeps a closed connection as long as anybody has a statement of it that was not read
        to its end, for example the traceback of a cancelled task; with it, its transaction and the
        lock on the file.
        """
        self._tx.put_nowait((None, self._roll_back))
        return super().stop()

    def _roll_back(self) -> None:
        if self._connection is not None:
            self._connection.rollback()

    async def _end(self) -> None:
        ended = self.stop()
        if ended is not None:
            await _to_its_end(ended)

    def _begin(self, step: Callable[[], Any]) -> asyncio.Future[Any]:
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._tx.put_nowait((done, step))
        return done


async def connected(database: str, seconds: float) -> SqliteConnection:
    """Return an open connection that waits so many seconds for whoever writes."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(database, timeout=seconds, check_same_thread=False)

    connection = SqliteConnection(connect, _ROWS_AT_A_TIME)
    # A process that ends without closing it must not wait for its thread for ever.
    connection._thread.daemon = True  # noqa: SLF001  (the library offers no other way)
    await connection
    return connection


async def _to_its_end(step: asyncio.Future[Any]) -> Any:
    """Return a step's result once it is done, or raise what it raised.

    Raises asyncio.CancelledError, then too, when the task was cancelled meanwhile.
    """
    cancelled: asyncio.CancelledError | None = None
    while not step.done():
        try:
            await asyncio.wait([step])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        step.exception()  # nobody else asks for it
        raise cancelled
    return step.result()
