"""The reference server shows tokens, keys, problems, and answers that tell nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import FixedClock
from madoguchi.database import open_database
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.reference import create_reference_app
from tests.support.server import client_of, serving
from tests.support.shop import EMAIL, MEMBER, NOW, ORDER, PHONE
from tests.systems.http.described import faults_of, operations
from tests.systems.http.served import TOKEN

AUTHORIZED = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def address(database: AsyncEngine) -> AsyncIterator[str]:
    """Where a server is that may also be asked for what is not described."""
    systems = EmbeddedSystems(database, FixedClock(NOW))
    async with serving(create_reference_app(systems, TOKEN)) as address:
        yield address


@pytest.fixture
async def http(address: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client that has the token."""
    async with client_of(address, **AUTHORIZED) as http:
        yield http


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json()["code"] == code
    assert answer.json()["status"] == status
    assert faults_of(answer.json(), {"$ref": "#/components/schemas/Problem"}) == []


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"bearer {TOKEN}"},
        {"Authorization": TOKEN},
        {"Authorization": b"Bearer \xe9\xff"},
        {"Cookie": f"token={TOKEN}"},
    ],
    ids=range(7),
)
async def test_without_the_token_nothing_is_told(address: str, given: dict[str, Any]) -> None:
    async with client_of(address) as http:
        for path, method, _ in operations():
            answer = await http.request(method, path, headers=given, content=b"{")
            assert_problem(answer, 401, "unauthorized")
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_what_is_told_is_kept_by_no_cache(http: httpx.AsyncClient) -> None:
    answer = await http.get(f"/orders/{ORDER}")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"


async def test_unknown_and_not_theirs_are_the_same_answer(http: httpx.AsyncClient) -> None:
    answers = [
        await http.post("/orders/verification", json={"number": number, "contact": contact})
        for number, contact in [
            (ORDER, "09099999999"),
            (ORDER, "no contact at all"),
            ("A-20261120-9999", PHONE),
            ("A-20261120-9999", "09099999999"),
        ]
    ]
    bodies = {answer.content for answer in answers}
    assert bodies == {b'{"order":null}'}
    assert {answer.status_code for answer in answers} == {200}
    headers = [{k: v for k, v in a.headers.items() if k != "date"} for a in answers]
    assert all(one == headers[0] for one in headers)
    right = await http.post("/orders/verification", json={"number": ORDER, "contact": PHONE})
    assert right.json()["order"]["number"] == ORDER


async def test_a_contact_is_in_no_address(http: httpx.AsyncClient) -> None:
    answer = await http.get("/orders/verification", params={"number": ORDER, "contact": PHONE})
    assert answer.status_code in {405, 422}
    assert PHONE not in answer.text


async def test_a_repeated_change_is_answered_as_before(http: httpx.AsyncClient) -> None:
    path, key = f"/orders/{ORDER}/cancellation", {"Idempotency-Key": "cancel-1"}
    first = await http.post(path, headers=key)
    assert first.status_code == 200
    assert (await http.post(path, headers=key)).content == first.content
    another = await http.post(path, headers={"Idempotency-Key": "cancel-2"})
    assert_problem(another, 409, "not_allowed")


async def test_a_key_of_another_change_is_refused(http: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "one-key"}
    assert (await http.post(f"/orders/{ORDER}/cancellation", headers=key)).status_code == 200
    wish = {"wish": "黒い鞄", "email": EMAIL}
    assert_problem(await http.post("/restock-requests", headers=key, json=wish), 422, "key_reused")


@pytest.mark.parametrize("key", [None, "", "k" * 129, "a b"])
async def test_a_change_without_a_proper_key_is_not_made(
    http: httpx.AsyncClient, key: str | None
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = await http.post(f"/orders/{ORDER}/cancellation", headers=headers)
    assert_problem(answer, 422, "invalid")
    assert (await http.get(f"/orders/{ORDER}")).json()["state"] == "pending"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"", "application/json"),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"number": "A-20261120-0001"}', "application/json"),
        (b'{"number": "A-1", "contact": "09012345678"}', "application/json"),
        (b'{"number": "A-20261120-0001", "contact": 9012345678}', "application/json"),
        (b'{"number": "A-20261120-0001", "contact": "09012345678"}', "text/plain"),
        (b"number=A-20261120-0001&contact=09012345678", "application/x-www-form-urlencoded"),
    ],
    ids=range(8),
)
async def test_what_is_invalid_is_named_and_not_repeated(
    http: httpx.AsyncClient, content: bytes, media_type: str
) -> None:
    answer = await http.post(
        "/orders/verification", content=content, headers={"Content-Type": media_type}
    )
    assert_problem(answer, 422, "invalid")
    assert "9012345678" not in answer.text


async def test_an_unknown_address_does_not_say_that_there_is_no_order(
    http: httpx.AsyncClient,
) -> None:
    assert_problem(await http.get("/v1/orders/A-20261120-0001"), 404, "invalid")
    assert_problem(await http.get("/orders/A-20261120-9999"), 404, "not_found")
    assert_problem(await http.delete(f"/orders/{ORDER}"), 405, "invalid")


async def test_a_question_for_a_hundred_years_of_free_times_is_cut(
    http: httpx.AsyncClient,
) -> None:
    days = {"store": "ALLU銀座店", "first": "2026-12-01", "last": "9999-12-31"}
    assert (await http.get("/free-slots", params=days)).json() == {"slots": []}
    days |= {"first": "9999-12-30"}
    assert (await http.get("/free-slots", params=days)).json() == {"slots": []}


async def test_a_body_that_is_too_large_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post("/orders/verification", content=b" " * 2_000_000)
    assert answer.status_code == 413


async def test_a_database_that_is_away_is_told_as_unavailable() -> None:
    empty = open_database("sqlite+aiosqlite://")
    app = create_reference_app(EmbeddedSystems(empty, FixedClock(NOW)), TOKEN)
    async with serving(app) as address, client_of(address, **AUTHORIZED) as http:
        for path in ("/status", f"/orders/{ORDER}", f"/orders?member_id={MEMBER}"):
            answer = await http.get(path)
            assert_problem(answer, 503, "unavailable")
            assert answer.headers["Retry-After"] == "1"
    await empty.dispose()
