"""The whole service, started once for all of these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from madoguchi import training
from madoguchi.settings import Settings
from tests.e2e.chat import Chat
from tests.e2e.service import WholeService

OpenChat = Callable[..., Chat]


@pytest.fixture(scope="session")
def trained() -> None:
    """Have a model of what lies here now; training takes more than a minute when there is none."""
    if training.current_model() is None:
        training.train(Settings().engine_python)


@pytest.fixture(scope="session")
def whole_service(
    trained: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WholeService]:
    """Start it, and stop it in the end: it has to go by itself and leave no process."""
    service = WholeService(tmp_path_factory.mktemp("service"), LOG_LEVEL="DEBUG")
    try:
        service.ensure_ready()
        yield service
        assert service.stop() == 0
        assert service.processes_left() == []
    finally:
        service.end()


@pytest.fixture
def running(whole_service: WholeService) -> WholeService:
    """Return the service, ready, whatever the test before has done to it."""
    whole_service.ensure_ready()
    return whole_service


@pytest.fixture
def open_chat(running: WholeService) -> Iterator[OpenChat]:
    """Return a function that opens a conversation on a site's page."""
    chats: list[Chat] = []

    def opened(site: str | None = "store", identity: str | None = None) -> Chat:
        chats.append(Chat.open(running.url, site, identity))
        return chats[-1]

    yield opened
    for chat in chats:
        chat.close()
