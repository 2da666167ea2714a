"""The example client, as it is run, on the other side of the real route and the real sender."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from fastapi import FastAPI

from madoguchi.channels.webhook.channel import WebhookChannel
from madoguchi.channels.webhook.events import understand
from madoguchi.channels.webhook.signature import Secrets
from madoguchi.channels.webhook.webhook import router
from madoguchi.clock import SystemClock
from madoguchi.conversations.channel import (
    Delivery,
    Incident,
    Incoming,
    RawEvent,
    Recipient,
    Result,
)
from madoguchi.problems import handle_problems
from madoguchi.settings import PROJECT
from tests.channels.webhook.conftest import ANSWER, CUSTOMER, PATIENT, TLS, a_delivery
from tests.channels.webhook.other import OLD_SECRET, SECRET
from tests.support.server import serving

FOLDER = PROJECT / "examples" / "webhook_client"
# The example's clock is the machine's, so ours has to be.
CLOCK = SystemClock()
# Longer than anything here takes.
PATIENCE = 30


class Terminal:
    """The example client in its own process: what it prints, and a keyboard."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> str:
        """Return the next line that is printed."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            return (await self._process.stdout.readline()).decode().rstrip("\n")

    def type(self, text: str) -> None:
        """Type a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{text}\n".encode())

    async def leave(self) -> tuple[int, str]:
        """End the input; returns the exit code and what is printed until then."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            rest = await self._process.stdout.read()
            return await self._process.wait(), rest.decode()


@asynccontextmanager
async def terminal(madoguchi: str, secret: str = SECRET) -> AsyncIterator[tuple[Terminal, str]]:
    """Run the example; gives it and the address at which it takes calls."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-W", "error", str(FOLDER / "client.py"), "--listen", "0", "--madoguchi", madoguchi),
        *("--user", CUSTOMER.external_id),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "WEBHOOK_SECRET": secret, "PYTHONIOENCODING": "utf-8"},
    )
    try:
        shown = Terminal(process)
        yield shown, (await shown.line()).removeprefix("listening on ")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.fixture
def arrived() -> asyncio.Queue[RawEvent]:
    """What Madoguchi stored."""
    return asyncio.Queue()


@pytest.fixture
async def madoguchi(arrived: asyncio.Queue[RawEvent]) -> AsyncIterator[str]:
    """Where Madoguchi takes events."""

    async def store(channel: str, events: list[RawEvent]) -> None:
        for event in events:
            arrived.put_nowait(event)

    app = FastAPI()
    app.include_router(router(Secrets.read(SECRET), CLOCK, store, max_text_length=20))
    handle_problems(app)
    async with serving(app) as address:
        yield address


@asynccontextmanager
async def channel_to(url: str) -> AsyncIterator[WebhookChannel]:
    channel = WebhookChannel(
        url, Secrets.read(SECRET), CLOCK, open_loopback=True, bounds=PATIENT, tls=TLS
    )
    try:
        yield channel
    finally:
        await channel.close()


async def test_a_question_an_answer_and_a_tap(
    madoguchi: str, arrived: asyncio.Queue[RawEvent]
) -> None:
    async with terminal(madoguchi) as (shown, url), channel_to(url) as channel:
        shown.type("送料っていくら？")
        async with asyncio.timeout(PATIENCE):
            question = await arrived.get()
        assert question.user == CUSTOMER.external_id
        assert understand(question) == Incoming(
            Incident.TEXT, "送料っていくら？", message_id=question.event_id
        )
        await channel.sender.thinking(CUSTOMER)
        assert await shown.line() == "  ..."
        assert (await channel.sender.deliver(a_delivery())).result is Result.SENT
        assert await shown.line() == f"< {ANSWER.text}"
        assert await shown.line() == f"  [1] {ANSWER.choices[0].title}"
        shown.type("1")
        async with asyncio.timeout(PATIENCE):
            tap = await arrived.get()
        assert understand(tap).choice_id == ANSWER.choices[0].id
        assert await shown.leave() == (0, "")


async def test_a_delivery_that_comes_twice_is_shown_once(madoguchi: str) -> None:
    async with terminal(madoguchi) as (shown, url), channel_to(url) as channel:
        for attempt in (1, 2):
            again = a_delivery(attempt=attempt, unsure=attempt > 1)
            assert (await channel.sender.deliver(again)).result is Result.SENT
        code, printed = await shown.leave()
        assert code == 0
        assert printed.count(ANSWER.text) == 1


async def test_it_takes_nothing_that_is_not_signed_with_its_secret(madoguchi: str) -> None:
    async with terminal(madoguchi, OLD_SECRET) as (shown, url), channel_to(url) as channel:
        outcome = await channel.sender.deliver(a_delivery())
        assert (outcome.result, outcome.code) == (Result.REFUSED, "refused_signature")
        shown.type("こんにちは")
        refusal = await shown.line()
        assert refusal.startswith("! not sent: 401")
        assert json.loads(refusal.removeprefix("! not sent: 401 "))["code"] == "signature_invalid"


async def test_it_takes_two_secrets_while_one_is_replaced(madoguchi: str) -> None:
    async with (
        terminal(madoguchi, f"{OLD_SECRET} {SECRET}") as (shown, url),
        channel_to(url) as channel,
    ):
        assert (await channel.sender.deliver(a_delivery())).result is Result.SENT
        assert await shown.line() == f"< {ANSWER.text}"


async def test_it_says_that_a_customer_is_not_its_own(madoguchi: str) -> None:
    async with terminal(madoguchi) as (_, url), channel_to(url) as channel:
        stranger: Delivery = a_delivery(
            recipient=Recipient("webhook", "somebody-else", "conversation-2"), retry_key=uuid4()
        )
        assert (await channel.sender.deliver(stranger)).result is Result.UNWANTED


async def test_it_shows_why_an_event_is_refused(madoguchi: str) -> None:
    async with terminal(madoguchi) as (shown, _):
        shown.type("あ" * 21)
        assert await shown.line() == "! refused: text_too_long text"
