"""One request to the shop, one answer, and what an answer can be instead of one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from madoguchi.systems.http.fields import IDEMPOTENCY_KEY
from madoguchi.systems.http.wire import Refusal, Wire

NOT_FOUND, NOT_ALLOWED, KEY_REUSED, INVALID = "not_found", "not_allowed", "key_reused", "invalid"

_MEDIA_TYPES = {"application/json", "application/problem+json"}


class NonsenseError(Exception):
    """The shop's answer is none; the message is for a log and holds no personal data."""


class RefusedError(Exception):
    """The shop answered with a problem whose code is one of the API's."""

    def __init__(self, code: str) -> None:
        """Refused with the code."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Call:
    """A request. ``route`` is its address as a pattern, which is all that a log may show."""

    method: str
    route: str
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a key that no header can carry."""
        if self.key is not None and not re.fullmatch(IDEMPOTENCY_KEY, self.key):
            raise ValueError("an idempotency key has 1 to 128 visible ASCII characters")

    @property
    def address(self) -> str:
        """Return the address below the API's own, with the path's values in place."""
        return self.route.format(
            **{name: quote(value, safe="") for name, value in self.path.items()}
        )

    @property
    def headers(self) -> dict[str, str]:
        """Return the headers of this call."""
        headers = {}
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        if self.key is not None:
            headers["Idempotency-Key"] = self.key
        return headers

    @property
    def content(self) -> bytes | None:
        """Return the body as it travels, always ASCII."""
        return None if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the media type without parameters, and the body."""

    status: int
    media_type: str
    body: bytes


def read_reply[W: Wire](reply: Reply, shape: type[W]) -> W:
    """Return the answer. Raises RefusedError for the API's problems and NonsenseError."""
    if reply.status != httpx.codes.OK:
        raise _refusal(reply)
    if reply.media_type != "application/json":
        raise NonsenseError("the answer is no application/json")
    try:
        return shape.model_validate_json(reply.body)
    except ValidationError as error:
        # The input stays out of the message, and so out of the log.
        raise NonsenseError(_in_words(error)) from None


# A code counts with its status only: the 404 of a wrong address is no "no such order".
_REFUSALS = {(404, NOT_FOUND), (409, NOT_ALLOWED), (422, KEY_REUSED), (422, INVALID)}


def _refusal(reply: Reply) -> RefusedError | NonsenseError:
    if reply.status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return NonsenseError(f"the shop refuses the token with {reply.status}")
    code = None
    if reply.media_type in _MEDIA_TYPES:
        try:
            code = Refusal.model_validate_json(reply.body).code
        except ValidationError:
            code = None
    if code is not None and (reply.status, code) in _REFUSALS:
        return RefusedError(code)
    return NonsenseError(f"the shop answered {reply.status} without a code of the API")


def _in_words(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    places = {f"{'.'.join(str(part) for part in fault['loc'])} {fault['type']}" for fault in faults}
    return "the answer is malformed: " + ", ".join(sorted(places)[:5]).strip()
