"""LINE's stand-in with a bot that takes its webhooks, a customer, and the client under test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from madoguchi.channels.line.client import LineClient
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.people import DEMO_SECRET, DEMO_TOKEN
from tests.line_platform.tests.bot import TinyBot
from tests.support.server import serving

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
async def line() -> AsyncIterator[FakeLine]:
    """LINE's stand-in; webhooks are taken by a bot that only keeps them."""
    async with (
        serving(TinyBot(DEMO_SECRET).app) as bot,
        FakeLine(f"{bot}/webhook", now=NOW) as line,
    ):
        yield line


@pytest.fixture
async def hana(line: FakeLine) -> Customer:
    """A customer who is the account's friend."""
    return line.user("佐藤 花子")


@pytest.fixture
async def client(line: FakeLine) -> AsyncIterator[LineClient]:
    """The client, pointed at the stand-in."""
    client = LineClient(DEMO_TOKEN, url=line.url, data_url=line.data_url)
    yield client
    await client.close()
