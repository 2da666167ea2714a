"""Serves real applications with uvicorn on a free port of the loopback interface."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from madoguchi.app import create_app
from madoguchi.services import Services
from madoguchi.settings import Settings
from tests.support.engine import ScriptedEngine

# Made once: reading the machine's certificates takes longer than many a test.
_TLS = ssl.create_default_context()


class _Server(uvicorn.Server):
    """A server that leaves the test run's signals alone and stops as soon as it can.

    uvicorn itself looks ten times a second whether to stop, which hundreds of tests would wait for.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stopping = asyncio.Event()

    async def main_loop(self) -> None:
        """Serve until told to stop."""
        await self.on_tick(0)
        await self.stopping.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End connections and requests, then the application."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(3):  # an idle connection is gone by then
            await asyncio.sleep(0)
        async with asyncio.timeout(30):
            await self._wait_tasks_to_complete()
        await self.lifespan.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve the application, on a free port unless told otherwise, and give its address."""
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=5
    )
    server = _Server(config)
    with socket.create_server(("127.0.0.1", port)) as listening:
        # asyncio sets it only on sockets that it opens itself; without it each answer of two
        # packets waits 40 ms for the client's acknowledgement of the first.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:
            if task.done():
                await task
                raise RuntimeError("the application did not start")
            await asyncio.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.stopping.set()
            await task


@dataclass(frozen=True)
class LiveService:
    """A running service, a client to call it with, and the engine behind it."""

    app: FastAPI
    settings: Settings
    engine: ScriptedEngine
    http: httpx.AsyncClient

    @property
    def parts(self) -> Services:
        """What the service is made of."""
        found: Services = self.app.state.services
        return found


@contextlib.asynccontextmanager
async def running_service(settings: Settings, engine: ScriptedEngine) -> AsyncIterator[LiveService]:
    """Serve Madoguchi with the engine; at the end it stops as ``serve`` would stop it."""
    app = create_app(settings, engine)
    async with serving(app) as address, client_of(address) as http:
        try:
            yield LiveService(app, settings, engine, http)
        finally:
            app.state.services.streams.close()


def client_of(address: str, **headers: str) -> httpx.AsyncClient:
    """Return a client of the server at the address."""
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=60, verify=_TLS)
