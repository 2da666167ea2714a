"""A PostgreSQL server that lives as long as the test run."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
from sqlalchemy import make_url

from madoguchi.supervisor import free_port
from tests.support.empty_tables import migrated

_PLACES = [Path("/usr/local/bin"), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
_NEEDED = ("initdb", "pg_ctl", "postgres")


class PostgresServer:
    """A running server, which hands out empty databases."""

    def __init__(self, port: int) -> None:
        """Speak to the server on the port."""
        self._address = f"postgres@127.0.0.1:{port}"
        self._pattern: str | None = None

    async def new_database(self) -> str:
        """Return the URL of a new, empty database."""
        return await self._create("template1")

    async def new_tables(self) -> str:
        """Return the URL of a new database with empty tables."""
        if self._pattern is None:
            url = await self._create("template1")
            await migrated(url)
            self._pattern = make_url(url).database
        return await self._create(str(self._pattern))

    async def _create(self, template: str) -> str:
        name = f"test_{uuid.uuid4().hex}"
        connection = await asyncpg.connect(f"postgresql://{self._address}/postgres")
        try:
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        finally:
            await connection.close()
        return f"postgresql+asyncpg://{self._address}/{name}"


def postgres_programs() -> Path | None:
    """Return the folder of the server's programs, if they are installed and can be run."""
    if os.geteuid() == 0 and "postgres" not in {user.pw_name for user in pwd.getpwall()}:
        return None
    found = (place for place in _PLACES if all((place / name).exists() for name in _NEEDED))
    return next(found, None)


@contextmanager
def throwaway_postgres(programs: Path) -> Iterator[PostgresServer]:
    """Start a server on a new folder; both are gone afterwards."""
    # PostgreSQL refuses to run as root, and its user has to reach the folder.
    root = os.geteuid() == 0
    prefix = ["runuser", "-u", "postgres", "--"] if root else []
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-postgres-"))
    folder.chmod(0o755)
    if root:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()

    def run(name: str, *arguments: str) -> None:
        with (folder / "output").open("a", encoding="utf-8") as output:
            subprocess.run(
                [*prefix, str(programs / name), "-D", str(data), *arguments],
                cwd=folder,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=True,
            )

    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {folder} -c fsync=off"
    try:
        run(
            "initdb", "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"
        )
        run("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield PostgresServer(port)
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)
