"""What goes out, and what every end of a try means, against a real HTTP server."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import socket
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.web.schemas import MessageOut
from madoguchi.channels.webhook.channel import WebhookChannel
from madoguchi.channels.webhook.client import Answer, Bounds
from madoguchi.channels.webhook.sender import CODES, outcome_of, pause
from madoguchi.channels.webhook.signature import Secrets, verify
from madoguchi.conversations.channel import Outcome, Result
from tests.channels.webhook.conftest import (
    ANSWER,
    CUSTOMER,
    NOW,
    PATIENT,
    RETRY_KEY,
    Connect,
    a_delivery,
)
from tests.channels.webhook.other import OLD_SECRET, SECRET, SECRETS, OtherSystem, hang_up


async def test_a_delivery_is_one_signed_call_with_the_chat_api_s_messages(
    channel: WebhookChannel, other: OtherSystem
) -> None:
    second = dataclasses.replace(ANSWER, seq=3, text="ほかにご質問はありますか？", choices=())
    outcome = await channel.sender.deliver(a_delivery(ANSWER, second))
    assert outcome == Outcome(Result.SENT, via="webhook", detail="HTTP 200")
    [call] = other.calls
    verify(SECRETS, call.headers, call.body, NOW)
    assert (call.method, call.path) == ("POST", "/madoguchi")
    assert call.headers["webhook-id"] == str(RETRY_KEY)
    assert call.headers["content-type"] == "application/json"
    assert json.loads(call.body) == {
        "type": "messages",
        "timestamp": "2026-12-01T12:00:00.000+09:00",
        "user": {"id": "app-user-1", "name": "山田 太郎"},
        "conversation": "conversation-1",
        "messages": [
            MessageOut.of(ANSWER).model_dump(mode="json"),
            MessageOut.of(second).model_dump(mode="json"),
        ],
    }


async def test_a_choice_s_payload_stays_here(channel: WebhookChannel, other: OtherSystem) -> None:
    await channel.sender.deliver(a_delivery())
    [call] = other.calls
    [message] = json.loads(call.body)["messages"]
    assert message["choices"][0]["id"] == ANSWER.choices[0].id
    assert ANSWER.choices[0].payload.encode() not in call.body


async def test_every_try_of_a_delivery_has_the_same_id_and_body(
    channel: WebhookChannel, other: OtherSystem
) -> None:
    other.status = 500
    for attempt in (1, 2):
        await channel.sender.deliver(a_delivery(attempt=attempt, unsure=attempt > 1))
    first, second = other.calls
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body


async def test_while_a_secret_is_replaced_both_sign(
    connect: Connect, address: str, other: OtherSystem
) -> None:
    both = connect(address, secrets=Secrets.read(f"{SECRET} {OLD_SECRET}"))
    await both.sender.deliver(a_delivery())
    [call] = other.calls
    for secret in (SECRET, OLD_SECRET):
        verify(Secrets.read(secret), call.headers, call.body, NOW)


@pytest.mark.parametrize(
    ("status", "result", "code"),
    [
        (200, Result.SENT, None),
        (202, Result.SENT, None),
        (204, Result.SENT, None),
        (301, Result.REFUSED, "redirected"),
        (304, Result.REFUSED, "redirected"),
        (307, Result.REFUSED, "redirected"),
        (400, Result.REFUSED, "refused"),
        (401, Result.REFUSED, "refused_signature"),
        (403, Result.REFUSED, "refused_signature"),
        (404, Result.REFUSED, "refused"),
        (408, Result.RETRY, "busy"),
        (409, Result.REFUSED, "refused"),
        (410, Result.UNWANTED, "unwanted"),
        (425, Result.RETRY, "busy"),
        (429, Result.RETRY, "rate_limit"),
        (500, Result.UNSURE, "server_error"),
        (502, Result.UNSURE, "server_error"),
        (503, Result.RETRY, "busy"),
        (504, Result.UNSURE, "server_error"),
        (599, Result.UNSURE, "server_error"),
    ],
)
async def test_every_status_has_its_outcome(
    channel: WebhookChannel, other: OtherSystem, status: int, result: Result, code: str | None
) -> None:
    other.status = status
    outcome = await channel.sender.deliver(a_delivery())
    assert (outcome.result, outcome.code, outcome.counted) == (result, code, 0)
    assert outcome.detail == f"HTTP {status}"


@given(status=st.integers(100, 999), retry_after=st.none() | st.text())
def test_no_answer_is_without_an_outcome(status: int, retry_after: str | None) -> None:
    outcome = outcome_of(Answer(status, retry_after), NOW)
    assert outcome.code in CODES | {None}
    assert (outcome.code is None) == (outcome.result is Result.SENT)
    assert outcome.after is None or timedelta() <= outcome.after <= timedelta(days=1)


async def test_a_redirect_is_not_followed(channel: WebhookChannel, other: OtherSystem) -> None:
    other.status, other.headers = 308, {"location": "/elsewhere"}
    await channel.sender.deliver(a_delivery())
    assert [call.path for call in other.calls] == ["/madoguchi"]


@pytest.mark.parametrize("status", [408, 429, 500, 503])
async def test_the_pause_that_is_asked_for_is_kept(
    channel: WebhookChannel, other: OtherSystem, status: int
) -> None:
    other.status, other.headers = status, {"retry-after": "120"}
    assert (await channel.sender.deliver(a_delivery())).after == timedelta(minutes=2)


@pytest.mark.parametrize(
    ("retry_after", "wanted"),
    [
        (None, None),
        ("0", timedelta()),
        (" 30 ", timedelta(seconds=30)),
        ("86401", timedelta(days=1)),
        ("9" * 4000, timedelta(days=1)),
        (format_datetime(NOW + timedelta(minutes=5), usegmt=True), timedelta(minutes=5)),
        (format_datetime(NOW - timedelta(minutes=5), usegmt=True), timedelta()),
        ("Tue, 01 Dec 2026 03:01:00 -0000", timedelta(minutes=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 -1200", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("", None),
    ],
)
def test_a_pause_is_read_in_seconds_or_as_a_date(
    retry_after: str | None, wanted: timedelta | None
) -> None:
    assert pause(retry_after, NOW) == wanted


@given(st.text(), st.datetimes(timezones=st.just(NOW.tzinfo)))
def test_no_pause_is_too_odd_to_be_read(text: str, now: datetime) -> None:
    wanted = pause(text, now)
    assert wanted is None or timedelta() <= wanted <= timedelta(days=1)


async def test_nobody_there_is_tried_again(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    outcome = await connect(f"http://127.0.0.1:{port}/").sender.deliver(a_delivery())
    assert (outcome.result, outcome.code) == (Result.RETRY, "unreachable")


async def test_who_hangs_after_taking_a_call_may_have_it(
    connect: Connect, address: str, other: OtherSystem
) -> None:
    other.hanging = True
    hasty = connect(address, bounds=dataclasses.replace(PATIENT, answer=0.2))
    outcome = await hasty.sender.deliver(a_delivery())
    assert (outcome.result, outcome.code) == (Result.UNSURE, "timeout")
    assert len(other.calls) == 1


async def test_who_hangs_up_may_have_it(connect: Connect) -> None:
    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        outcome = await connect(f"http://127.0.0.1:{port}/").sender.deliver(a_delivery())
    assert (outcome.result, outcome.code) == (Result.UNSURE, "connection_lost")


async def test_an_answer_that_does_not_end_counts_by_its_status(
    connect: Connect, address: str, other: OtherSystem
) -> None:
    other.status, other.endless, other.body = 202, True, b"{"
    hasty = connect(address, bounds=dataclasses.replace(PATIENT, rest=0.1))
    assert (await hasty.sender.deliver(a_delivery())).result is Result.SENT


async def test_what_the_receiver_says_is_not_kept(
    channel: WebhookChannel, other: OtherSystem
) -> None:
    other.status, other.body = 422, "山田 太郎様は退会済みです".encode()
    outcome = await channel.sender.deliver(a_delivery())
    assert "山田" not in repr(outcome)


async def test_a_customer_sees_that_an_answer_is_being_made(
    channel: WebhookChannel, other: OtherSystem
) -> None:
    await channel.sender.thinking(CUSTOMER)
    await channel.sender.thinking(CUSTOMER)
    first, second = other.calls
    verify(SECRETS, first.headers, first.body, NOW)
    assert json.loads(first.body) == {
        "type": "typing",
        "timestamp": "2026-12-01T12:00:00.000+09:00",
        "user": {"id": "app-user-1", "name": "山田 太郎"},
        "conversation": "conversation-1",
    }
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


@pytest.mark.parametrize("fault", ["status", "hanging"])
async def test_a_failed_sign_is_of_no_consequence(
    connect: Connect, address: str, other: OtherSystem, fault: str
) -> None:
    other.status, other.hanging = 500, fault == "hanging"
    await connect(address, bounds=Bounds(typing=0.2)).sender.thinking(CUSTOMER)
    assert len(other.calls) == 1
