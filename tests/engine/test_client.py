"""The client tells an engine that is away from one that failed, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from madoguchi.conversations.model import Conversation, Inbound, Owner
from madoguchi.dialogue.state import Standing
from madoguchi.engine.client import EngineFailedError, EngineUnavailableError, RasaEngine
from madoguchi.supervisor import free_port
from tests.support.server import serving

SECRET = "the-engines-secret"
CONVERSATION = Conversation("c1", "web", "rental", None, Owner.BOT, 4, "store/shipping_fee")
INBOUND = Inbound(7, "c1", 5, "送料は？", None, 0, told_to_wait=False, done=False)
TAPPED = Inbound(8, "c1", 6, "送料は？", "/store_shipping_fee", 0, told_to_wait=False, done=False)
GOOD = {"messages": [{"text": "無料です。"}], "understanding": {"intent": "store_shipping_fee"}}


class EngineServer:
    """Answers as a test wants and remembers what it was asked."""

    def __init__(self) -> None:
        self.status = 200
        self.body = json.dumps(GOOD).encode()
        self.headers: dict[str, str] = {}
        self.hangs = False
        self.go_on = asyncio.Event()
        self.asked: list[tuple[str, str | None, Any]] = []
        self.app = Starlette(
            routes=[
                Route("/webhooks/madoguchi/messages", self.answer, methods=["POST"]),
                Route("/webhooks/madoguchi/forget", self.answer, methods=["POST"]),
                Route("/webhooks/madoguchi/ready", self.answer),
            ]
        )

    async def answer(self, request: Request) -> Response:
        body = await request.body()
        secret = request.headers.get("X-Madoguchi-Secret")
        self.asked.append((request.method, secret, json.loads(body) if body else None))
        if self.hangs:
            await self.go_on.wait()
        return Response(self.body, self.status, {"Content-Type": "application/json"} | self.headers)


@pytest.fixture
def server() -> EngineServer:
    """What the engine does."""
    return EngineServer()


@pytest.fixture
async def address(server: EngineServer) -> AsyncIterator[str]:
    """Where the engine is."""
    async with serving(server.app) as address:
        yield address
        server.go_on.set()


@pytest.fixture
async def client(address: str) -> AsyncIterator[RasaEngine]:
    """A client of the engine that waits as long as a test may take."""
    client = RasaEngine(f"{address}/", SECRET, timeout=60, connect=60)
    yield client
    await client.close()


@pytest.fixture
async def hasty(address: str) -> AsyncIterator[RasaEngine]:
    """A client of the engine that gives up at once."""
    client = RasaEngine(address, SECRET, timeout=0.2, connect=60)
    yield client
    await client.close()


async def test_the_engine_is_told_which_skill_waits(
    server: EngineServer, client: RasaEngine
) -> None:
    await client.reply(CONVERSATION, INBOUND, Standing("order_cancel", ("order",)))
    [(_, _, body)] = server.asked
    assert body["metadata"]["skill"] == "action_order_cancel"
    assert body["metadata"]["own"] == ["order"]


async def test_a_customers_numbers_do_not_reach_the_engine(
    server: EngineServer, client: RasaEngine
) -> None:
    said = "A-20261103-0042 の件です。090-1234-5678 か hanako@example.jp へ"
    await client.reply(CONVERSATION, replace(INBOUND, text=said))
    [(_, _, body)] = server.asked
    assert body["text"] == "A-00000000-0000 の件です。000-0000-0000 か x@example.com へ"


async def test_an_answer_is_handed_on_as_it_is(client: RasaEngine) -> None:
    reply = await client.reply(CONVERSATION, INBOUND)
    assert reply.messages == GOOD["messages"]
    assert reply.understanding == GOOD["understanding"]


async def test_the_engine_is_told_the_message_and_where_it_was_asked(
    server: EngineServer, client: RasaEngine
) -> None:
    await client.reply(CONVERSATION, INBOUND)
    await client.reply(CONVERSATION, TAPPED)
    first, second = server.asked
    assert first == (
        "POST",
        SECRET,
        {
            "sender": "c1",
            "text": "送料は？",
            "payload": None,
            "metadata": {
                "site": "rental",
                "last_topic": "store/shipping_fee",
                "inbound": 7,
                "skill": None,
                "own": [],
            },
        },
    )
    assert second[2]["payload"] == "/store_shipping_fee"


@pytest.mark.parametrize("status", [400, 403, 404, 500, 502, 301])
async def test_an_error_is_a_failure_of_this_message(
    server: EngineServer, client: RasaEngine, status: int
) -> None:
    server.status = status
    with pytest.raises(EngineFailedError, match=str(status)):
        await client.reply(CONVERSATION, INBOUND)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b"[" * 100_000,
        b'{"messages": [{"text": "x"}]}',
        b'{"messages": {"text": "x"}, "understanding": {}}',
        b'{"messages": [{"text": "x"}], "understanding": []}',
        b'{"messages": [], "understanding": {}}',
    ],
    ids=range(12),
)
async def test_an_answer_that_is_none_is_a_failure_of_this_message(
    server: EngineServer, client: RasaEngine, body: bytes
) -> None:
    server.body = body
    with pytest.raises(EngineFailedError):
        await client.reply(CONVERSATION, INBOUND)


async def test_an_engine_without_a_model_is_away(server: EngineServer, client: RasaEngine) -> None:
    server.status = 503
    with pytest.raises(EngineUnavailableError, match="no model"):
        await client.reply(CONVERSATION, INBOUND)
    with pytest.raises(EngineUnavailableError, match="no model"):
        await client.check()


async def test_an_engine_that_hangs_on_a_message_fails_it(
    server: EngineServer, hasty: RasaEngine
) -> None:
    """It is there; the same message would hang it again and again."""
    server.hangs = True
    with pytest.raises(EngineFailedError, match="too long"):
        await hasty.reply(CONVERSATION, INBOUND)


async def test_an_engine_that_hangs_on_the_check_is_away(
    server: EngineServer, hasty: RasaEngine
) -> None:
    server.hangs = True
    with pytest.raises(EngineUnavailableError, match="too long"):
        await hasty.check()


async def test_an_answer_that_cannot_be_read_means_that_the_engine_is_away(
    server: EngineServer, client: RasaEngine
) -> None:
    server.headers = {"Content-Encoding": "gzip"}
    with pytest.raises(EngineUnavailableError):
        await client.reply(CONVERSATION, INBOUND)


async def test_an_engine_that_does_not_run_is_away() -> None:
    client = RasaEngine(f"http://127.0.0.1:{free_port()}", SECRET, timeout=5)
    with pytest.raises(EngineUnavailableError, match="ConnectError"):
        await client.reply(CONVERSATION, INBOUND)
    with pytest.raises(EngineUnavailableError, match="ConnectError"):
        await client.check()
    await client.close()


async def test_an_engine_with_a_model_is_ready(server: EngineServer, client: RasaEngine) -> None:
    server.body = b'{"model": "madoguchi"}'
    await client.check()
    assert server.asked == [("GET", SECRET, None)]


@pytest.mark.parametrize("status", [403, 404, 500])
async def test_an_engine_that_answers_the_check_with_an_error_is_not_ready(
    server: EngineServer, client: RasaEngine, status: int
) -> None:
    server.status = status
    with pytest.raises(EngineUnavailableError, match=str(status)):
        await client.check()


async def test_a_conversation_to_forget_is_named(server: EngineServer, client: RasaEngine) -> None:
    server.body = b'{"events": 12}'
    await client.forget("c1")
    assert server.asked == [("POST", SECRET, {"sender": "c1"})]


@pytest.mark.parametrize("status", [400, 403, 404, 500])
async def test_a_conversation_that_is_not_forgotten_is_a_failure(
    server: EngineServer, client: RasaEngine, status: int
) -> None:
    server.status = status
    with pytest.raises(EngineFailedError, match=str(status)):
        await client.forget("c1")


async def test_an_engine_that_is_away_forgets_nothing(
    server: EngineServer, client: RasaEngine
) -> None:
    server.status = 503
    with pytest.raises(EngineUnavailableError):
        await client.forget("c1")
    away = RasaEngine(f"http://127.0.0.1:{free_port()}", SECRET, timeout=5)
    with pytest.raises(EngineUnavailableError):
        await away.forget("c1")
    await away.close()


async def test_an_engine_that_does_not_get_to_forgetting_is_asked_again(
    server: EngineServer, hasty: RasaEngine
) -> None:
    server.hangs = True
    with pytest.raises(EngineFailedError, match="too long"):
        await hasty.forget("c1")
