"""Whatever is asked of whatever address, a refusal has the problem's shape."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from madoguchi.app import create_app
from madoguchi.settings import Settings
from tests.conftest import StartService
from tests.support.chat import Chat
from tests.support.engine import ScriptedEngine
from tests.support.problems import assert_problem
from tests.support.server import LiveService

# Not a refusal of a request but a report on the service; its shape is the API's own.
REPORTS = {"/readyz"}


@dataclass(frozen=True)
class Endpoint:
    """A method at an address, as the application lists it."""

    method: str
    path: str

    @property
    def address(self) -> str:
        """An address that the endpoint answers."""
        named = self.path.replace("{id}", "unknown").replace("{site}", "unknown")
        return f"{named}/unknown" if named == "/static" else named


def every_endpoint() -> list[Endpoint]:
    app = create_app(Settings(env="test"), ScriptedEngine())
    found = []
    for route in iter_route_contexts(app.routes):
        methods = route.methods or {"GET"}
        found += [Endpoint(method, str(route.path)) for method in sorted(methods - {"HEAD"})]
    return found


ENDPOINTS = every_endpoint()
every = pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda e: f"{e.method} {e.path}")


def test_all_endpoints_are_found() -> None:
    assert {endpoint.path for endpoint in ENDPOINTS} >= {
        "/api/v1/conversations",
        "/api/v1/conversations/{id}/messages",
        "/api/v1/conversations/{id}/events",
        "/widget.js",
        "/demo/{site}",
        "/static",
        "/readyz",
    }


@every
async def test_a_wrong_request_is_refused_as_a_problem(
    service: LiveService, endpoint: Endpoint
) -> None:
    http, address = service.http, endpoint.address
    assert_problem(await http.request("PROPFIND", address), 405, "method_not_allowed")
    assert_problem(await http.get(f"{address.rstrip('/')}/no/where"), 404, "not_found")
    large = await http.request(endpoint.method, address, content=b" " * 70_000)
    if address.endswith("/files"):  # may be large, from those who may send any
        assert large.status_code in {401, 403}
    else:
        assert_problem(large, 413, "body_too_large")
    for body in (b"", b"{", b"\xff", b"null", b'{"unknown": 1}'):
        answer = await http.request(
            endpoint.method, address, content=body, headers={"Content-Type": "application/json"}
        )
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert_problem(answer, answer.status_code)


@every
async def test_a_request_that_fails_is_answered_with_a_problem(
    service: LiveService, endpoint: Endpoint
) -> None:
    """Even when a table is gone: without a word of what went wrong."""
    chat = await Chat.open(service.http)
    async with service.parts.database.begin() as connection:
        for table in ("labels", "inbox", "choices", "messages", "conversations"):
            await connection.execute(text(f"ALTER TABLE {table} RENAME TO gone_{table}"))
    answer = await service.http.request(
        endpoint.method,
        endpoint.path.replace("{id}", chat.id).replace("{site}", "store"),
        headers=chat.authorization | {"Idempotency-Key": "1"},
        json={"text": "送料は？"} if "messages" in endpoint.path else {},
    )
    if "conversations" in endpoint.path:
        assert_problem(answer, 500, "internal")
        assert "table" not in answer.text
    elif answer.status_code >= 400 and endpoint.path not in REPORTS:
        assert_problem(answer, answer.status_code)


async def test_without_its_demonstration_the_service_has_no_demo_pages(
    start_service: StartService,
) -> None:
    service = await start_service(
        env="production",
        identity_secret="the-shops-own-secret-is-32-characters-or-more",
        allowed_origins="https://shop.example.jp",
    )
    for path in ("/", "/demo/store", "/demo/rental"):
        assert_problem(await service.http.get(path), 404, "not_found")
    assert (await service.http.get("/widget.js")).status_code == 200


async def test_an_address_that_no_database_could_hold_is_not_found(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    headers = chat.authorization | {"Idempotency-Key": "1"}
    for name in ("%00", "%ED%A0%80", "x" * 3000, "..%2F..", "%F0%9F%98%80", "'"):
        path = f"/api/v1/conversations/{name}"
        events = await service.http.get(f"{path}/events", headers=headers)
        sent = await service.http.post(f"{path}/messages", json={"text": "x"}, headers=headers)
        for answer in (events, sent):
            assert_problem(answer, 404)
