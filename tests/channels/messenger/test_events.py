"""Events get an id each, in every form in which they come."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.messenger.events import BodyError, Received, message_id, received
from tests.channels.messenger.odd import ODD_JSON
from tests.messenger_platform.events import attachment, event, notification

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
MILLISECONDS = 1_780_000_000_000
AT = datetime.fromtimestamp(MILLISECONDS / 1000, UTC)


def of(*events: dict[str, Any], **changed: Any) -> list[Received]:
    content = notification("page", "1", MILLISECONDS, list(events)) | changed
    return received(json.dumps(content).encode(), NOW)


def wrote(**message: Any) -> dict[str, Any]:
    return event("2", "1", MILLISECONDS, message={"mid": "m_1", **message})


def test_a_message_keeps_metas_id() -> None:
    [found] = of(wrote(text="はい"))
    assert (found.object, found.account) == ("page", "1")
    assert (found.event.event_id, found.event.user, found.event.at) == ("m_1", "2", AT)


def test_a_long_id_is_hashed_to_one_that_can_be_stored() -> None:
    first, second = (message_id("x" * 300 + end) for end in "ab")
    assert first is not None
    assert second is not None
    assert len(first) < 100
    assert first != second
    assert first == message_id("x" * 300 + "a")
    assert message_id("x" * 300 + "a", 2) == first + "#2"


def test_taking_a_message_back_is_another_event() -> None:
    [said], unsaid = of(wrote(text="はい")), of(wrote(is_deleted=True))
    ids = [each.event.event_id for each in unsaid]
    assert ids[:2] == ["deleted:m_1", "deleted:m_1#1"]
    assert said.event.event_id not in ids


def test_events_without_an_id_have_the_same_one_when_they_come_again() -> None:
    read = event("2", "1", MILLISECONDS, read={"watermark": 1})
    shuffled = dict(reversed(read.items()))
    [first], [again] = of(read), of(shuffled)
    assert first.event.event_id == again.event.event_id
    [later] = of(event("2", "1", MILLISECONDS + 1, read={"watermark": 1}))
    assert later.event.event_id != first.event.event_id


def test_a_tapped_button_has_its_own_id() -> None:
    [found] = of(event("2", "1", MILLISECONDS, postback={"mid": "m_1", "payload": "x"}))
    assert found.event.event_id == "postback:m_1"


def test_every_picture_of_a_message_is_an_event_of_its_own() -> None:
    pictures = [attachment("image", url=f"https://scontent.fbcdn.net/{n}.jpg") for n in range(3)]
    found = of(wrote(attachments=pictures))
    assert [each.event.event_id for each in found] == ["m_1", "m_1#1", "m_1#2"]
    assert [each.event.payload["attachment"] for each in found] == [0, 1, 2]


def test_a_text_with_a_picture_is_two_events() -> None:
    found = of(wrote(text="これです", attachments=[attachment("image", url="https://x")]))
    assert [each.event.payload["attachment"] for each in found] == [None, 0]


def test_a_text_with_the_preview_of_its_link_is_one_event() -> None:
    found = of(wrote(text="https://example.jp", attachments=[attachment("fallback", url="x")]))
    assert [each.event.payload["attachment"] for each in found] == [None]


def test_the_customer_of_an_echo_is_who_it_was_sent_to() -> None:
    [found] = of(event("1", "2", MILLISECONDS, message={"mid": "m_1", "is_echo": True}))
    assert found.event.user == "2"


@pytest.mark.parametrize(
    ("told", "understood"),
    [
        (MILLISECONDS, AT),
        (str(MILLISECONDS), AT),
        (MILLISECONDS // 1000, AT),
        (None, AT),  # the time of the entry
        ("soon", AT),
        (-5, AT),
        (True, AT),
        (10**30, AT),
        ("9" * 16, AT),
    ],
)
def test_times_come_in_milliseconds_in_seconds_and_not_at_all(
    told: object, understood: datetime
) -> None:
    [found] = of(wrote(text="はい") | {"timestamp": told})
    assert found.event.at == understood


def test_without_any_time_it_is_now() -> None:
    entry = {"id": "1", "messaging": [wrote(text="はい") | {"timestamp": None}]}
    [found] = of(entry=[entry])
    assert found.event.at == NOW


def test_what_belongs_to_another_app_is_marked() -> None:
    content = notification("page", "1", MILLISECONDS, [wrote(text="はい")], standby=True)
    [found] = received(json.dumps(content).encode(), NOW)
    assert found.event.payload["standby"] is True


def test_the_form_of_the_dashboards_test_button_is_understood() -> None:
    change = {"field": "messages", "value": wrote(text="はい")}
    [found] = of(entry=[{"id": "1", "changes": [change, {"field": "feed", "value": {}}]}])
    assert found.event.event_id == "m_1"


def test_what_no_database_takes_is_left_out() -> None:
    body = (
        b'{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"message":'
        b'{"mid":"m_1","text":"a\\u0000b\\ud800c","n":NaN,"i":1e999,"k\\u0000":1}}]}]}'
    )
    [found] = received(body, NOW)
    message = found.event.payload["event"]["message"]
    assert message == {"mid": "m_1", "text": "abc", "n": None, "i": None, "k": 1}
    json.dumps(found.event.payload, allow_nan=False).encode()


def test_an_event_that_is_nested_without_end_is_cut() -> None:
    deep: Any = "end"
    for _ in range(100):
        deep = {"deeper": deep}
    found = of(wrote(text="はい", odd=deep), wrote(text="いいえ") | {"sender": {"id": 3}})
    assert [each.event.user for each in found] == ["2", "3"]


def test_an_impossible_user_is_none() -> None:
    users: list[object] = [None, "", "  ", "9" * 129, [], True]
    found = of(*(wrote(text="x") | {"sender": {"id": each}} for each in users))
    assert [each.event.user for each in found] == [None] * len(users)


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[]", b"1", b"null", b"[" * 100_000])
def test_what_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(BodyError):
        received(body, NOW)


@given(
    content=st.dictionaries(st.sampled_from(["object", "entry", "x"]), ODD_JSON), events=ODD_JSON
)
def test_any_json_is_taken_apart(content: dict[str, Any], events: Any) -> None:
    for each in (content, {"object": "page", "entry": [{"id": "1", "messaging": events}]}):
        for found in received(json.dumps(each).encode(), NOW):
            assert 0 < len(found.event.event_id) <= 128
            assert found.event.user is None or 0 < len(found.event.user) <= 128
            assert found.event.at.tzinfo is not None
            stored = json.dumps(found.event.payload, allow_nan=False)
            assert "\\u0000" not in stored
            json.loads(stored)


@given(body=st.binary(max_size=300))
def test_any_bytes_are_events_or_refused(body: bytes) -> None:
    with contextlib.suppress(BodyError):
        received(body, NOW)
