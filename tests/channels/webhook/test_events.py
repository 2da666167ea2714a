"""Events are read one by one: what is right is kept, what is wrong is named, nothing is raised."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.webhook.events import (
    MOST_EVENTS,
    Batch,
    BodyError,
    name_in,
    read_events,
    understand,
)
from madoguchi.conversations.channel import Incident, Incoming, MediaRef, RawEvent
from tests.channels.webhook.events_by_hand import CONTENTS, MEDIA, PLACE, a_body, an_event

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def read(*events: Any) -> Batch:
    return read_events(a_body(*events), NOW, 5000)


def understood(**changed: Any) -> Incoming:
    """Return what an event means after it was read, stored as JSON and read again."""
    [raw] = read(an_event(**changed)).events
    payload = json.loads(json.dumps(raw.payload))
    return understand(RawEvent(raw.event_id, raw.user, raw.at, payload))


def refused(**changed: Any) -> tuple[str | None, str | None]:
    """Return why an event is refused, and where."""
    batch = read(an_event(**changed))
    assert batch.events == []
    [result] = batch.results
    assert not result.accepted
    return result.reason, result.where


def test_an_event_is_stored_with_its_id_its_customer_and_its_time() -> None:
    [raw] = read(an_event()).events
    assert raw.event_id == "event-1"
    assert raw.user == "app-user-1"
    assert raw.at == datetime(2026, 12, 1, 2, 59, 58, tzinfo=UTC)
    assert raw.reply_token is None


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("text", Incoming(Incident.TEXT, "送料っていくら？", "event-1")),
        (
            "choice",
            Incoming(Incident.CHOICE, message_id="event-1", choice_id="cumn7KWwMKUIkTcRXX0BpA"),
        ),
        ("location", Incoming(Incident.LOCATION, "ALLU銀座店\n東京都中央区", "event-1")),
        ("follow", Incoming(Incident.FOLLOW)),
        ("unfollow", Incoming(Incident.UNFOLLOW)),
        ("unsend", Incoming(Incident.UNSEND, message_id="event-0")),
        ("basket.filled", Incoming(Incident.NOTHING)),
    ],
)
def test_every_type_means_something(kind: str, meaning: Incoming) -> None:
    assert understood(kind=kind) == meaning


@pytest.mark.parametrize("kind", ["image", "audio", "video", "file"])
def test_a_file_is_fetched_at_its_address(kind: str) -> None:
    incoming = understood(kind=kind, media=MEDIA | {"size": 1234})
    assert incoming.kind is Incident(kind)
    assert incoming.media == MediaRef("event-1", MEDIA["url"], "bag.jpg", 1234)


def test_words_that_come_with_a_picture_are_kept() -> None:
    assert understood(kind="image").text == "この傷です"


def test_a_place_without_words_is_told_in_degrees() -> None:
    place = {"latitude": 35, "longitude": -0.5, "title": " "}
    assert understood(kind="location", location=place).text == "35.000000, -0.500000"


def test_a_customer_s_name_is_told_with_the_event() -> None:
    named, unnamed = read(an_event(), an_event(id="event-2", user={"id": "app-user-1"})).events
    assert name_in(named) == "山田 太郎"
    assert name_in(unnamed) is None


def test_an_unknown_type_is_kept_without_its_content() -> None:
    [raw] = read(an_event(kind="basket.filled", basket={"total": 300000})).events
    assert set(raw.payload) == {"id", "type", "user", "at"}


def test_one_bad_event_never_loses_the_others() -> None:
    batch = read(
        an_event(id="a"), None, {"id": "b"}, an_event(id="c", at="yesterday"), an_event(id="d")
    )
    assert [raw.event_id for raw in batch.events] == ["a", "d"]
    assert [(result.id, result.accepted) for result in batch.results] == [
        ("a", True),
        (None, False),
        ("b", False),
        ("c", False),
        ("d", True),
    ]


@pytest.mark.parametrize("event_id", ["\ud83c", "a\x00b", 7, None])
def test_an_id_that_cannot_be_repeated_is_not_repeated(event_id: Any) -> None:
    [result] = read(an_event(id=event_id)).results
    assert (result.id, result.where) == (None, "id")


def test_what_is_wrong_is_named() -> None:
    [result] = read({"id": "b", "type": "text", "text": "x", "user": {}}).results
    assert (result.reason, result.where) == ("invalid", "at, user.id")


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "a" * 129}, "id"),
        ({"id": "二"}, "id"),
        ({"id": 1}, "id"),
        ({"type": None}, "type"),
        ({"type": ["text"]}, "type"),
        ({"user": "app-user-1"}, "user"),
        ({"user": {"id": "a b"}}, "user.id"),
        ({"user": {"id": "a", "name": "山\x00田"}}, "user.name"),
        ({"at": 1764558000}, "at"),
        ({"at": "1764558000"}, "at"),
        ({"at": "2026-12-01T11:59:58"}, "at"),
        ({"at": "0001-01-01T00:00:00+09:00"}, "at"),
        ({"text": ""}, "text"),
        ({"text": " \n　"}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "\ud83c"}, "text"),
        ({"text": {"text": "a"}}, "text"),
        ({"kind": "choice", "choice": None}, "choice"),
        ({"kind": "image", "media": {}}, "media.url"),
        ({"kind": "image", "media": {"url": "https://files.example.jp/\n"}}, "media.url"),
        ({"kind": "image", "media": {"url": "https://a.jp", "size": -1}}, "media.size"),
        ({"kind": "location", "location": PLACE | {"latitude": 90.1}}, "location.latitude"),
        (
            {"kind": "location", "location": PLACE | {"longitude": float("nan")}},
            "location.longitude",
        ),
        ({"kind": "unsend", "message": None}, "message"),
    ],
)
def test_what_cannot_be_meant_is_refused(changed: dict[str, Any], where: str) -> None:
    assert refused(**changed) == ("invalid", where)


def test_a_text_may_be_as_long_as_the_chat_api_allows() -> None:
    assert understood(text="あ" * 5000).text == "あ" * 5000
    assert refused(text="あ" * 5001) == ("text_too_long", "text")
    assert refused(kind="image", text="あ" * 5001) == ("text_too_long", "text")


def test_a_clock_that_is_fast_does_not_change_the_order() -> None:
    [raw] = read(an_event(at="9999-12-31T23:59:59-12:00")).events
    assert raw.at == NOW


def test_the_same_id_twice_in_a_request_is_one_event() -> None:
    batch = read(an_event(text="first"), an_event(text="second"))
    assert [raw.payload["text"] for raw in batch.events] == ["first"]
    assert [result.accepted for result in batch.results] == [True, True]


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"\xff\xfe{}", "JSON"),
        ('{"events": []}'.encode("utf-16"), "JSON"),
        (b"[" * 60_000, "JSON"),
        (b"1" * 5000, "JSON"),
        (b"[]", "events"),
        (b"{}", "events"),
        (b'{"events": {}}', "events"),
        (b'{"type": "messages", "messages": []}', "events"),
        (a_body(*[None] * (MOST_EVENTS + 1)), "events"),
    ],
)
def test_a_body_without_events_is_refused_as_a_whole(body: bytes, where: str) -> None:
    with pytest.raises(BodyError) as error:
        read_events(body, NOW, 5000)
    assert error.value.where == where


def test_no_events_are_no_mistake() -> None:
    assert read() == Batch([], [])


@given(event=JSON)
def test_whatever_an_event_is_the_next_one_is_read(event: Any) -> None:
    batch = read(event, an_event(id="next"))
    assert [raw.event_id for raw in batch.events][-1] == "next"
    assert len(batch.results) == 2
    json.dumps([result.model_dump() for result in batch.results], ensure_ascii=False).encode()


@given(kind=st.sampled_from([*CONTENTS, "other"]), changed=st.dictionaries(st.text(), JSON))
def test_what_was_accepted_can_be_stored_and_understood(kind: str, changed: Any) -> None:
    for raw in read(an_event(kind) | changed, an_event(kind, **CONTENTS.get(kind, {}))).events:
        stored = json.dumps(raw.payload, ensure_ascii=False, allow_nan=False)
        assert "\\u0000" not in stored
        stored.encode()
        assert isinstance(understand(raw), Incoming)


@given(payload=JSON)
def test_understanding_never_raises(payload: Any) -> None:
    raw = RawEvent("event-1", "app-user-1", NOW, payload)
    assert understand(raw) == Incoming(Incident.NOTHING)
    assert name_in(raw) is None
