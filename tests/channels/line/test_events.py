"""Webhooks are taken apart into events; whatever is odd about one, the others are there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.line.events import MalformedWebhookError, raw_events
from madoguchi.conversations.channel import RawEvent
from tests.channels.line.conftest import NOW
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine

LATER = NOW + timedelta(minutes=5)
HANA = "U" + "a" * 32

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def body_of(*events: Any) -> bytes:
    return json.dumps({"destination": "U0", "events": list(events)}).encode()


def event(**changed: Any) -> dict[str, Any]:
    usual = {
        "type": "message",
        "webhookEventId": "01KB2ZT0X8CCJ9V8JXQ7W1R1B2",
        "timestamp": 1796094000000,
        "mode": "active",
        "replyToken": "a-token",
        "source": {"type": "user", "userId": HANA},
        "message": {"type": "text", "id": "1", "text": "送料は？"},
        "deliveryContext": {"isRedelivery": False},
    }
    return {name: value for name, value in (usual | changed).items() if value is not ...}


def only(body: bytes) -> RawEvent:
    [raw] = raw_events(body, LATER)
    return raw


async def test_an_event_is_taken_as_line_sends_it(line: FakeLine, hana: Customer) -> None:
    sent = await hana.says("送料は？")
    [raw] = raw_events(sent.body, LATER)
    assert raw == RawEvent(
        event_id=sent.event["webhookEventId"],
        user=hana.id,
        at=NOW,
        payload=sent.event,
        reply_token=sent.event["replyToken"],
    )


async def test_events_stay_in_their_order(line: FakeLine, hana: Customer) -> None:
    with line.holding() as held:
        for text in ("1つ目", "2つ目", "3つ目"):
            await hana.says(text)
    sent = await line.deliver(*held)
    texts = [raw.payload["message"]["text"] for raw in raw_events(sent.body, LATER)]
    assert texts == ["1つ目", "2つ目", "3つ目"]


async def test_a_redelivery_is_the_same_event(line: FakeLine, hana: Customer) -> None:
    sent = await hana.says("送料は？")
    again = await line.redeliver(sent)
    assert only(sent.body).event_id == only(again.body).event_id


async def test_a_connection_check_has_no_events(line: FakeLine) -> None:
    check = await line.check_connection()
    assert raw_events(check.body, LATER) == []


@pytest.mark.parametrize("body", [b"{}", b'{"destination":"U0"}', b'{"events":[]}'])
def test_no_events_are_an_empty_list(body: bytes) -> None:
    assert raw_events(body, LATER) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"[]",
        b'"events"',
        b"null",
        b'{"events":{}}',
        b'{"events":null}',
        b'{"events":[}',
        b'{"events":' + b"[" * 100_000,
        "送料は？".encode("utf-16"),
    ],
)
def test_what_is_no_webhook_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedWebhookError):
        raw_events(body, LATER)


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    try:
        raw_events(body, LATER)
    except MalformedWebhookError:
        return


@given(st.lists(json_values, max_size=4))
def test_one_odd_event_does_not_lose_the_others(odd: list[Any]) -> None:
    events = raw_events(body_of(*odd, event(), *odd), LATER)
    assert len(events) == 2 * len(odd) + 1
    assert events[len(odd)].user == HANA


@given(st.lists(json_values, max_size=4))
def test_every_event_can_be_stored(odd: list[Any]) -> None:
    for raw in raw_events(body_of(*odd), LATER):
        stored = json.dumps(raw.payload, allow_nan=False, ensure_ascii=False)
        assert "\0" not in stored
        assert "\\u0000" not in stored
        stored.encode()  # fails for lone surrogates
        assert 0 < len(raw.event_id) <= 128
        assert raw.at.tzinfo is not None


def test_characters_that_no_database_stores_are_taken_out() -> None:
    message = {"type": "text", "id": "1", "text": "送\0料\ud83dは\udc00？😀"}
    raw = only(body_of(event(message=message)))
    assert raw.payload["message"]["text"] == "送料は？😀"


def test_a_broken_character_costs_nothing_else() -> None:
    body = body_of(event(), event(webhookEventId="2")).replace(b"a-token", b"a-\xff-token", 1)
    assert [raw.event_id for raw in raw_events(body, LATER)][1] == "2"


def test_what_is_nested_too_deeply_is_cut_off() -> None:
    deep: Any = "x"
    for _ in range(400):
        deep = [deep]
    first, second = raw_events(body_of(event(extra=deep), event(webhookEventId="2")), LATER)
    assert json.dumps(first.payload).count("[") < 60
    assert second.event_id == "2"


def test_numbers_that_are_none_cost_nothing_else() -> None:
    body = body_of(event(a="NAN", b="HUGE", c="LONG"), event(webhookEventId="2"))
    for name, number in (("NAN", "NaN"), ("HUGE", "1e999"), ("LONG", "9" * 5000)):
        body = body.replace(f'"{name}"'.encode(), number.encode())
    first, second = raw_events(body, LATER)
    assert [first.payload[name] for name in "abc"] == [None, None, None]
    assert second.event_id == "2"


def test_an_event_without_an_id_gets_one_of_its_content() -> None:
    one = only(body_of(event(webhookEventId=...)))
    again = {"isRedelivery": True}
    assert one.event_id == only(body_of(event(webhookEventId=..., deliveryContext=again))).event_id
    assert one.event_id != only(body_of(event(webhookEventId=..., timestamp=1))).event_id


@pytest.mark.parametrize("odd", ["", 7, None, "x" * 129, ["a"]])
def test_an_id_that_is_none_is_not_used(odd: object) -> None:
    assert only(body_of(event(webhookEventId=odd))).event_id.startswith("sha256:")


@pytest.mark.parametrize("odd", [..., None, "1796094000000", True, [], -1, 0, 10**30, 1e300])
def test_an_event_without_a_sensible_time_happened_now(odd: object) -> None:
    assert only(body_of(event(timestamp=odd))).at == LATER


def test_the_time_is_in_milliseconds() -> None:
    assert only(body_of(event(timestamp=1796094000123))).at == datetime(
        2026, 12, 1, 3, 0, 0, 123000, tzinfo=UTC
    )


async def test_groups_have_no_user(line: FakeLine, hana: Customer) -> None:
    for name in ("家族", "R" + "a" * 32):
        sent = await hana.says("ここでも", group=line.group(name, [hana]))
        assert only(sent.body).user is None


@pytest.mark.parametrize(
    "source",
    [
        ...,
        None,
        {},
        [],
        "user",
        {"type": "user"},
        {"userId": HANA},
        {"type": "user", "userId": ""},
        {"type": "user", "userId": 5},
        {"type": "user", "userId": "U" * 129},
        {"type": "group", "userId": HANA},
        {"type": "user", "userId": "Udeadbeefdeadbeefdeadbeefdeadbeef"},
    ],
)
def test_without_a_customer_there_is_no_user(source: object) -> None:
    assert only(body_of(event(source=source))).user is None


@pytest.mark.parametrize("token", [..., None, "", 3, "x" * 257])
def test_a_token_that_cannot_be_used_is_none(token: object) -> None:
    assert only(body_of(event(replyToken=token))).reply_token is None


def test_on_standby_there_is_no_token() -> None:
    assert only(body_of(event(mode="standby"))).reply_token is None
