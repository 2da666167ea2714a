"""Tokens that work once and not for long: for replies and for linking accounts; and retry keys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.line_platform import ids
from tests.line_platform.errors import INVALID_REPLY_TOKEN, RETRY_KEY_ACCEPTED, LineError

# "Within one minute after receiving the webhook"; what happens later LINE does not promise, and
# this platform refuses. A redelivered webhook opens its token again, up to 20 minutes after the
# event, unless it has been used (reference, "Reply token").
REPLY_TOKEN_LIFE = timedelta(seconds=60)
REDELIVERED_REPLY_LIMIT = timedelta(minutes=20)
LINK_TOKEN_LIFE = timedelta(minutes=10)
RETRY_KEY_LIFE = timedelta(hours=24)


@dataclass
class _ReplyToken:
    chat: str
    event_at: datetime
    opened: datetime | None = None
    used: bool = False


class ReplyTokens:
    """The reply tokens given out with webhook events."""

    def __init__(self) -> None:
        """Begin without any."""
        self._tokens: dict[str, _ReplyToken] = {}

    def issue(self, chat: str, event_at: datetime) -> str:
        """Return a new token that replies into a chat; its minute starts with ``open``."""
        token = ids.token()
        self._tokens[token] = _ReplyToken(chat, event_at)
        return token

    def open(self, token: str, now: datetime) -> None:
        """Start the token's minute: its webhook is being delivered, or delivered again.

        A token that was not issued here, as an event made by hand may carry, stays useless.
        """
        found = self._tokens.get(token)
        if found is None:
            return
        if found.opened is None or now - found.event_at <= REDELIVERED_REPLY_LIMIT:
            found.opened = now

    def chat_of(self, token: str, now: datetime) -> str:
        """Return the chat that a token replies into.

        Raises LineError (400) for one that is unknown, used or too old.
        """
        found = self._tokens.get(token)
        if found is None or found.used or found.opened is None:
            raise LineError(400, INVALID_REPLY_TOKEN)
        if now - found.opened > REPLY_TOKEN_LIFE:
            raise LineError(400, INVALID_REPLY_TOKEN)
        return found.chat

    def use(self, token: str) -> None:
        """Make a token useless from now on."""
        self._tokens[token].used = True


@dataclass
class _LinkToken:
    user: str
    issued: datetime
    used: bool = False


class LinkTokens:
    """The tokens that begin an account link."""

    def __init__(self) -> None:
        """Begin without any."""
        self._tokens: dict[str, _LinkToken] = {}

    def issue(self, user: str, now: datetime) -> str:
        """Return a new token for a user."""
        token = ids.token()
        self._tokens[token] = _LinkToken(user, now)
        return token

    def redeem(self, token: str, now: datetime) -> str | None:
        """Return the user that a token was issued for and use it up.

        None when it is unknown, used or older than ten minutes: the customer then sees an error,
        and no webhook is sent (reference, "Account link event").
        """
        found = self._tokens.get(token)
        if found is None or found.used or now - found.issued > LINK_TOKEN_LIFE:
            return None
        found.used = True
        return found.user


@dataclass(frozen=True)
class _Accepted:
    request_id: str
    sent: list[dict[str, Any]]
    at: datetime


class RetryKeys:
    """The keys of requests that were accepted, kept for 24 hours."""

    def __init__(self) -> None:
        """Begin without any."""
        self._accepted: dict[str, _Accepted] = {}

    def refuse_known(self, key: str, now: datetime) -> None:
        """Raise LineError (409) when a request with this key was accepted within 24 hours."""
        found = self._accepted.get(key)
        if found is not None and now - found.at <= RETRY_KEY_LIFE:
            raise LineError(
                409,
                RETRY_KEY_ACCEPTED,
                more={"sentMessages": found.sent},
                headers={"x-line-accepted-request-id": found.request_id},
            )

    def remember(
        self, key: str, request_id: str, sent: list[dict[str, Any]], now: datetime
    ) -> None:
        """Keep what was answered to an accepted request."""
        self._accepted[key] = _Accepted(request_id, sent, now)
