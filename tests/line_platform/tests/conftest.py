"""The platform, a tiny bot behind it, and a client with the bot's token."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.people import DEMO_SECRET, DEMO_TOKEN
from tests.line_platform.tests.bot import TinyBot
from tests.support.server import client_of, serving


@pytest.fixture(autouse=True)
def no_server_has_failed(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which a server noted an error that no client has seen."""
    yield
    noted = [*caplog.get_records("setup"), *caplog.get_records("call")]
    assert [each.getMessage() for each in noted if each.levelno >= logging.ERROR] == []


@pytest.fixture
async def bot() -> TinyBot:
    """A bot that takes every webhook."""
    return TinyBot(DEMO_SECRET)


@pytest.fixture
async def line(bot: TinyBot) -> AsyncIterator[FakeLine]:
    """The platform, connected with the bot."""
    async with serving(bot.app) as address, FakeLine(f"{address}/webhook") as line:
        yield line


@pytest.fixture
async def hana(line: FakeLine) -> Customer:
    """A customer who is the bot's friend."""
    return line.user("佐藤 花子")


@pytest.fixture
async def api(line: FakeLine) -> AsyncIterator[httpx.AsyncClient]:
    """The API as the bot calls it."""
    async with client_of(line.url, Authorization=f"Bearer {DEMO_TOKEN}") as client:
        yield client


def text(words: str = "こんにちは") -> dict[str, Any]:
    """Return a text message."""
    return {"type": "text", "text": words}


def push(to: str, *messages: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a push message."""
    return {"to": to, "messages": list(messages or (text(),))}


def reply(token: str, *messages: dict[str, Any]) -> dict[str, Any]:
    """Return the body of a reply."""
    return {"replyToken": token, "messages": list(messages or (text(),))}


PUSH = "/v2/bot/message/push"
REPLY = "/v2/bot/message/reply"
