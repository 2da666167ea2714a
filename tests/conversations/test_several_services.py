"""Several whole services on one database, over real HTTP; some of them are killed."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from tests.conftest import StartService
from tests.support.chat import Chat, EventStream
from tests.support.engine import UNDERSTOOD, rasa_message
from tests.support.redis import RedisServer, throwaway_redis
from tests.support.server import LiveService, serving
from tests.test_serve import ServiceProcess, service_process

LONG = 120.0


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis server of the test's own."""
    with throwaway_redis() as server:
        yield server


async def two_services(
    start_service: StartService, redis_url: str | None
) -> tuple[LiveService, LiveService]:
    """Start two services on one database."""
    one = await start_service(redis_url=redis_url)
    other = await start_service(redis_url=redis_url)
    for service in (one, other):
        async with asyncio.timeout(LONG):
            while redis_url and not service.parts.streams.hears_others:  # noqa: ASYNC110  (no event)
                await asyncio.sleep(0.01)
    return one, other


def at(http: httpx.AsyncClient, chat: Chat) -> Chat:
    """Return the same conversation at another service."""
    return Chat(http, {"id": chat.id, "token": chat.token, "messages": [chat.greeting]})


def texts(messages: list[dict[str, object]]) -> list[object]:
    return [message["text"] for message in messages]


@pytest.mark.parametrize("with_redis", [True, False], ids=["with-redis", "without-redis"])
async def test_a_page_at_one_service_sees_what_another_one_answers(
    start_service: StartService, redis: RedisServer, *, with_redis: bool
) -> None:
    one, other = await two_services(start_service, redis.url if with_redis else None)
    chat = await Chat.open(one.http)
    async with chat.events(after=1) as page:
        for text in ("送料は？", "返品は？"):
            await at(other.http, chat).say(text)
            assert texts(await page.messages(2)) == [text, f"答え: {text}"]


async def test_a_page_sees_that_another_service_is_typing(
    start_service: StartService, redis: RedisServer
) -> None:
    one, other = await two_services(start_service, redis.url)
    chat = await Chat.open(one.http)
    async with chat.events(after=1) as page:
        await at(other.http, chat).say("送料は？")
        events = await page.until(lambda seen: len(seen) == 5)
    typing = [event.data for event in events if event.name == "typing"]
    assert typing == [{"from": "bot", "on": True}, {"from": "bot", "on": False}]


async def test_a_page_learns_of_a_new_owner_without_being_told(start_service: StartService) -> None:
    one, _ = await two_services(start_service, None)
    chat = await Chat.open(one.http)
    async with chat.events(after=1) as page:
        assert await owner_seen(page) == "bot"
        async with AsyncSession(one.parts.database) as session, session.begin():
            await session.execute(update(ConversationRow).values(owner=Owner.CLOSED.value))
        assert await owner_seen(page) == "closed"


async def owner_seen(page: EventStream) -> object:
    [event] = await page.until(lambda seen: len(seen) == 1)
    assert event.name == "owner"
    return event.data["owner"]


async def test_no_page_misses_anything_when_redis_is_killed_and_comes_back(
    start_service: StartService, redis: RedisServer
) -> None:
    if not redis.is_real:
        pytest.skip("there is no redis-server: install Debian's package 'redis-server'")
    one, other = await two_services(start_service, redis.url)
    chat = await Chat.open(one.http)
    async with chat.events(after=1) as page:
        await at(other.http, chat).say("前")
        assert texts(await page.messages(2)) == ["前", "答え: 前"]
        redis.kill()
        await at(other.http, chat).say("間")
        await at(other.http, chat).say("間も")
        assert texts(await page.messages(4)) == ["間", "答え: 間", "間も", "答え: 間も"]
        redis.start()
        await at(other.http, chat).say("後")
        assert texts(await page.messages(2)) == ["後", "答え: 後"]


async def test_the_rates_of_two_services_are_counted_together(
    start_service: StartService, redis: RedisServer
) -> None:
    services = [await start_service(redis_url=redis.url, rate_limit_per_minute=2) for _ in range(2)]
    chat = await Chat.open(services[0].http)
    for service in services:
        assert (await at(service.http, chat).send(text="送料は？")).status_code == 200
    for service in services:
        assert (await at(service.http, chat).send(text="送料は？")).status_code == 429


