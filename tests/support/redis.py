"""A Redis server that a test starts, kills and starts again: a real one, or one in Python."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fakeredis import TcpFakeServer

from madoguchi.supervisor import free_port

_LONG = 30.0


class RedisServer:
    """Redis on a port of the loopback interface; what it held is gone after a kill."""

    def __init__(self, program: str | None, folder: Path) -> None:
        """Run the program, or an imitation of it when there is none."""
        self._program = program
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._imitation: TcpFakeServer | None = None

    @property
    def url(self) -> str:
        """Where it is, also while it is not running."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Return when it accepts connections."""
        if self._program is None:
            self._imitation = TcpFakeServer(("127.0.0.1", self._port))
            self._imitation.daemon_threads = True
            threading.Thread(target=self._imitation.serve_forever, daemon=True).start()
            return
        with (self._folder / "redis.log").open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(self._program, "--port", str(self._port), "--bind", "127.0.0.1"),
                    *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + _LONG
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            assert self._process.poll() is None, "redis-server has ended"
            assert time.monotonic() < deadline, "redis-server does not start"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it without a warning, with all its connections."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(_LONG)
            self._process = None
        if self._imitation is not None:
            self._imitation.shutdown()
            self._imitation.server_close()
            self._imitation = None

    @property
    def is_real(self) -> bool:
        """Whether a kill ends the open connections, and what is asked at once is done in turn."""
        return self._program is not None


@contextmanager
def throwaway_redis() -> Iterator[RedisServer]:
    """Start a server on an empty folder; both are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="madoguchi-redis-"))
    server = RedisServer(shutil.which("redis-server"), folder)
    server.start()
    try:
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder)
