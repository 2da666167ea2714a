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


# Without foreign keys and triggers, so that the tables' order does not matter.
_EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT tablename FROM pg_tables
        WHERE schemaname = 'public' AND tablename <> 'alembic_version'
    LOOP EXECUTE format('DELETE FROM %I', name); END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'
    LOOP EXECUTE format('ALTER SEQUENCE %I RESTART', name); END LOOP;
END $$;
"""


class PostgresServer:
    """A running server, which hands out empty databases."""

    def __init__(self, port: int) -> None:
        """Speak to the server on the port."""
        self._address = f"postgres@127.0.0.1:{port}"
        self._free: list[str] = []
        self._lent: list[str] = []

    async def new_database(self) -> str:
        """Return the URL of a new database without tables."""
        name = f"test_{uuid.uuid4().hex}"
        await self._run("postgres", f"CREATE DATABASE {name}")
        return f"postgresql+asyncpg://{self._address}/{name}"

    async def empty_tables(self) -> str:
        """Return the URL of a database with empty tables, the test's own until it ends."""
        if self._free:
            url = self._free.pop()
            await self._run(str(make_url(url).database), _EMPTY)
        else:
            url = await self.new_database()
            await migrated(url)
        self._lent.append(url)
        return url

    def take_back(self) -> None:
        """Let the next test have what this one had: a database for each would take minutes."""
        self._free += self._lent
        self._lent.clear()

    async def _run(self, database: str, statement: str) -> None:
        connection = await asyncpg.connect(f"postgresql://{self._address}/{database}")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()


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
