"""The sandbox: its requests, its command, and its page in a browser with a bot behind it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from madoguchi.settings import PROJECT
from tests.line_platform.__main__ import main
from tests.line_platform.app import create_app
from tests.line_platform.clock import LineClock
from tests.line_platform.line import Line
from tests.line_platform.people import (
    DEMO_SECRET,
    DEMO_TOKEN,
    Channel,
    channel_from_environment,
)
from tests.line_platform.sandbox.pages import Sandbox
from tests.line_platform.tests.echo import EchoBot
from tests.support.server import client_of, serving


@dataclass(frozen=True)
class Running:
    """A served sandbox and its bot."""

    line: Line
    bot: EchoBot
    url: str


@pytest.fixture
async def sandbox() -> AsyncIterator[Running]:
    """The sandbox with a bot, two customers and a clock that runs."""
    bot = EchoBot()
    async with serving(bot.app) as address:
        line = Line(Channel(bot_url=f"{address}/webhook"), LineClock(running=True))
        for name in ("佐藤 花子", "鈴木 一郎"):
            line.user(name)
        async with serving(create_app(line, Sandbox(line).routes())) as url:
            bot.api_url = url
            yield Running(line, bot, url)
            await line.close()


async def test_the_page_allows_nothing_but_its_own_and_pictures(sandbox: Running) -> None:
    async with client_of(sandbox.url) as browser:
        answer = await browser.get("/")
        assert (await browser.get("/static/tokens.css")).status_code == 200
        assert (await browser.get("/static/../app.py")).status_code == 404
        assert (await browser.get("/static/app.py")).status_code == 404
    policy = dict(
        each.strip().split(" ", 1) for each in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert "style=" not in answer.text
    assert "<script>" not in answer.text


async def test_no_form_of_another_site_can_act(sandbox: Running) -> None:
    [hana, _] = sandbox.line.customers
    async with client_of(sandbox.url) as browser:
        for headers in ({"Content-Type": "text/plain"}, {}):
            answer = await browser.post(
                f"/sandbox/users/{hana.id}/says", content=b'{"text": "a"}', headers=headers
            )
            assert answer.status_code == 415
        assert (
            await browser.post(f"/sandbox/users/{hana.id}/media", content=b"a")
        ).status_code == 415
    assert hana.chat == []


async def test_who_or_what_is_unknown_is_not_found(sandbox: Running) -> None:
    [hana, _] = sandbox.line.customers
    async with client_of(sandbox.url) as browser:
        assert (await browser.post("/sandbox/users/U0/says", json={})).status_code == 404
        assert (await browser.post(f"/sandbox/users/{hana.id}/sings", json={})).status_code == 404
        assert (await browser.get("/sandbox/content/1")).status_code == 404
        assert (await browser.get("/sandbox/richmenu/1")).status_code == 404


@asynccontextmanager
async def started(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Start the command and end it for sure."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.line_platform", "--port", "0", *arguments),
        cwd=PROJECT,
        stdout=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_the_command_serves_until_it_is_told_to_stop() -> None:
    async with started("--bot", "http://127.0.0.1:9/hook", "--quota", "7") as process:
        assert process.stdout is not None
        lines = [(await process.stdout.readline()).decode() for _ in range(3)]
        assert "http://127.0.0.1:9/hook" in lines[0]
        address = lines[2].split()[-1]
        async with client_of(address, Authorization=f"Bearer {DEMO_TOKEN}") as client:
            assert (await client.get("/v2/bot/message/quota")).json()["value"] == 7
            async with client.stream("GET", "/sandbox/changes") as changes:
                assert (await anext(changes.aiter_lines())).startswith("data: ")
                process.send_signal(signal.SIGINT)
                assert await process.wait() == 0


def test_a_taken_port_is_said_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port)]) == 2
    assert f"port {port} cannot be used" in capsys.readouterr().err


def test_secret_and_token_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = channel_from_environment(None)
    assert (channel.secret, channel.token) == (DEMO_SECRET, DEMO_TOKEN)
    monkeypatch.setenv("MADOGUCHI_LINE_CHANNEL_SECRET", "own secret")
    monkeypatch.setenv("MADOGUCHI_LINE_ACCESS_TOKEN", "own token")
    channel = channel_from_environment("http://127.0.0.1:8080/line/webhook")
    assert (channel.secret, channel.token) == ("own secret", "own token")


def test_the_page_carries_no_picture_of_anybody_s_brand() -> None:
    static = Path(__file__).resolve().parents[1] / "static"
    assert {path.suffix for path in static.iterdir()} == {".html", ".css", ".js"}
