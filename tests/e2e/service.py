"""The whole service as its operator starts it: ``python -m madoguchi run`` on a free port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx
import psutil

from madoguchi.settings import PROJECT
from madoguchi.supervisor import free_port

Part = Literal["supervisor", "engine", "service"]
_COMMANDS: dict[Part, list[str]] = {
    "supervisor": ["-m", "madoguchi", "run"],
    "engine": ["-m", "bot.launch"],
    "service": ["-m", "madoguchi", "service"],
}
_RUN = "E2E_RUN"


class WholeService:
    """Engine, service and supervisor with a database of their own, and what they print."""

    def __init__(self, folder: Path, **settings: str) -> None:
        """Keep everything in the folder; ``settings`` are the environment's, without prefix."""
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        self._output = folder / "output.log"
        self._mark = uuid.uuid4().hex
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            "ENV": "demo",
            "PORT": str(self.port),
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'madoguchi.db'}",
            "RATE_LIMIT_PER_MINUTE": "0",
            **settings,
        }

    @property
    def output(self) -> str:
        """Everything that the three processes have printed, of all starts."""
        return self._output.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Start the supervisor, which starts the others."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("MADOGUCHI_")}
        chosen = {f"MADOGUCHI_{name}": value for name, value in self._settings.items()}
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *_COMMANDS["supervisor"]],
                cwd=PROJECT,
                env={**inherited, **chosen, _RUN: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self, seconds: float = 60) -> None:
        """Return when customers are answered; fails with the output's end when that stays out."""
        for _ in until(seconds):
            if self._process is None or self._process.poll() is not None:
                break
            try:
                if httpx.get(f"{self.url}/readyz").status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                continue
        raise AssertionError(f"not ready; it said last:\n{self.output[-3000:]}")

    def ensure_ready(self) -> None:
        """Be ready for the next test, whatever the last one did."""
        if self._process is None or self._process.poll() is not None:
            self.start()
        self.wait_until_ready()

    def exit_code(self, seconds: float) -> int:
        """Return the supervisor's exit code when it has ended by itself, within the time."""
        assert self._process is not None
        return self._process.wait(seconds)

    def stop(self, seconds: float = 15) -> int:
        """Ask it to stop, as an operator does, and return its exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(seconds)

    def send(self, part: Part, number: signal.Signals) -> None:
        """Send one of the processes a signal; one that is killed is gone afterwards."""
        process = self._find(part)
        process.send_signal(number)
        if number == signal.SIGKILL:
            if part == "supervisor" and self._process is not None:
                self._process.wait(10)
            for _ in until(10):
                if not _alive(process):
                    break

    def wait_for_children(self) -> None:
        """Return as soon as the supervisor has started both processes."""
        for _ in until(30):
            if len(self.processes()) > len(_COMMANDS) - 1:
                return
        raise AssertionError(f"no children; it said last:\n{self.output[-3000:]}")

    def processes(self) -> list[psutil.Process]:
        """Return every process of this service that lives, also those without a parent."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def processes_left(self, seconds: float = 15) -> list[psutil.Process]:
        """Return the processes that still live after giving them the time to end."""
        for _ in until(seconds):
            if not self.processes():
                return []
        return self.processes()

    def end(self) -> None:
        """Leave nothing running, whatever happened."""
        for process in self.processes():
            process.kill()
        if self._process is not None:
            self._process.wait(10)

    def _find(self, part: Part) -> psutil.Process:
        for _ in until(30):
            for process in self.processes():
                try:
                    command = process.cmdline()
                except psutil.Error:
                    continue  # it has just ended
                if command[1 : 1 + len(_COMMANDS[part])] == _COMMANDS[part]:
                    return process
        raise AssertionError(f"there is no {part}; it said last:\n{self.output[-3000:]}")

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get(_RUN) == self._mark and _alive(process)
        except psutil.Error:
            return False


def until(seconds: float) -> Iterator[None]:
    """Yield again and again until the time is over; the one who waits leaves earlier."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.1)


def _alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
