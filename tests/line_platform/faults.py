"""What can go wrong at an endpoint, switched on for one request, for some, or until mended."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from tests.line_platform.errors import (
    AUTHENTICATION,
    FORBIDDEN,
    INTERNAL,
    MONTHLY_LIMIT,
    RATE_LIMIT,
    Detail,
    LineError,
    invalid_body,
)

ENDPOINTS = (
    "reply",
    "push",
    "validate_reply",
    "validate_push",
    "quota",
    "consumption",
    "profile",
    "link_token",
    "loading",
    "mark_as_read",
    "bot_info",
    "content",
    "preview",
    "transcoding",
    "webhook_endpoint",
    "rich_menu_create",
    "rich_menu_validate",
    "rich_menu_get",
    "rich_menu_list",
    "rich_menu_delete",
    "rich_menu_upload",
    "rich_menu_download",
    "rich_menu_default",
    "rich_menu_default_get",
    "rich_menu_default_clear",
    "rich_menu_link",
    "rich_menu_of_user",
    "rich_menu_unlink",
)
ANY = "*"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong."""

    # What is answered instead of the true answer.
    error: LineError | None = None
    # How the request ends: with an answer, with none while the connection stays, or cut off.
    ending: Literal["answer", "hang", "reset"] = "answer"
    # Whether the request is carried out all the same, before it ends that way.
    accepted: bool = False
    # What is waited for first: seconds, or a test's event.
    delay_seconds: float = 0.0
    until: asyncio.Event | None = None


def bad_request() -> Fault:
    """Return the fault of a request that LINE does not understand (400)."""
    return Fault(invalid_body([Detail("May not be empty", "messages[0].text")]))


def unauthorized() -> Fault:
    """Return the fault of a token that is not, or no longer, good (401)."""
    return Fault(LineError(401, AUTHENTICATION))


def forbidden() -> Fault:
    """Return the fault of an account that may not do this (403)."""
    return Fault(LineError(403, FORBIDDEN))


def rate_limit() -> Fault:
    """Return the fault of too many requests (429): waiting helps."""
    return Fault(LineError(429, RATE_LIMIT))


def monthly_limit() -> Fault:
    """Return the fault of a used-up month (429): waiting does not help."""
    return Fault(LineError(429, MONTHLY_LIMIT))


def server_error(status: int = 500, *, accepted: bool = False) -> Fault:
    """Return the fault of an error on LINE's side; accepted: the messages went out all the same."""
    return Fault(LineError(status, INTERNAL), accepted=accepted)


def hangs(*, accepted: bool = True) -> Fault:
    """Return the fault of a request that is never answered, by default after it was accepted."""
    return Fault(ending="hang", accepted=accepted)


def resets(*, accepted: bool = False) -> Fault:
    """Return the fault of a connection that is cut off."""
    return Fault(ending="reset", accepted=accepted)


def slow(seconds: float = 0.0, until: asyncio.Event | None = None) -> Fault:
    """Return the fault of an answer that takes its time: seconds, or until an event is set."""
    return Fault(delay_seconds=seconds, until=until)


# What the sandbox's page offers, by name.
BY_NAME = {
    "bad_request": bad_request(),
    "unauthorized": unauthorized(),
    "forbidden": forbidden(),
    "rate_limit": rate_limit(),
    "monthly_limit": monthly_limit(),
    "server_error": server_error(),
    "hangs": hangs(),
    "resets": resets(),
    "slow": slow(5.0),
}


@dataclass
class _Switched:
    fault: Fault
    # None: until mended.
    left: int | None


@dataclass
class Faults:
    """The faults that are switched on, by endpoint; ``*`` is every endpoint."""

    _on: dict[str, _Switched] = field(default_factory=dict)

    def switch_on(self, endpoint: str, fault: Fault, times: int | None = 1) -> None:
        """Let the next requests fail: so many, or all until mended. Raises ValueError."""
        if endpoint != ANY and endpoint not in ENDPOINTS:
            raise ValueError(f"{endpoint} is none of {', '.join(ENDPOINTS)}")
        self._on[endpoint] = _Switched(fault, times)

    def mend(self, endpoint: str = ANY) -> None:
        """Let an endpoint, or all of them, work again."""
        if endpoint == ANY:
            self._on.clear()
        else:
            self._on.pop(endpoint, None)

    def take(self, endpoint: str) -> Fault:
        """Return the fault of the request that has come, one of nothing when all is well."""
        for name in (endpoint, ANY):
            switched = self._on.get(name)
            if switched is None:
                continue
            if switched.left is not None:
                switched.left -= 1
                if switched.left <= 0:
                    del self._on[name]
            return switched.fault
        return Fault()

    def names(self) -> dict[str, str]:
        """Return which of the named faults is on at which endpoint."""
        by_fault = {id(fault): name for name, fault in BY_NAME.items()}
        return {
            endpoint: by_fault.get(id(switched.fault), "other")
            for endpoint, switched in self._on.items()
        }
