"""Starts the engine and the service, starts again what dies, and stops both cleanly."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url

from madoguchi.database import open_database
from madoguchi.desk.demo_agents import DEMO_AGENTS
from madoguchi.knowledge.business import BusinessFileError, business
from madoguchi.settings import (
    PROJECT,
    Settings,
    SettingsError,
    child_environment,
    fresh_secret,
)
from madoguchi.systems.choice import refuse_demo_data
from madoguchi.training import engine_environment

_STOP_SECONDS = 10.0
_LONGEST_PAUSE = 30.0
_HEALTHY_AFTER = 60.0
_CHECK_SECONDS = 5.0
_DEAF_CHECKS = 6
ENGINE_NO_MODEL = 3
SERVICE_REFUSED = 2


class ProcessFailedError(Exception):
    """A process cannot run at all; starting it again would not help."""


class ServiceRefusedError(ProcessFailedError):
    """The service has refused its settings, and said which."""


@dataclass
class Child:
    """A process that is kept alive."""

    name: str
    command: list[str]
    environment: dict[str, str]
    fatal_codes: dict[int, ProcessFailedError] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None
    pause: float = 0.5

    async def keep_alive(self, say: Callable[[str], None]) -> None:
        """Start the process, and again whenever it ends. Raises ProcessFailedError."""
        while True:
            started = time.monotonic()
            self.process = await asyncio.create_subprocess_exec(
                *self.command, env=self.environment, cwd=PROJECT, start_new_session=True
            )
            code = await self.process.wait()
            if code in self.fatal_codes:
                raise self.fatal_codes[code]
            if time.monotonic() - started > _HEALTHY_AFTER:
                self.pause = 0.5
            say(f"{self.name} ended (code {code}); starting it again in {self.pause:.0f} s")
            await asyncio.sleep(self.pause)
            self.pause = min(_LONGEST_PAUSE, self.pause * 2)

    async def stop(self) -> None:
        """Ask the process to stop, and end it when it does not within some seconds."""
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), _STOP_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


def ensure_startable(settings: Settings) -> None:
    """Raise SettingsError for what would make a process fail again at every start."""
    python = settings.engine_python
    if not (python.is_file() and os.access(python, os.X_OK)):
        what = "cannot be run" if python.exists() else "is missing"
        raise SettingsError(f"MADOGUCHI_ENGINE_PYTHON: {python} {what}; run 'make setup'")
    open_database(settings.database_url)
    if make_url(settings.database_url).database in {None, "", ":memory:"}:
        raise SettingsError(
            "MADOGUCHI_DATABASE_URL names no file or database; write "
            "sqlite+aiosqlite:///path/to/file or postgresql+asyncpg://user:password@host/database"
        )
    try:
        business(settings.business_file)
    except BusinessFileError as error:
        raise SettingsError(f"MADOGUCHI_BUSINESS_FILE: {error}") from error
    try:
        _trackers(settings)
    except OSError as error:
        raise SettingsError(
            f"MADOGUCHI_DATABASE_URL: {error.filename} cannot be made ({error.strerror})"
        ) from error
    if not settings.demo and settings.systems_url is None:
        asyncio.run(refuse_demo_data(settings))
    _ensure_free("MADOGUCHI_PORT", settings.host, settings.port)
    _ensure_free("MADOGUCHI_ENGINE_PORT", "127.0.0.1", settings.engine_port)
    _ensure_free("MADOGUCHI_ACTIONS_PORT", "127.0.0.1", settings.actions_port)


def _ensure_free(name: str, host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        # A name that is not found has a number of its own kind, below zero.
        if error.errno is not None and (error.errno < 0 or error.errno == errno.EADDRNOTAVAIL):
            raise SettingsError(f"MADOGUCHI_HOST: '{host}' is no address of this machine") from None
        raise SettingsError(
            f"{name}: {port} cannot be used on {host} ({error.strerror}); "
            "stop what uses it or choose another"
        ) from error


def children(settings: Settings, model: Path) -> tuple[Child, Child, str]:
    """Return the engine's and the service's process and the engine's address."""
    secret = fresh_secret()
    engine_port = settings.engine_port or free_port()
    actions_port = settings.actions_port or free_port()
    engine_url = f"http://127.0.0.1:{engine_port}"
    engine = Child(
        "the engine",
        [
            str(settings.engine_python),
            "-m",
            "bot.launch",
            "--model",
            str(model),
            "--port",
            str(engine_port),
        ],
        engine_environment(
            MADOGUCHI_ACTIONS_URL=f"http://127.0.0.1:{actions_port}/webhook",
            MADOGUCHI_ENGINE_SECRET=secret,
            MADOGUCHI_TRACKERS=_trackers(settings),
            MADOGUCHI_PARENT=str(os.getpid()),
        ),
        {
            ENGINE_NO_MODEL: ProcessFailedError(
                "the engine could not load its model; run 'make train'"
            )
        },
    )
    service = Child(
        "the service",
        [sys.executable, "-m", "madoguchi", "service"],
        child_environment(
            engine_url=engine_url,
            engine_secret=secret,
            actions_port=str(actions_port),
            parent=str(os.getpid()),
        ),
        {SERVICE_REFUSED: ServiceRefusedError("the service refuses its settings (see above)")},
    )
    return engine, service, engine_url


