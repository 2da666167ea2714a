"""The supervisor ends an engine that has gone deaf, and never one that is still starting."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

import pytest
from starlette.types import Receive, Scope, Send

from madoguchi.supervisor import Child, watch
from tests.support.server import serving

_OFTEN = 0.05
_MANY = 20


class Ears:
    """An engine's listener, which answers as long as it is told to."""

    def __init__(self) -> None:
        self.deaf = False
        self._asked = 0
        self._changed = asyncio.Condition()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        async with self._changed:
            self._asked += 1
            self._changed.notify_all()
        if self.deaf:
            while (await receive())["type"] != "http.disconnect":
                pass
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    async def was_asked(self, often: int) -> None:
        """Return when it was asked so often from now on."""
        until = self._asked + often
        async with asyncio.timeout(30), self._changed:
            await self._changed.wait_for(lambda: self._asked >= until)


async def _process() -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", "import signal; signal.pause()"
    )


@pytest.fixture
async def engine() -> AsyncIterator[Child]:
    """An engine whose process does nothing."""
    child = Child("the engine", [], {})
    child.process = await _process()
    yield child
    with contextlib.suppress(ProcessLookupError):
        child.process.kill()
    await child.process.wait()


@contextlib.asynccontextmanager
async def _watched(engine: Child, ears: Ears) -> AsyncIterator[list[str]]:
    said: list[str] = []
    async with serving(ears) as url:
        watching = asyncio.create_task(watch(engine, url, said.append, _OFTEN))
        yield said
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def test_an_engine_that_has_gone_deaf_is_ended(engine: Child) -> None:
    ears = Ears()
    async with _watched(engine, ears) as said:
        await ears.was_asked(2)
        ears.deaf = True
        assert engine.process is not None
        async with asyncio.timeout(30):
            assert await engine.process.wait() != 0
    assert said == ["the engine does not answer any more; ending it"]


async def test_an_engine_that_was_started_again_may_take_its_time(engine: Child) -> None:
    ears = Ears()
    async with _watched(engine, ears) as said:
        await ears.was_asked(2)
        assert engine.process is not None
        engine.process.kill()
        await engine.process.wait()
        engine.process = await _process()
        ears.deaf = True
        await ears.was_asked(_MANY)
        assert engine.process.returncode is None
    assert said == []
