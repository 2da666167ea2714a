"""A call's address and headers are what was meant, and a reply is an answer or none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.systems.http.calls import Call, NonsenseError, RefusedError, Reply, read_reply
from madoguchi.systems.http.wire import OrderWire, Status

JSON, PROBLEM = "application/json", "application/problem+json"


def test_a_value_stays_one_part_of_the_address() -> None:
    call = Call("GET", "/orders/{number}", path={"number": "../a/b?c#d%41 é"})
    assert call.address == "/orders/..%2Fa%2Fb%3Fc%23d%2541%20%C3%A9"


def test_only_what_is_there_is_said_in_headers() -> None:
    assert Call("GET", "/status").headers == {}
    assert Call("GET", "/status").content is None
    call = Call("POST", "/x", body={"wish": "鞄"}, key="k-1")
    assert call.headers == {"Content-Type": "application/json", "Idempotency-Key": "k-1"}
    assert json.loads(call.content or b"") == {"wish": "鞄"}


@pytest.mark.parametrize("key", ["", "a b", "鍵", "a\r\nX: 1", "k" * 129, "k\n"])
def test_a_key_that_no_header_can_carry_is_an_error_of_the_caller(key: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII"):
        Call("POST", "/x", key=key)


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=128))
def test_any_other_key_is_carried(key: str) -> None:
    assert Call("POST", "/x", key=key).headers["Idempotency-Key"] == key


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not_found"), (409, "not_allowed"), (422, "key_reused"), (422, "invalid")],
)
@pytest.mark.parametrize("media_type", [JSON, PROBLEM])
def test_a_problem_of_the_api_is_a_refusal(status: int, code: str, media_type: str) -> None:
    body = json.dumps({"type": "about:blank", "status": status, "code": code}).encode()
    with pytest.raises(RefusedError) as refused:
        read_reply(Reply(status, media_type, body), Status)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("status", "media_type", "body"),
    [
        (404, "text/html", b'{"code": "not_found"}'),
        (404, PROBLEM, b"<html>Not found</html>"),
        (404, PROBLEM, b"{}"),
        (404, PROBLEM, b'{"code": "no_such_page"}'),
        (404, PROBLEM, b'{"code": "not_allowed"}'),
        (409, PROBLEM, b'{"code": "not_found"}'),
        (400, PROBLEM, b'{"code": "invalid"}'),
        (410, PROBLEM, b'{"code": "not_found"}'),
        (201, JSON, b'{"status": "ok"}'),
        (204, "", b""),
        (302, "", b""),
    ],
)
def test_any_other_status_says_nothing(status: int, media_type: str, body: bytes) -> None:
    with pytest.raises(NonsenseError, match=str(status)):
        read_reply(Reply(status, media_type, body), Status)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_told_as_what_it_is(status: int) -> None:
    with pytest.raises(NonsenseError, match=f"token with {status}"):
        read_reply(Reply(status, PROBLEM, b'{"code": "not_found"}'), Status)


@pytest.mark.parametrize("media_type", ["", "text/html", "text/json", PROBLEM])
def test_an_answer_is_json_and_says_so(media_type: str) -> None:
    with pytest.raises(NonsenseError, match="no application/json"):
        read_reply(Reply(200, media_type, b'{"status": "ok"}'), Status)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b'"ok"',
        b'{"status": null}',
        b'{"status": "ok"',
        b'{"status": "\\ud800"}',
        b"[" * 100_000,
        b'{"status": ' + b"[" * 100_000,
        b'{"status": NaN}',
    ],
    ids=range(13),
)
def test_what_is_no_json_of_ours_is_no_answer(body: bytes) -> None:
    with pytest.raises(NonsenseError, match="malformed"):
        read_reply(Reply(200, JSON, body), Status)


@given(st.integers(200, 499), st.sampled_from([JSON, PROBLEM, "text/html"]), st.binary())
def test_any_reply_is_an_answer_a_refusal_or_nonsense(
    status: int, media_type: str, body: bytes
) -> None:
    try:
        read_reply(Reply(status, media_type, body), Status)
    except (NonsenseError, RefusedError):
        pass
    else:
        assert (status, media_type) == (200, JSON)


def test_the_reason_names_places_and_never_what_stood_there() -> None:
    secret = "佐藤花子 090-1234-5678"
    body = json.dumps({"number": secret, "state": secret, "product": {"name": [secret]}, secret: 1})
    with pytest.raises(NonsenseError) as nonsense:
        read_reply(Reply(200, JSON, body.encode()), OrderWire)
    reason = str(nonsense.value)
    assert "number string_pattern_mismatch" in reason
    assert "佐藤" not in reason
    assert "1234" not in reason
    assert nonsense.value.__cause__ is None
    assert nonsense.value.__suppress_context__
