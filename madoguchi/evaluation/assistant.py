"""A whole assistant of its own, on free ports and an empty database, for measuring."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import httpx

from madoguchi import supervisor
from madoguchi.settings import Settings

_START_SECONDS = 120


@contextlib.asynccontextmanager
async def fresh_assistant(settings: Settings, model: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Start an assistant for the length of the block; yields a client of its service."""
    with tempfile.TemporaryDirectory() as folder:
        own = settings.model_copy(
            update={
                "port": supervisor.free_port(),
                "database_url": f"sqlite+aiosqlite:///{folder}/assistant.db",
            }
        )
        engine, service, _ = supervisor.children(own, model)
        service.environment |= {
            "MADOGUCHI_PORT": str(own.port),
            "MADOGUCHI_DATABASE_URL": own.database_url,
            "MADOGUCHI_RATE_LIMIT_PER_MINUTE": "0",
            "MADOGUCHI_LOG_LEVEL": "ERROR",
        }
        keepers = [asyncio.create_task(child.keep_alive(print)) for child in (engine, service)]
        try:
            async with httpx.AsyncClient(
                base_url=f"http://{own.host}:{own.port}", timeout=30
            ) as http:
                await _ready(http, keepers)
                yield http
        finally:
            for keeper in keepers:
                keeper.cancel()
            await service.stop()
            await engine.stop()


async def _ready(http: httpx.AsyncClient, keepers: list[asyncio.Task[None]]) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while True:
            for keeper in keepers:
                if keeper.done():
                    keeper.result()
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get("/readyz")).status_code == httpx.codes.OK:
                    return
            await asyncio.sleep(0.3)
