"""Every answer and every broken connection has one meaning."""

from __future__ import annotations

import json
import ssl
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.line.errors import (
    LineError,
    Via,
    broken,
    message_ids,
    outcome_of,
    refused,
    sent,
)
from madoguchi.conversations.channel import Outcome, Result
from tests.channels.line.test_events import json_values
from tests.line_platform import errors as said

HANA = "U" + "a" * 32


def answered(status: int, message: str = "", **more: Any) -> LineError:
    return refused(status, json.dumps({"message": message, **more}).encode(), {})


def outcome(error: LineError, via: Via = "push") -> tuple[Result, str | None]:
    found = outcome_of(error, via)
    return found.result, found.code


@pytest.mark.parametrize("via", ["reply", "push"])
@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (400, said.INVALID_REPLY_TOKEN, (Result.REFUSED, "token_invalid")),
        (400, said.FAILED_TO_SEND, (Result.REFUSED, "user_unknown")),
        (400, "The request body has 1 error(s)", (Result.REFUSED, "invalid_request")),
        (400, said.RETRY_KEY_INVALID, (Result.REFUSED, "invalid_request")),
        (401, said.AUTHENTICATION, (Result.RETRY, "refused_credentials")),
        (403, said.FORBIDDEN, (Result.RETRY, "refused_credentials")),
        (404, said.NOT_FOUND, (Result.REFUSED, "not_found")),
        (410, said.CONTENT_GONE, (Result.REFUSED, "gone")),
        (413, said.TOO_LARGE, (Result.REFUSED, "too_large")),
        (415, "The content type is not supported", (Result.REFUSED, "unsupported")),
        (418, "", (Result.REFUSED, "invalid_request")),
        (429, said.MONTHLY_LIMIT, (Result.HELD, "quota")),
        (429, said.RATE_LIMIT, (Result.RETRY, "rate_limit")),
        (429, "You have exceeded the concurrent requests", (Result.RETRY, "rate_limit")),
        (500, said.INTERNAL, (Result.UNSURE, "server_error")),
        (502, "", (Result.UNSURE, "server_error")),
        (599, "", (Result.UNSURE, "server_error")),
        (302, "", (Result.UNSURE, "odd_answer")),
        (0, "", (Result.UNSURE, "odd_answer")),
    ],
)
def test_an_answer(via: Via, status: int, message: str, expected: tuple[Result, str]) -> None:
    assert outcome(answered(status, message), via) == expected


def test_a_push_that_was_accepted_before_is_sent() -> None:
    accepted = answered(409, said.RETRY_KEY_ACCEPTED, sentMessages=[{"id": "1"}, {"id": "2"}])
    assert outcome_of(accepted, "push") == sent("push", ("1", "2"))
    assert outcome_of(accepted, "push").counted == 1


def test_anything_else_that_conflicts_is_refused() -> None:
    assert outcome(answered(409), "reply") == (Result.REFUSED, "accepted_before")


def test_a_sent_reply_is_free_and_a_sent_push_counts() -> None:
    assert sent("reply", ("1",)) == Outcome(Result.SENT, via="reply", external_ids=("1",))
    assert sent("push", ("1",)) == Outcome(Result.SENT, via="push", counted=1, external_ids=("1",))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aiohttp.ConnectionTimeoutError(), (Result.RETRY, "unreachable")),
        (aiohttp.SocketTimeoutError(), (Result.UNSURE, "timeout")),
        (TimeoutError(), (Result.UNSURE, "timeout")),
        (aiohttp.ServerDisconnectedError(), (Result.UNSURE, "connection_lost")),
        (aiohttp.ClientPayloadError(), (Result.UNSURE, "connection_lost")),
        (ConnectionResetError(), (Result.UNSURE, "connection_lost")),
        (BrokenPipeError(), (Result.UNSURE, "connection_lost")),
        (ssl.SSLError(), (Result.UNSURE, "connection_lost")),
        (aiohttp.InvalidURL("line"), (Result.RETRY, "unreachable")),
        (ValueError(), (Result.UNSURE, "odd_answer")),
    ],
)
def test_a_broken_connection(error: Exception, expected: tuple[Result, str]) -> None:
    assert outcome(broken(error)) == expected


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("7", timedelta(seconds=7)),
        ("86400", timedelta(hours=1)),
        ("", None),
        ("-1", None),
        ("soon", None),
        ("٣", None),
        ("9" * 400, None),
    ],
)
def test_a_rate_limit_may_say_how_long_to_wait(header: str, after: timedelta | None) -> None:
    error = refused(429, b"{}", {"retry-after": header})
    assert outcome_of(error, "push").after == after


def test_a_wrong_token_is_tried_again_when_the_shop_had_time() -> None:
    assert outcome_of(answered(401), "push").after == timedelta(minutes=10)


def test_line_s_id_of_the_request_is_kept() -> None:
    assert refused(500, b"", {"x-line-request-id": "the-id"}).request_id == "the-id"


def test_the_detail_names_the_property_and_the_fault() -> None:
    details = [{"message": "May not be empty", "property": "messages[0].text"}, "odd", {}]
    error = answered(400, "The request body has 1 error(s)", details=details)
    assert error.detail == (
        "The request body has 1 error(s) / messages[0].text: May not be empty / :"
    )


@pytest.mark.parametrize(
    "personal", [HANA, HANA.replace("U", "C", 1), "hana@example.jp", "09012345678"]
)
def test_the_detail_names_nobody(personal: str) -> None:
    details = [{"message": f"no {personal}", "property": personal}]
    error = answered(400, f"The property to={personal} is invalid", details=details)
    assert error.detail is not None
    assert personal not in error.detail
    assert personal not in str(error)


@given(
    st.integers(0, 999), st.binary(max_size=60) | json_values.map(lambda v: json.dumps(v).encode())
)
def test_no_answer_breaks_it(status: int, body: bytes) -> None:
    error = refused(status, body, {})
    assert error.detail is None or len(error.detail) <= 300
    for via in ("reply", "push"):
        assert outcome_of(error, via).code == (
            None if status == 409 and via == "push" else error.code
        )


@given(json_values)
def test_no_answer_breaks_the_reading_of_ids(answer: Any) -> None:
    assert all(isinstance(each, str) for each in message_ids(answer))
    assert message_ids({"sentMessages": [{"id": "1"}, answer, {"id": 2}]})[0] == "1"
