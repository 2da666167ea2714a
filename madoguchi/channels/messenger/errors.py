"""What a refused or broken request means for a delivery (Meta's "Common Error Codes").

The Send API has no key that makes a repeated request harmless. So the question is always whether
the message may have gone out: then the outcome is UNSURE, and its echo may still prove it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import httpx

from madoguchi.channels.messenger.client import Answer
from madoguchi.channels.messenger.shapes import mapping, text
from madoguchi.conversations.channel import Outcome, Result

# Long enough for an echo, which usually comes within a second or two.
ECHO_WAIT = timedelta(seconds=15)
_RATE_WAIT = timedelta(seconds=60)
_LONGEST_WAIT = timedelta(hours=1)
# The shop has to do something first.
_SHOP_WAIT = timedelta(minutes=10)
_POLICY_WAIT = timedelta(hours=1)

_LONG_NUMBER = re.compile(r"[0-9]{6,}")


@dataclass(frozen=True)
class _Reason:
    code: str
    result: Result
    after: timedelta | None = None


_WINDOW = _Reason("window_closed", Result.REFUSED)
_PERSON = _Reason("unavailable_person", Result.UNWANTED)
_UNKNOWN = _Reason("unknown_person", Result.REFUSED)
_PERMISSION = _Reason("no_permission", Result.REFUSED)
_TOKEN = _Reason("token_expired", Result.RETRY, _SHOP_WAIT)
_RATE = _Reason("rate_limit", Result.RETRY, _RATE_WAIT)
_TEMPORARY = _Reason("temporary", Result.RETRY)
_POLICY = _Reason("policy_block", Result.RETRY, _POLICY_WAIT)
_REQUEST = _Reason("invalid_request", Result.REFUSED)
_SERVER = _Reason("server_error", Result.UNSURE, ECHO_WAIT)
_ODD = _Reason("odd_answer", Result.UNSURE, ECHO_WAIT)

# By code and subcode first, then by code.
_EXACT = {
    (10, 2018278): _WINDOW,
    (10, 2018065): _WINDOW,
    (10, 2534022): _WINDOW,  # Instagram's own
    (10, 2018108): _PERSON,
    (200, 1545041): _PERSON,
    (551, 1545041): _PERSON,
    (100, 2018001): _UNKNOWN,
    (100, 2534014): _UNKNOWN,
    # Meta says of this one that the messages went out all the same.
    (1, 1357046): _SERVER,
}
_BY_CODE = {
    1: _SERVER,
    2: _TEMPORARY,
    3: _PERMISSION,
    4: _RATE,
    10: _PERMISSION,
    17: _RATE,
    32: _RATE,
    100: _REQUEST,
    102: _TOKEN,
    190: _TOKEN,
    200: _PERMISSION,
    230: _PERMISSION,
    299: _PERMISSION,
    368: _POLICY,
    551: _PERSON,
    613: _RATE,
    1200: _TEMPORARY,
    80002: _RATE,
    80006: _RATE,
}
_BY_STATUS = {
    HTTPStatus.UNAUTHORIZED: _TOKEN,
    HTTPStatus.FORBIDDEN: _PERMISSION,
    HTTPStatus.TOO_MANY_REQUESTS: _RATE,
}


def message_id_of(answer: Answer) -> str | None:
    """Return the id of the message that the platform took, None when it does not say so."""
    if answer.status != HTTPStatus.OK or "error" in answer.content:
        return None
    return text(answer.content.get("message_id")) or None


def refusal(answer: Answer) -> Outcome:
    """Return the outcome of a request that was answered, but not with a message's id."""
    error = mapping(answer.content.get("error"))
    reason = _reason(answer.status, error)
    after = reason.after
    if reason is _RATE:
        after = _asked_for(answer.headers) or after
    return Outcome(
        reason.result, code=reason.code, detail=_detail(answer.status, error), after=after
    )


def failure(error: httpx.HTTPError | TimeoutError) -> Outcome:
    """Return the outcome of a request that was not answered."""
    name = type(error).__name__
    if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
        return Outcome(Result.RETRY, code="unreachable", detail=name)
    late = isinstance(error, TimeoutError | httpx.TimeoutException)
    code = "timeout" if late else "connection_lost"
    return Outcome(Result.UNSURE, code=code, detail=name, after=ECHO_WAIT)


def _reason(status: int, error: dict[str, Any]) -> _Reason:
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    known = _EXACT.get((code, subcode)) or _BY_CODE.get(code)
    if known is not None:
        return known
    if error.get("is_transient") is True:
        return _TEMPORARY
    if status in _BY_STATUS:
        return _BY_STATUS[HTTPStatus(status)]
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _REQUEST
    return _SERVER if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _ODD


def _number(value: object) -> int:
    return value if isinstance(value, int) else -1


def _detail(status: int, error: dict[str, Any]) -> str:
    """Return Meta's words without ids of people; its trace id helps Meta's support."""
    said = _LONG_NUMBER.sub("…", " ".join(text(error.get("message")).split()))[:200]
    code, subcode = _number(error.get("code")), _number(error.get("error_subcode"))
    numbers = f"#{code}" + (f"/{subcode}" if subcode > 0 else "") if code >= 0 else ""
    trace = text(error.get("fbtrace_id"))[:40]
    parts = [f"HTTP {status}", numbers, said, f"fbtrace_id {trace}" if trace else ""]
    return " ".join(part for part in parts if part)


def _asked_for(headers: httpx.Headers) -> timedelta | None:
    """Return how long the platform asks to be left alone, None when it does not say."""
    said = headers.get("retry-after", "")
    if not (said.isascii() and said.isdecimal()) or len(said) > len("86400"):
        return None
    return min(timedelta(seconds=int(said)), _LONGEST_WAIT)
