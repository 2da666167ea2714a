"""The service as a process of its own: what it serves where, and how it ends."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from madoguchi.settings import PROJECT
from madoguchi.supervisor import free_port
from tests.support.chat import Chat

LONG = 60.0


@dataclass(frozen=True)
class ServiceProcess:
    """A running ``madoguchi service``."""

    process: subprocess.Popen[bytes]
    address: str
    actions: str
    log: Path

    def wait_until(self, reached: Callable[[], bool]) -> None:
        """Return when the process has got so far."""
        deadline = time.monotonic() + LONG
        while not reached():
            assert self.process.poll() is None, self.logged
            assert time.monotonic() < deadline, self.logged
            time.sleep(0.05)

    @property
    def logged(self) -> str:
        """What it has logged so far."""
        return self.log.read_text(encoding="utf-8")

    def answers(self) -> bool:
        """Whether both its servers accept connections."""
        try:
            for address in (self.address, self.actions):
                httpx.get(address, timeout=LONG)
        except httpx.ConnectError:
            return False
        return True

    def stop(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LONG)


@contextmanager
def service_process(folder: Path, **settings: str | None) -> Iterator[ServiceProcess]:
    """Start the service on free ports, with an engine that is not there."""
    port, actions_port, log = free_port(), free_port(), folder / "log"
    values = {
        "port": str(port),
        "actions_port": str(actions_port),
        "engine_url": f"http://127.0.0.1:{free_port()}",
        "engine_secret": "the-engines-secret",
        "database_url": f"sqlite+aiosqlite:///{folder / 'service.db'}",
    }
    environment = {
        f"MADOGUCHI_{name.upper()}": value
        for name, value in (values | settings).items()
        if value is not None
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "madoguchi", "service"],
            cwd=PROJECT,
            env=os.environ | environment,
            stdout=output,
            stderr=output,
        )
        try:
            yield ServiceProcess(
                process, f"http://127.0.0.1:{port}", f"http://127.0.0.1:{actions_port}", log
            )
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


async def test_an_open_stream_ends_when_the_service_is_told_to_stop(tmp_path: Path) -> None:
    with service_process(tmp_path) as service:
        service.wait_until(service.answers)
        async with httpx.AsyncClient(base_url=service.address, timeout=LONG) as http:
            chat = await Chat.open(http, site="store")
            async with chat.events() as stream:
                await stream.messages(1)
                service.process.send_signal(signal.SIGTERM)
                assert await stream.until(lambda _: False) == []
        assert service.process.wait(LONG) == 0
    assert "timeout graceful shutdown exceeded" not in service.logged


def test_a_service_that_is_still_starting_can_be_stopped(tmp_path: Path) -> None:
    """It waits for its database, which someone else holds, when it is told to stop."""
    holder = sqlite3.connect(tmp_path / "service.db", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with service_process(tmp_path) as service:
        service.wait_until(lambda: "Waiting for application startup" in service.logged)
        service.process.send_signal(signal.SIGTERM)
        holder.execute("COMMIT")
        holder.close()
        assert service.process.wait(LONG) == 0


async def test_actions_are_served_apart_and_only_to_the_engine(tmp_path: Path) -> None:
    with service_process(tmp_path) as service:
        service.wait_until(service.answers)
        async with httpx.AsyncClient(timeout=LONG) as http:
            assert (await http.post(f"{service.actions}/webhook", json={})).status_code == 403
            assert (await http.post(f"{service.address}/webhook", json={})).status_code == 404
            ready = await http.get(f"{service.address}/readyz")
            assert ready.status_code == 503
            assert set(ready.json()["reasons"]) == {"engine"}
        assert service.stop() == 0


def test_a_service_without_an_engine_says_what_is_missing(tmp_path: Path) -> None:
    with service_process(tmp_path, engine_url=None) as service:
        assert service.process.wait(LONG) == 2
    assert service.logged.startswith("Madoguchi cannot start:\nMADOGUCHI_ENGINE_URL is not set")


def test_a_service_without_its_database_says_what_failed(tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://shop:pa55word@127.0.0.1:{free_port()}/shop"
    with service_process(tmp_path, database_url=url) as service:
        # Not 2: the supervisor tries again, for the database may come.
        assert service.process.wait(LONG) == 1
    told = service.logged.partition("Madoguchi cannot start:\n")[2]
    assert told.startswith("MADOGUCHI_DATABASE_URL: the database cannot be used: ")
    assert "Connect call failed" in told
    assert "pa55word" not in service.logged


def test_a_service_whose_database_is_a_folder_says_so(tmp_path: Path) -> None:
    with service_process(tmp_path, database_url=f"sqlite+aiosqlite:///{tmp_path}") as service:
        assert service.process.wait(LONG) == 1
    assert "MADOGUCHI_DATABASE_URL: the database cannot be used: unable to open" in service.logged


def test_a_setting_that_is_only_read_while_starting_is_refused_in_words(tmp_path: Path) -> None:
    mail = {"smtp_url": "smtps://mail.example.jp:465", "mail_from": "nobody"}
    with service_process(tmp_path, **mail) as service:
        assert service.process.wait(LONG) == 2
    assert "Madoguchi cannot start:\nMADOGUCHI_MAIL_FROM must be an e-mail" in service.logged


def test_a_service_whose_port_is_taken_ends_and_says_which(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with service_process(tmp_path, actions_port=str(port)) as service:
            assert service.process.wait(LONG) == 1
    assert "Madoguchi stopped: the service could not start" in service.logged
    assert "default_exception_handler" not in service.logged


def test_a_command_says_what_is_wrong_and_where_to_change_it(tmp_path: Path) -> None:
    """Once, in words, without the log's lines and without a trace."""
    away = f"postgresql+asyncpg://shop:pa55word@127.0.0.1:{free_port()}/shop"
    done = subprocess.run(
        [sys.executable, "-m", "madoguchi", "outbox", "list"],
        cwd=PROJECT,
        env=os.environ | {"MADOGUCHI_DATABASE_URL": away},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    heading, reason = done.stderr.splitlines()
    assert heading == "Madoguchi cannot do that:"
    assert reason.startswith("MADOGUCHI_DATABASE_URL: the database cannot be used: ")
