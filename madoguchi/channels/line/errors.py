"""What a refused or broken request to LINE means.

The status tells most things apart. Two of them only LINE's words do: a month that is used up from
too many requests (both 429), and a reply token of no use from any other mistake (both 400).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import Any, Literal

import aiohttp

from madoguchi.conversations.channel import Outcome, Result

type Via = Literal["reply", "push"]

REQUEST_ID = "x-line-request-id"
# One push request counts for one customer, however many messages it brings.
_COUNTED = {"push": 1, "reply": 0}
# The shop has to put a new access token in first, or to change its plan.
_SHOP_WAIT = timedelta(minutes=10)
_LONGEST_WAIT = timedelta(hours=1)
_LONGEST_DETAIL = 300

_INVALID_TOKEN = "invalid reply token"
_NO_SUCH_USER = "failed to send messages"
_MONTHLY_LIMIT = "monthly limit"
# Ids of customers and groups, and whatever numbers and addresses a message may have had in it.
_PERSONAL = re.compile(r"[UCR][0-9a-f]{32}|\S+@\S+|[0-9]{5,}")

_BY_STATUS: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "invalid_request",
    HTTPStatus.UNAUTHORIZED: "refused_credentials",
    HTTPStatus.FORBIDDEN: "refused_credentials",
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.CONFLICT: "accepted_before",
    HTTPStatus.GONE: "gone",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit",
}
# Everything else was refused for good.
_RESULTS = {
    "refused_credentials": Result.RETRY,
    "rate_limit": Result.RETRY,
    "unreachable": Result.RETRY,
    "quota": Result.HELD,
    # Whether it was carried out nobody knows: LINE says to try again with the same retry key.
    "server_error": Result.UNSURE,
    "timeout": Result.UNSURE,
    "connection_lost": Result.UNSURE,
    "odd_answer": Result.UNSURE,
}


@dataclass(eq=False)
class LineError(Exception):
    """A request to LINE that did not end well; ``code`` is one of those above.

    ``status`` is None when there was no answer. ``detail`` is LINE's text without personal data,
    ``request_id`` LINE's id of the request, which its support asks for. ``accepted`` are the ids
    of the messages when a request with the same retry key was accepted before.
    """

    code: str
    status: int | None = None
    detail: str | None = None
    request_id: str | None = None
    after: timedelta | None = None
    accepted: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        """Return the code and LINE's words."""
        return f"{self.code} ({self.status or 'no answer'}): {self.detail or '-'}"


def refused(status: int, body: bytes, headers: Mapping[str, str]) -> LineError:
    """Return the error of an answer with a status that is no success."""
    answer = _object(body)
    said = answer.get("message")
    message = said if isinstance(said, str) else ""
    return LineError(
        _code(status, message.lower()),
        status,
        _detail(message, answer.get("details")),
        headers.get(REQUEST_ID),
        _wait(headers.get("retry-after", "")),
        message_ids(answer),
    )


def broken(error: Exception) -> LineError:
    """Return the error of a request that was not answered, or not to its end.

    Only when no connection came about is it certain that LINE did not get it.
    """
    name = type(error).__name__
    never_sent = (
        aiohttp.ClientConnectorError,
        aiohttp.ConnectionTimeoutError,
        aiohttp.ClientHttpProxyError,
        aiohttp.InvalidURL,
    )
    if isinstance(error, never_sent):
        return LineError("unreachable", detail=name)
    if isinstance(error, TimeoutError):
        return LineError("timeout", detail=name)
    if isinstance(error, aiohttp.ClientError | OSError):
        return LineError("connection_lost", detail=name)
    return LineError("odd_answer", detail=name)


def outcome_of(error: LineError, via: Via) -> Outcome:
    """Return what an error means for a delivery. Raises nothing.

    A push that was accepted before is sent: only its answer was lost. A wrong access token is no
    reason to give messages up, so they wait for the shop; those of a used-up month wait for the
    customer, whose next message can be answered for free.
    """
    if error.code == "accepted_before" and via == "push":
        return sent(via, error.accepted)
    result = _RESULTS.get(error.code, Result.REFUSED)
    after = _SHOP_WAIT if error.code == "refused_credentials" else None
    if error.code == "rate_limit":
        after = error.after
    return Outcome(result, via=via, code=error.code, detail=error.detail, after=after)


def sent(via: Via, external_ids: tuple[str, ...]) -> Outcome:
    """Return the outcome of a delivery that LINE took."""
    return Outcome(Result.SENT, via=via, counted=_COUNTED[via], external_ids=external_ids)


def message_ids(answer: object) -> tuple[str, ...]:
    """Return the ids of the messages that an answer says were sent, in order."""
    messages = answer.get("sentMessages") if isinstance(answer, dict) else None
    if not isinstance(messages, list):
        return ()
    ids = (message.get("id") for message in messages if isinstance(message, dict))
    return tuple(each for each in ids if isinstance(each, str))


def _code(status: int, message: str) -> str:
    if status == HTTPStatus.BAD_REQUEST and _INVALID_TOKEN in message:
        return "token_invalid"
    if status == HTTPStatus.BAD_REQUEST and message == _NO_SUCH_USER:
        return "user_unknown"
    if status == HTTPStatus.TOO_MANY_REQUESTS and _MONTHLY_LIMIT in message:
        return "quota"
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return "invalid_request"
    return "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "odd_answer"


def _detail(message: str, details: object) -> str | None:
    """Return LINE's words: what is wrong, and with which property of the request."""
    listed = details if isinstance(details, list) else []
    parts = [
        message,
        *(
            f"{e.get('property', '')}: {e.get('message', '')}"
            for e in listed
            if isinstance(e, dict)
        ),
    ]
    told = " / ".join(_PERSONAL.sub("…", part) for part in parts if part)
    return " ".join(told.split())[:_LONGEST_DETAIL] or None


def _wait(seconds: str) -> timedelta | None:
    """Return how long an answer asks to be left alone; LINE itself does not say."""
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > len("86400"):
        return None
    return min(timedelta(seconds=int(seconds)), _LONGEST_WAIT)


def _object(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
