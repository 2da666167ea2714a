"""One running service for these tests and each way to reach the shop's systems.

A test gets a conversation and an order, rental or inquiry of its own, so none disturbs another.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio
import uvloop

from tests.channels.web.skills.dialogues import Dialogue
from tests.channels.web.skills.service import ShopService, shop_service
from tests.channels.web.skills.shops import WAYS

# Which of a module's DIALOGUES a test runs with, by the name of the argument that it takes.
_FITTING: dict[str, Callable[[Dialogue], bool]] = {
    "dialogue": lambda _: True,
    "confirmed": lambda dialogue: dialogue.yes is not None,
    "proven": lambda dialogue: dialogue.about is not None and not dialogue.by_inquiry,
    "changing": lambda dialogue: dialogue.call is not None,
    "changing_one": lambda dialogue: dialogue.call is not None and dialogue.about is not None,
    "asking": lambda dialogue: dialogue.asks_the_shop,
    "not_asking": lambda dialogue: not dialogue.asks_the_shop,
}


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on a loop that hands work to SQLite's threads in half the time."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    for argument, fits in _FITTING.items():
        if argument in metafunc.fixturenames:
            fitting = [each for each in metafunc.module.DIALOGUES if fits(each)]
            metafunc.parametrize(argument, [pytest.param(each, id=each.id) for each in fitting])


@pytest_asyncio.fixture(scope="package", loop_scope="package", params=list(WAYS))
async def service(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ShopService]:
    """The service in front of the demo shop."""
    way: str = request.param
    with pytest.MonkeyPatch.context() as outside:
        for name in [name for name in os.environ if name.upper().startswith("MADOGUCHI_")]:
            outside.delenv(name)
        async with shop_service(way, tmp_path_factory.mktemp(way)) as running:
            yield running