class EngineServer:
    """An engine that all processes ask, and that sees when they ask beside each other."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.most_in_one_conversation = 0
        self.go_on = asyncio.Event()
        self.go_on.set()
        self._busy: Counter[str] = Counter()
        self._changed = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/webhooks/madoguchi/messages", self.answer, methods=["POST"]),
                Route("/webhooks/madoguchi/ready", self.ready),
            ]
        )

    async def answer(self, request: Request) -> JSONResponse:
        asked = await request.json()
        sender, text = asked["sender"], asked["text"]
        self.asked.append(text)
        self._changed.set()
        self._busy[sender] += 1
        self.most_in_one_conversation = max(self.most_in_one_conversation, *self._busy.values())
        await asyncio.sleep(0.01)  # so that another question would be seen beside this one
        await self.go_on.wait()
        self._busy[sender] -= 1
        return JSONResponse(
            {"messages": [rasa_message(f"答え: {text}")], "understanding": UNDERSTOOD}
        )

    async def ready(self, _request: Request) -> JSONResponse:
        return JSONResponse({"model": "one"})

    async def was_asked(self, count: int) -> None:
        """Return when it was asked so often in all."""
        await self._until(lambda: len(self.asked) >= count)

    async def was_asked_about(self, text: str) -> None:
        """Return when it was asked this."""
        await self._until(lambda: text in self.asked)

    async def _until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONG):
            while not reached():
                self._changed.clear()
                await self._changed.wait()


@pytest.fixture
def engine_server() -> EngineServer:
    """The engine behind all processes."""
    return EngineServer()


@pytest.fixture
async def processes(
    database_url: str, engine_server: EngineServer, redis: RedisServer, tmp_path: Path
) -> AsyncIterator[list[ServiceProcess]]:
    """Two services as processes of their own, on one database."""
    async with serving(engine_server.app) as engine_url:
        with ExitStack() as stack:
            running = []
            for name in ("one", "other"):
                folder = tmp_path / name
                folder.mkdir()
                process = service_process(
                    folder,
                    database_url=database_url,
                    engine_url=engine_url,
                    redis_url=redis.url,
                    rate_limit_per_minute="0",
                )
                running.append(stack.enter_context(process))
                await asyncio.to_thread(running[-1].wait_until, running[-1].answers)
            yield running


class Customer:
    """Writes to one service and the other in turn, and to the one that is left."""

    def __init__(self, services: list[httpx.AsyncClient], chat: Chat, name: int) -> None:
        self.services = services
        self.chat = chat
        self.texts = [f"質問{name}-{number}" for number in range(6)]
        self._start = name

    async def write(self) -> None:
        for number, text in enumerate(self.texts):
            attempts = 0
            while not await self._sent(text, f"key-{number}", self._start + number + attempts):
                attempts += 1
                assert attempts < 10

    async def _sent(self, text: str, key: str, turn: int) -> bool:
        http = self.services[turn % len(self.services)]
        headers = {**self.chat.authorization, "Idempotency-Key": key}
        try:
            answer = await http.post(
                f"{self.chat.path}/messages", json={"text": text}, headers=headers
            )
        except httpx.TransportError:
            return False
        assert answer.status_code in {200, 202}, answer.text
        return True


async def test_one_process_is_killed_and_every_message_has_one_answer_in_order(
    processes: list[ServiceProcess], engine_server: EngineServer
) -> None:
    """It dies while it waits for the engine; the other one takes over what it worked on."""
    one, other = processes
    async with (
        httpx.AsyncClient(base_url=one.address, timeout=LONG) as first,
        httpx.AsyncClient(base_url=other.address, timeout=LONG) as second,
    ):
        services = [first, second]
        customers = [
            Customer(services, await Chat.open(services[name % 2]), name) for name in range(8)
        ]
        writing = [asyncio.create_task(customer.write()) for customer in customers]
        await engine_server.was_asked(15)
        engine_server.go_on.clear()
        # Sent to the one that dies, and never again.
        once = await Chat.open(first)
        sending = asyncio.create_task(once.send(text="送料は？"))
        await engine_server.was_asked_about("送料は？")
        one.process.send_signal(signal.SIGKILL)
        with pytest.raises(httpx.TransportError):
            await sending
        engine_server.go_on.set()
        await asyncio.gather(*writing)
        async with at(second, once).events(after=1) as page:
            assert texts(await page.messages(2)) == ["送料は？", "答え: 送料は？"]
        for customer in customers:
            async with at(second, customer.chat).events(after=1) as page:
                transcript = await page.messages(12)
            assert [m["seq"] for m in transcript] == list(range(2, 14))
            said = [m["text"] for m in transcript if m["from"] == "customer"]
            replies = [m["text"] for m in transcript if m["from"] == "bot"]
            assert said == customer.texts
            assert replies == [f"答え: {text}" for text in customer.texts]
    # Once more by the one that took over, unless that one had the lease in the first place.
    assert engine_server.asked.count("送料は？") in {1, 2}
    assert engine_server.most_in_one_conversation == 1
