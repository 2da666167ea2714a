"""What every request passes: headers on each answer, a limit to bodies, a line in the log."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from tests.conftest import StartService
from tests.support.chat import Chat
from tests.support.logs import printed_logs
from tests.support.problems import assert_problem
from tests.support.server import LiveService

CONVERSATIONS = "/api/v1/conversations"
JSON = {"Content-Type": "application/json"}
ORIGIN = {"Origin": "https://shop.example.jp"}
LIMIT = 65536


def assert_guarded(answer: httpx.Response) -> None:
    """Check the headers that protect a browser."""
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    assert answer.headers["permissions-policy"] == "camera=(), microphone=(), geolocation=()"
    assert "server" not in answer.headers
    if answer.request.url.path.startswith("/api/"):
        assert answer.headers["cache-control"] == "no-store"


async def broken(service: LiveService) -> None:
    """Take a table away, so that whoever needs it fails without being prepared for it."""
    async with service.parts.database.begin() as connection:
        await connection.execute(text("DROP TABLE messages"))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/demo/store", 200),
        ("GET", "/widget.js", 200),
        ("GET", "/static/demo.css", 200),
        ("GET", "/healthz", 200),
        ("GET", "/metrics", 200),
        ("GET", "/api/v1/openapi.json", 200),
        ("GET", "/nowhere", 404),
        ("GET", "/static/nowhere", 404),
        ("DELETE", "/healthz", 405),
        ("POST", f"{CONVERSATIONS}/", 307),
        ("POST", CONVERSATIONS, 422),
        ("POST", f"{CONVERSATIONS}/x/messages", 401),
        ("GET", f"{CONVERSATIONS}/x/events", 401),
    ],
)
async def test_every_answer_protects_the_browser(
    service: LiveService, method: str, path: str, status: int
) -> None:
    answer = await service.http.request(method, path)
    assert answer.status_code == status
    assert_guarded(answer)


async def test_answers_to_customers_protect_the_browser(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    assert_guarded(await chat.send(text="送料は？"))
    async with chat.events() as stream:
        assert_guarded(stream.response)


async def test_answers_to_other_origins_protect_the_browser(service: LiveService) -> None:
    asked = ORIGIN | {"Access-Control-Request-Method": "POST"}
    preflight = await service.http.options(CONVERSATIONS, headers=asked)
    assert preflight.status_code == 200
    assert_guarded(preflight)
    opened = await service.http.post(CONVERSATIONS, json={}, headers=ORIGIN)
    assert opened.headers["access-control-allow-origin"] == "*"
    assert_guarded(opened)


async def test_an_answer_that_nobody_foresaw_protects_the_browser_too(
    service: LiveService,
) -> None:
    await broken(service)
    answer = await service.http.post(CONVERSATIONS, json={}, headers=ORIGIN)
    assert_problem(answer, 500, "internal")
    assert_guarded(answer)
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_only_the_shops_pages_may_use_the_chat(start_service: StartService) -> None:
    service = await start_service(allowed_origins="https://shop.example.jp")
    right = await service.http.post(CONVERSATIONS, json={}, headers=ORIGIN)
    assert right.headers["access-control-allow-origin"] == ORIGIN["Origin"]
    strange = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    refused = await service.http.options(CONVERSATIONS, headers=strange)
    assert refused.status_code == 400
    assert "access-control-allow-origin" not in refused.headers


async def test_a_page_keeps_the_headers_of_its_own(service: LiveService) -> None:
    widget = await service.http.get("/widget.js")
    assert widget.headers["cache-control"] == "public, max-age=300"
    assert widget.headers["cross-origin-resource-policy"] == "cross-origin"


async def chunks(size: int) -> AsyncIterator[bytes]:
    """Send a body whose length is not known beforehand."""
    yield b"{}"
    for _ in range(size // 1024):
        yield b" " * 1024


@pytest.mark.parametrize("path", [CONVERSATIONS, f"{CONVERSATIONS}/x/messages"])
async def test_a_body_that_says_to_be_too_large_is_refused(service: LiveService, path: str) -> None:
    answer = await service.http.post(path, content=b" " * (LIMIT + 1), headers=JSON)
    assert_problem(answer, 413, "body_too_large")
    assert_guarded(answer)


@pytest.mark.parametrize("path", [CONVERSATIONS, f"{CONVERSATIONS}/x/messages"])
async def test_a_body_that_turns_out_too_large_is_refused(service: LiveService, path: str) -> None:
    answer = await service.http.post(path, content=chunks(2 * LIMIT), headers=JSON)
    assert_problem(answer, 413, "body_too_large")
    assert_guarded(answer)


async def test_a_body_within_the_limit_is_taken_however_it_is_sent(service: LiveService) -> None:
    whole = b"{}" + b" " * (LIMIT - 2)
    assert (await service.http.post(CONVERSATIONS, content=whole, headers=JSON)).status_code == 201
    parts = chunks(LIMIT // 2)
    assert (await service.http.post(CONVERSATIONS, content=parts, headers=JSON)).status_code == 201


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What the service's own logging prints."""
    with printed_logs("INFO") as printed:
        yield printed


def requests_in(printed: io.StringIO) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in printed.getvalue().splitlines()]
    return [line for line in lines if line.get("logger") == "request"]


async def test_a_request_is_logged_by_its_route_and_never_by_what_it_said(
    log_lines: io.StringIO, start_service: StartService
) -> None:
    service = await start_service()
    chat = await Chat.open(service.http)
    await chat.say("届いた時計の針が止まっています", key="my-own-key")
    async with chat.events(after=0) as stream:
        await stream.messages(1)
    await service.http.get("/demo/store", params={"as": "ALLU-1001"})
    await service.http.get(f"/nowhere/{chat.id}")
    await broken(service)
    await chat.send(text="電話は090-1234-5678です")
    # Its line comes when the stream has ended.
    service.parts.streams.close()
    await service.http.get("/healthz")
    found = {(line["method"], line["route"], line["status"]) for line in requests_in(log_lines)}
    assert found >= {
        ("POST", "/api/v1/conversations", 201),
        ("POST", "/api/v1/conversations/{id}/messages", 200),
        ("POST", "/api/v1/conversations/{id}/messages", 500),
        ("GET", "/api/v1/conversations/{id}/events", 200),
        ("GET", "/demo/{site}", 200),
        ("GET", "-", 404),
        ("GET", "/healthz", 200),
    }
    printed = log_lines.getvalue()
    assert all("duration_ms" in line for line in requests_in(log_lines))
    for line in requests_in(log_lines):
        assert chat.id not in json.dumps(line)
    for secret in (chat.token, "針", "090-1234", "my-own-key", "ALLU-1001"):
        assert secret not in printed


async def test_each_request_has_an_id_of_its_own_in_the_log(
    log_lines: io.StringIO, start_service: StartService
) -> None:
    service = await start_service()
    for _ in range(3):
        await service.http.get("/healthz")
    lines = requests_in(log_lines)
    assert len({line["request_id"] for line in lines}) == len(lines) == 3
