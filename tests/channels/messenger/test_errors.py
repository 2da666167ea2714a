"""Every answer of Meta's means one thing for a delivery, and the desk has a sentence for it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.messenger.client import Answer
from madoguchi.channels.messenger.errors import (
    ECHO_WAIT,
    failure,
    message_id_of,
    refusal,
)
from madoguchi.channels.messenger.words import words
from madoguchi.conversations.channel import Result
from tests.channels.messenger.odd import ODD_JSON
from tests.messenger_platform import errors
from tests.messenger_platform.errors import MetaError


def answered(error: MetaError) -> Answer:
    return Answer(error.status, error.body(), httpx.Headers(error.headers))


@pytest.mark.parametrize(
    ("error", "result", "code"),
    [
        (errors.WINDOW, Result.REFUSED, "window_closed"),
        (errors.INSTAGRAM_WINDOW, Result.REFUSED, "window_closed"),
        (errors.PERMISSION, Result.REFUSED, "no_permission"),
        (errors.TOKEN, Result.RETRY, "token_expired"),
        (errors.NO_PERSON, Result.REFUSED, "unknown_person"),
        (errors.BLOCKED, Result.UNWANTED, "unavailable_person"),
        (errors.RATE_613, Result.RETRY, "rate_limit"),
        (errors.RATE_4, Result.RETRY, "rate_limit"),
        (errors.TEMPORARY, Result.RETRY, "temporary"),
        (errors.UNEXPECTED, Result.RETRY, "temporary"),
        (errors.UNKNOWN, Result.UNSURE, "server_error"),
        (errors.SENT_WITH_ERROR, Result.UNSURE, "server_error"),
        (errors.POLICY, Result.RETRY, "policy_block"),
        (errors.invalid("Invalid parameter"), Result.REFUSED, "invalid_request"),
    ],
)
def test_metas_errors_are_told_apart(error: MetaError, result: Result, code: str) -> None:
    outcome = refusal(answered(error))
    assert (outcome.result, outcome.code) == (result, code)
    assert words().reason(code).endswith("。")


@pytest.mark.parametrize(
    ("status", "result", "code"),
    [
        (401, Result.RETRY, "token_expired"),
        (403, Result.REFUSED, "no_permission"),
        (404, Result.REFUSED, "invalid_request"),
        (413, Result.REFUSED, "invalid_request"),
        (429, Result.RETRY, "rate_limit"),
        (500, Result.UNSURE, "server_error"),
        (502, Result.UNSURE, "server_error"),
        (503, Result.UNSURE, "server_error"),
        (200, Result.UNSURE, "odd_answer"),
        (302, Result.UNSURE, "odd_answer"),
    ],
)
def test_without_an_error_of_metas_the_status_decides(
    status: int, result: Result, code: str
) -> None:
    outcome = refusal(Answer(status, {}, httpx.Headers()))
    assert (outcome.result, outcome.code) == (result, code)
    assert words().reason(code).endswith("。")


@pytest.mark.parametrize(
    ("error", "result", "code"),
    [
        (httpx.ConnectError("refused"), Result.RETRY, "unreachable"),
        (httpx.ConnectTimeout("late"), Result.RETRY, "unreachable"),
        (httpx.PoolTimeout("busy"), Result.RETRY, "unreachable"),
        (httpx.ReadTimeout("late"), Result.UNSURE, "timeout"),
        (TimeoutError(), Result.UNSURE, "timeout"),
        (httpx.ReadError("reset"), Result.UNSURE, "connection_lost"),
        (httpx.WriteError("reset"), Result.UNSURE, "connection_lost"),
        (httpx.RemoteProtocolError("half"), Result.UNSURE, "connection_lost"),
    ],
)
def test_only_what_surely_did_not_go_out_is_tried_again_at_once(
    error: httpx.HTTPError | TimeoutError, result: Result, code: str
) -> None:
    outcome = failure(error)
    assert (outcome.result, outcome.code) == (result, code)
    assert outcome.after == (ECHO_WAIT if result is Result.UNSURE else None)
    assert words().reason(code).endswith("。")


def test_a_mistake_that_meta_calls_passing_is_one() -> None:
    content = {"error": {"code": 9999, "is_transient": True, "message": "soon"}}
    assert refusal(Answer(500, content, httpx.Headers())).result is Result.RETRY


@pytest.mark.parametrize(
    ("said", "after"),
    [("90", 90), ("999999", 60), ("99999", 3600), ("soon", 60), ("-1", 60), ("", 60), ("²", 60)],
)
def test_a_rate_limit_lasts_as_long_as_meta_says(said: str, after: int) -> None:
    answer = Answer(
        429, errors.RATE_4.body(), httpx.Headers([(b"Retry-After", said.encode("latin-1"))])
    )
    assert refusal(answer).after == timedelta(seconds=after)


def test_the_detail_has_no_ids_of_people() -> None:
    error = errors.invalid("No user 24012345678901234 of page 1234567")
    detail = refusal(answered(error)).detail
    assert detail == "HTTP 400 #100 (#100) No user … of page … fbtrace_id AbCdEfGhIjKlMnOp"


def test_a_message_that_was_taken_has_an_id() -> None:
    def of(status: int, content: dict[str, Any]) -> str | None:
        return message_id_of(Answer(status, content, httpx.Headers()))

    assert of(200, {"message_id": "m_1"}) == "m_1"
    assert of(200, {"recipient_id": "2"}) is None
    assert of(200, {"message_id": "m_1", "error": {"code": 1}}) is None
    assert of(500, {"message_id": "m_1"}) is None


@given(status=st.integers(100, 599), content=ODD_JSON)
def test_any_answer_is_an_outcome(status: int, content: Any) -> None:
    for each in ({"error": content}, {"error": {"code": content, "message": content}}):
        json.dumps(each)
        outcome = refusal(Answer(status, each, httpx.Headers()))
        assert outcome.result in {Result.RETRY, Result.UNSURE, Result.REFUSED, Result.UNWANTED}
        assert outcome.code is not None
        assert words().reason(outcome.code)
