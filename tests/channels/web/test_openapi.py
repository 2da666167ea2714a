"""The real service, held against its own description with requests made from it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

from madoguchi.app import create_app
from madoguchi.settings import Settings
from tests.support.engine import ScriptedEngine
from tests.support.server import running_service

bounded = hypothesis.settings(
    max_examples=25,
    suppress_health_check=[
        hypothesis.HealthCheck.filter_too_much,
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)


@contextmanager
def service_in_a_thread(settings: Settings) -> Iterator[str]:
    """Serve Madoguchi beside the test, for clients that block."""
    started: Queue[tuple[str, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        async with running_service(settings, ScriptedEngine()) as service:
            # An event stream that tells what there is and ends, as it does when the service stops.
            service.parts.streams.close()
            stop = asyncio.Event()
            started.put((str(service.http.base_url), asyncio.get_running_loop(), stop))
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    address, loop, stop = started.get(timeout=30)
    try:
        yield address
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the service is."""
    folder: Path = tmp_path_factory.mktemp("openapi")
    settings = Settings(
        env="test",
        database_url=f"sqlite+aiosqlite:///{folder / 'service.db'}",
        rate_limit_per_minute=0,
    )
    with service_in_a_thread(settings) as address:
        yield address.rstrip("/")


@pytest.fixture(scope="module")
def opened(address: str) -> dict[str, Any]:
    """A conversation and its token."""
    answer: dict[str, Any] = httpx.post(f"{address}/api/v1/conversations", json={}).json()
    return answer


DESCRIPTION = create_app(Settings(env="test"), ScriptedEngine()).openapi()
schema = schemathesis.openapi.from_dict(DESCRIPTION)


def test_the_service_describes_itself(address: str) -> None:
    assert httpx.get(f"{address}/api/v1/openapi.json").json() == DESCRIPTION


@schema.parametrize()
@bounded
def test_strangers_are_answered_as_described(case: Any, address: str) -> None:
    case.call_and_validate(base_url=address)


@schema.include(path_regex="{id}").parametrize()
@bounded
def test_a_conversations_customer_is_answered_as_described(
    case: Any, address: str, opened: dict[str, Any]
) -> None:
    case.path_parameters = {"id": opened["id"]}
    case.headers = {**(case.headers or {}), "Authorization": f"Bearer {opened['token']}"}
    # That a text and a choice exclude each other is no part of the description.
    case.call_and_validate(base_url=address, excluded_checks=[positive_data_acceptance])
