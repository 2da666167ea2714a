"""What holds the API against its description notices what is not as it is described."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from tests.systems.http.described import Described

PROBLEM = {"type": "about:blank", "title": "x", "status": 404, "code": "not_found"}
ORDER = "/orders/A-20261120-0001"
KEY = {"Authorization": "Bearer x", "Idempotency-Key": "k"}
MADE = JSONResponse({"number": "C-1", "at": "2026-12-01T10:00:00+09:00"})


def problem(status: int, code: str = "not_found") -> Response:
    body = PROBLEM | {"code": code}
    return JSONResponse(body, status, media_type="application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "headers", "answer", "deviation"),
    [
        ("GET", "/nowhere", KEY, problem(404), "not described"),
        ("DELETE", ORDER, KEY, problem(404), "not described"),
        ("GET", ORDER, KEY, problem(418), "status is not described"),
        ("GET", ORDER, KEY, JSONResponse(PROBLEM, 404), "application/json is not described"),
        ("GET", ORDER, KEY, problem(404, "gone"), "code"),
        ("GET", ORDER, KEY, JSONResponse({"number": "A-20261120-0001"}), "required"),
        ("GET", ORDER, KEY, Response("{", media_type="application/json"), "JSONDecodeError"),
        ("GET", "/status", {}, JSONResponse({"status": "ok"}), "no bearer token"),
        ("GET", "/orders", KEY, JSONResponse({"orders": []}), "string"),
        ("POST", f"{ORDER}/cancellation", {"Authorization": "Bearer x"}, MADE, "string"),
    ],
)
async def test_a_deviation_is_noticed(
    method: str, path: str, headers: dict[str, str], answer: Response, deviation: str
) -> None:
    described = await passed(method, path, headers, answer)
    assert any(deviation in found for found in described.deviations)


@pytest.mark.parametrize(
    ("method", "path", "answer"),
    [
        ("GET", "/status", JSONResponse({"status": "ok"})),
        ("GET", ORDER, problem(404)),
        ("GET", "/orders?member_id=ALLU-1001", JSONResponse({"orders": []})),
        ("POST", f"{ORDER}/cancellation", MADE),
    ],
)
async def test_what_is_described_passes(method: str, path: str, answer: Response) -> None:
    assert (await passed(method, path, KEY, answer)).deviations == []


async def passed(method: str, path: str, headers: dict[str, Any], answer: Response) -> Described:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()
        await answer(scope, receive, send)

    described = Described(app)
    transport = httpx.ASGITransport(described)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as http:
        await http.request(method, path, headers=headers)
    return described
