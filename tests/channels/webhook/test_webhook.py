"""The route over real HTTP: what is not signed leaves no trace, what is signed is answered."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.channels.webhook.signature import SIGNATURE, TIMESTAMP, signed
from madoguchi.channels.webhook.webhook import router
from madoguchi.conversations.channel import RawEvent
from madoguchi.guards import BodyLimit, LastResort
from madoguchi.problems import handle_problems
from tests.channels.webhook.conftest import CLOCK, NOW
from tests.channels.webhook.events_by_hand import a_body, an_event
from tests.channels.webhook.other import SECRETS
from tests.support.problems import assert_problem
from tests.support.server import client_of, serving

PATH = "/webhook/v1/events"
SHARED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)


class Kept:
    """What was stored."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, list[RawEvent]]] = []
        self.away = False

    async def __call__(self, channel: str, events: list[RawEvent]) -> None:
        if self.away:
            raise ConnectionError("the database is away")
        self.stored.append((channel, events))

    @property
    def ids(self) -> list[str]:
        return [event.event_id for _, events in self.stored for event in events]


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
async def http(kept: Kept) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(router(SECRETS, CLOCK, kept, max_text_length=5000))
    handle_problems(app)
    app.add_middleware(BodyLimit, limit=65536)
    app.add_middleware(LastResort)
    async with serving(app) as address, client_of(address) as client:
        yield client


async def post(http: httpx.AsyncClient, body: bytes, **changed: str) -> httpx.Response:
    headers = signed(SECRETS, "msg_1", NOW, body) | changed
    return await http.post(PATH, content=body, headers=headers)


async def test_signed_events_are_stored_in_order_and_answered_one_by_one(
    http: httpx.AsyncClient, kept: Kept
) -> None:
    answer = await post(http, a_body(an_event(id="a"), an_event(id="b", text=""), an_event(id="c")))
    assert answer.status_code == 200
    assert answer.json() == {
        "events": [
            {"id": "a", "accepted": True, "reason": None, "where": None},
            {"id": "b", "accepted": False, "reason": "invalid", "where": "text"},
            {"id": "c", "accepted": True, "reason": None, "where": None},
        ]
    }
    [(channel, events)] = kept.stored
    assert channel == "webhook"
    assert [event.event_id for event in events] == ["a", "c"]


async def test_a_call_without_signature_is_refused_and_nothing_stored(
    http: httpx.AsyncClient, kept: Kept
) -> None:
    answer = await http.post(PATH, content=a_body(an_event()))
    assert_problem(answer, 401, "signature_missing")
    assert kept.stored == []


async def test_a_call_with_another_s_signature_is_refused_and_nothing_stored(
    http: httpx.AsyncClient, kept: Kept
) -> None:
    answer = await post(http, a_body(an_event()), **{SIGNATURE: "v1,AAAA"})
    assert_problem(answer, 401, "signature_invalid")
    assert kept.stored == []


async def test_a_call_that_was_recorded_and_played_again_later_is_refused(
    http: httpx.AsyncClient, kept: Kept
) -> None:
    body = a_body(an_event())
    old = signed(SECRETS, "msg_1", NOW - timedelta(minutes=6), body)
    assert_problem(await http.post(PATH, content=body, headers=old), 401, "signature_expired")
    assert kept.stored == []


@given(body=st.binary(max_size=200), data=st.data())
@SHARED
async def test_changed_bytes_are_refused_on_the_wire(
    http: httpx.AsyncClient, kept: Kept, body: bytes, data: st.DataObject
) -> None:
    headers = signed(SECRETS, "msg_1", NOW, a_body(an_event()))
    changed = data.draw(st.sampled_from([body, a_body(an_event()) + body]))
    answer = await http.post(PATH, content=changed, headers=headers)
    if changed == a_body(an_event()):
        assert answer.status_code == 200
        kept.stored.clear()
    else:
        assert_problem(answer, 401, "signature_invalid")
        assert kept.stored == []


@given(body=st.binary(max_size=300))
@SHARED
async def test_whatever_is_signed_is_answered(
    http: httpx.AsyncClient, kept: Kept, body: bytes
) -> None:
    assert_problem(await post(http, body), 400, "body_invalid")
    assert kept.stored == []


async def test_the_bytes_count_and_not_what_they_mean(http: httpx.AsyncClient) -> None:
    body = b'{ "events" : [ ] }'
    assert (await post(http, body)).status_code == 200
    headers = signed(SECRETS, "msg_1", NOW, body)
    same = json.dumps(json.loads(body)).encode()
    assert_problem(await http.post(PATH, content=same, headers=headers), 401)


async def test_every_event_may_be_refused_and_the_call_still_succeeds(
    http: httpx.AsyncClient, kept: Kept
) -> None:
    answer = await post(http, a_body(None))
    assert answer.json()["events"][0]["accepted"] is False
    assert kept.stored == []


async def test_a_body_above_the_limit_is_refused(http: httpx.AsyncClient, kept: Kept) -> None:
    answer = await post(http, a_body(an_event(padding="x" * 2 * 1024 * 1024)))
    assert_problem(answer, 413, "body_too_large")
    assert kept.stored == []


async def test_nothing_is_acknowledged_that_could_not_be_stored(
    http: httpx.AsyncClient, kept: Kept
) -> None:
    kept.away = True
    assert_problem(await post(http, a_body(an_event())), 500, "internal")
    kept.away = False
    assert (await post(http, a_body(an_event()))).status_code == 200
    assert kept.ids == ["event-1"]


@pytest.mark.parametrize("time", ["", "soon", "-1", "1e9", "99999999999999999999", "1764558000.5"])
async def test_an_odd_time_is_refused(http: httpx.AsyncClient, kept: Kept, time: str) -> None:
    answer = await post(http, a_body(an_event()), **{TIMESTAMP: time})
    assert_problem(answer, 401)
    assert kept.stored == []


async def test_our_own_calls_are_no_events(http: httpx.AsyncClient, kept: Kept) -> None:
    # One secret serves both directions: a call of ours that is sent back must do nothing.
    ours: dict[str, Any] = {"type": "messages", "user": {"id": "a"}, "messages": []}
    assert_problem(await post(http, json.dumps(ours).encode()), 400, "body_invalid")
    assert kept.stored == []
