"""The stand-in refuses what Meta refuses: a stand-in that takes everything would prove nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.messenger_platform import errors, faults
from tests.messenger_platform.courier import encoded
from tests.messenger_platform.errors import MetaError
from tests.messenger_platform.fake import FakeMeta, served
from tests.messenger_platform.faults import Fault
from tests.messenger_platform.limits import check_message
from tests.messenger_platform.platform import Person, Platform
from tests.support.server import client_of

PAGE = "page"


@pytest.fixture
async def meta() -> AsyncIterator[FakeMeta]:
    async with served(Platform()) as meta:
        yield meta


@pytest.fixture
async def http(meta: FakeMeta) -> AsyncIterator[httpx.AsyncClient]:
    proof = hmac.new(
        meta.platform.app_secret.encode(), meta.platform.token.encode(), hashlib.sha256
    )
    async with client_of(meta.url, Authorization=f"Bearer {meta.platform.token}") as client:
        client.params = httpx.QueryParams(appsecret_proof=proof.hexdigest())
        yield client


def to(person: Person, **content: Any) -> dict[str, Any]:
    usual = {"messaging_type": "RESPONSE", "message": {"text": "はい"}}
    return {"recipient": {"id": person.id}, **usual, **content}


def button(**changed: Any) -> dict[str, Any]:
    return {"type": "postback", "title": "はい", "payload": "x"} | changed


def template(*elements: dict[str, Any]) -> dict[str, Any]:
    payload = {"template_type": "generic", "elements": list(elements)}
    return {"attachment": {"type": "template", "payload": payload}}


def reply(**changed: Any) -> dict[str, Any]:
    return {"content_type": "text", "title": "はい", "payload": "x"} | changed


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"text": ""},
        {"text": " "},
        {"text": "あ" * 2001},
        {"text": "👍" * 1001},
        {"text": "a\x00"},
        {"text": "はい", "attachment": {}},
        {"text": "はい", "sender": {"name": "x"}},
        {"text": "はい", "metadata": "x" * 1001},
        {"text": "はい", "quick_replies": []},
        {"text": "はい", "quick_replies": [reply()] * 14},
        {"text": "はい", "quick_replies": [reply(title="あ" * 21)]},
        {"text": "はい", "quick_replies": [reply(title="")]},
        {"text": "はい", "quick_replies": [reply(payload="x" * 1001)]},
        {"text": "はい", "quick_replies": [reply(payload="")]},
        {"text": "はい", "quick_replies": [reply(image_url="x")]},
        {"attachment": {"type": "image", "payload": {"url": "http://x"}}},
        template(),
        template(*[{"title": "あ", "subtitle": "い"}] * 11),
        template({"title": "あ"}),
        template({"subtitle": "あ"}),
        template({"title": "あ" * 81, "subtitle": "い"}),
        template({"title": "あ", "subtitle": "い" * 81}),
        template({"title": "あ", "image_url": "http://x"}),
        template({"title": "あ", "buttons": []}),
        template({"title": "あ", "buttons": [button()] * 4}),
        template({"title": "あ", "buttons": [button(title="あ" * 21)]}),
        template({"title": "あ", "buttons": [{"type": "web_url", "title": "a", "url": "tel:1"}]}),
        template({"title": "あ", "buttons": [{"type": "phone_number", "title": "a"}]}),
        template({"title": "あ", "rows": []}),
    ],
)
def test_a_message_beyond_the_limits_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(MetaError):
        check_message(message, PAGE)


@pytest.mark.parametrize(
    "message",
    [
        {"text": "あ" * 2000, "metadata": "x" * 1000},
        {"text": "はい", "quick_replies": [reply(title="あ" * 20, payload="x" * 1000)] * 13},
        template(*[{"title": "あ" * 80, "subtitle": "い" * 80, "buttons": [button()] * 3}] * 10),
        template({"title": "あ", "image_url": "https://x"}),
    ],
)
def test_a_message_at_the_limits_is_taken(message: dict[str, Any]) -> None:
    check_message(message, PAGE)


def test_instagram_counts_bytes_and_knows_no_metadata() -> None:
    check_message({"text": "あ" * 333}, "instagram")
    for message in ({"text": "あ" * 334}, {"text": "はい", "metadata": "x"}):
        with pytest.raises(MetaError):
            check_message(message, "instagram")


async def test_a_message_is_taken_and_echoed(meta: FakeMeta, http: httpx.AsyncClient) -> None:
    person = meta.platform.person()
    request = to(person, message={"text": "はい", "metadata": "word"})
    answer = await http.post("/v25.0/me/messages", json=request)
    [sent], [echo] = meta.platform.sent, meta.platform.echoes
    assert answer.json() == {"recipient_id": person.id, "message_id": sent.mid}
    assert echo["message"]["mid"] == sent.mid
    assert echo["message"]["metadata"] == "word"
    assert echo["recipient"]["id"] == person.id


@pytest.mark.parametrize(
    ("silent", "declared", "refused"),
    [
        (timedelta(hours=24), {}, True),
        (timedelta(hours=23), {}, False),
        (timedelta(hours=24), {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, False),
        (timedelta(days=7), {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}, True),
        (timedelta(0), {"messaging_type": "MESSAGE_TAG", "tag": "ANYTHING"}, True),
        (timedelta(0), {"messaging_type": None}, True),
    ],
)
async def test_the_window_is_kept(
    meta: FakeMeta,
    http: httpx.AsyncClient,
    silent: timedelta,
    declared: dict[str, Any],
    *,
    refused: bool,
) -> None:
    person = meta.platform.person()
    meta.platform.now += silent
    answer = await http.post("/v25.0/me/messages", json=to(person, **declared))
    assert answer.is_error is refused
    assert bool(meta.platform.sent) is not refused


async def test_a_request_without_its_proofs_is_refused(
    meta: FakeMeta, http: httpx.AsyncClient
) -> None:
    person = meta.platform.person()
    for headers, params in (
        ({"Authorization": "Bearer other"}, {}),
        ({}, {"appsecret_proof": "0" * 64}),
    ):
        answer = await http.post(
            "/v25.0/me/messages", json=to(person), headers=headers, params=params
        )
        assert answer.json()["error"]["code"] in {190, 100}
    assert not meta.platform.sent


@pytest.mark.parametrize(
    ("fault", "reached"),
    [
        (faults.refused(errors.TEMPORARY), False),
        (faults.refused(errors.SENT_WITH_ERROR, accepted=True), True),
        (faults.gateway(), False),
        (faults.nonsense(), True),
    ],
)
async def test_a_fault_lasts_for_one_request(
    meta: FakeMeta, http: httpx.AsyncClient, fault: Fault, *, reached: bool
) -> None:
    person = meta.platform.person()
    meta.platform.faults.next = [fault]
    answer = await http.post("/v25.0/me/messages", json=to(person))
    assert "message_id" not in answer.text
    assert bool(meta.platform.sent) is reached
    assert (await http.post("/v25.0/me/messages", json=to(person))).is_success


async def test_a_connection_can_be_cut_and_can_hang(
    meta: FakeMeta, http: httpx.AsyncClient
) -> None:
    person = meta.platform.person()
    meta.platform.faults.next = [faults.cut(), faults.hangs()]
    with pytest.raises(httpx.RemoteProtocolError):
        await http.post("/v25.0/me/messages", json=to(person))
    with pytest.raises(httpx.ReadTimeout):
        await http.post("/v25.0/me/messages", json=to(person), timeout=0.2)
    assert len(meta.platform.sent) == 2


def test_webhooks_are_written_as_meta_writes_them() -> None:
    body = encoded({"text": "窓/口"})
    assert body == b'{"text":"\\u7a93\\/\\u53e3"}'
    assert json.loads(body) == {"text": "窓/口"}