def _trackers(settings: Settings) -> str:
    """Return where Rasa keeps its conversations: beside the service's own database file."""
    url = settings.database_url
    folder = Path(url.partition(":///")[2]).parent if url.startswith("sqlite") else PROJECT / "var"
    folder.mkdir(parents=True, exist_ok=True)
    return str(folder / "trackers.db")


def free_port() -> int:
    """Return a port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def run(settings: Settings, model: Path, say: Callable[[str], None]) -> None:
    """Run both processes until SIGTERM or SIGINT. Raises ProcessFailedError."""
    engine, service, engine_url = children(settings, model)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    keepers = [asyncio.create_task(child.keep_alive(say)) for child in (engine, service)]
    watchers = [
        asyncio.create_task(_announce(settings, say)),
        asyncio.create_task(watch(engine, engine_url, say)),
    ]
    waiting = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait([waiting, *keepers], return_when=asyncio.FIRST_COMPLETED)
    for task in (*keepers, *watchers, waiting):
        task.cancel()
    # The service first: it ends its streams and requests while the engine can still answer.
    await service.stop()
    await engine.stop()
    for task in done:
        if task is not waiting:
            task.result()


async def _announce(settings: Settings, say: Callable[[str], None]) -> None:
    address = f"http://{settings.host}:{settings.port}"
    async with httpx.AsyncClient(timeout=5.0) as http:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get(f"{address}/readyz")).status_code == httpx.codes.OK:
                    break
            await asyncio.sleep(0.3)
    if settings.demo:
        say(f"demo shop:   {address}/demo/store")
        say(f"demo rental: {address}/demo/rental")
        first = DEMO_AGENTS[0]
        say(f"desk:        {address}/desk (sign in as {first.login}, password {first.password})")
    say("ready")


async def watch(
    engine: Child, url: str, say: Callable[[str], None], every: float = _CHECK_SECONDS
) -> None:
    """End an engine that runs but answers nothing any more, so that it is started again.

    It is asked ``every`` so many seconds. One that has not answered yet is still starting.
    """
    deaf, answered, watched = 0, False, engine.process
    async with httpx.AsyncClient(timeout=every) as http:
        while True:
            await asyncio.sleep(every)
            if engine.process is not watched:
                # It was started again, which takes as long as it takes.
                deaf, answered, watched = 0, False, engine.process
            try:
                await http.get(f"{url}/")
                deaf, answered = 0, True
            except httpx.HTTPError:
                deaf += 1
            if answered and deaf >= _DEAF_CHECKS and engine.process is not None:
                say("the engine does not answer any more; ending it")
                with contextlib.suppress(ProcessLookupError):
                    engine.process.kill()
                deaf, answered = 0, False
