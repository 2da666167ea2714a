"""``python -m madoguchi.systems.reference``: the demo shops behind the API, on the own machine."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import uvicorn
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock, SystemClock
from madoguchi.database import migrate, open_database
from madoguchi.knowledge.business import Business, business
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.demo import seed_demo
from madoguchi.systems.embedded.demo_listing import demo_table
from madoguchi.systems.reference.app import create_reference_app

_REFUSED = 2


def main() -> int:
    """Serve until stopped; returns the exit code, 2 when there is no token."""
    arguments = _parser().parse_args()
    token = os.environ.get("MADOGUCHI_SYSTEMS_TOKEN", "")
    if not token:
        print("Set MADOGUCHI_SYSTEMS_TOKEN: callers have to send it.", file=sys.stderr)
        return _REFUSED
    with tempfile.TemporaryDirectory() as folder:
        file = arguments.database or Path(folder) / "reference.db"
        asyncio.run(_serve(file, token, arguments.host, arguments.port))
    return 0


async def _serve(file: Path, token: str, host: str, port: int) -> None:
    database, clock = open_database(f"sqlite+aiosqlite:///{file}"), SystemClock()
    try:
        app = create_reference_app(await demo_systems(database, clock, business()), token)
        print(await demo_table(database))
        print(f"\nreference server: http://{host}:{port} (Ctrl-C stops it)", flush=True)
        # No access log: addresses hold members' ids and orders' numbers.
        config = uvicorn.Config(app, host, port, access_log=False, log_level="warning")
        await _until_stopped(_Server(config))
    finally:
        await database.dispose()


class _Server(uvicorn.Server):
    """A server that leaves the signals to who runs it."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield


async def _until_stopped(server: _Server) -> None:
    def stop() -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    await server.serve()


async def demo_systems(database: AsyncEngine, clock: Clock, shop: Business) -> EmbeddedSystems:
    """Return embedded systems with demo data of today, their tables made in the database."""
    await migrate(database)
    await seed_demo(database, clock.now(), shop.calendar.is_business_day)

    def is_open(store: str, day: date) -> bool:
        known = shop.store(store)
        return known is not None and bool(known.hours.on(day, shop.calendar))

    return EmbeddedSystems(database, clock, is_open)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m madoguchi.systems.reference",
        description="Serve the demo shops by the API of docs/systems.openapi.yml, to try it out.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--database", type=Path, help="keep the data in this SQLite file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
