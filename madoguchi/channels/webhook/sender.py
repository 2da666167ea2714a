"""Brings messages to the other system: one signed call per delivery, once under one id."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from uuid import uuid4

import httpx

from madoguchi.channels.web.schemas import Link
from madoguchi.channels.webhook.client import Answer, WebhookClient
from madoguchi.channels.webhook.schemas import MessagesOut, TypingOut
from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.channel import Delivery, Outcome, Recipient, Result

VIA = "webhook"
# Every ``code`` of an outcome, for the desk's words.
CODES = frozenset(
    {
        "busy",
        "connection_lost",
        "rate_limit",
        "redirected",
        "refused",
        "refused_signature",
        "server_error",
        "timeout",
        "unreachable",
        "unwanted",
    }
)
_LONGEST_PAUSE = timedelta(days=1)
# Nothing was worked on, says the receiver.
_PASSING = {408: "busy", 425: "busy", 429: "rate_limit", 503: "busy"}
# Nothing was sent.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class WebhookSender:
    """Sends to the other system."""

    def __init__(self, client: WebhookClient, clock: Clock, link: Link | None = None) -> None:
        """Send with the client; ``link`` is where the other system fetches files."""
        self._client, self._clock, self._link = client, clock, link

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Try once. The call's id is the delivery's retry key: the receiver knows a repetition."""
        body = MessagesOut.of(delivery, self._link).body()
        try:
            answer = await self._client.post(
                str(delivery.retry_key), body, self._client.bounds.answer
            )
        except (httpx.HTTPError, TimeoutError) as error:
            return outcome_of_failure(error)
        return outcome_of(answer, self._clock.now())

    async def thinking(self, recipient: Recipient) -> None:
        """Say that an answer is being made; whatever goes wrong is of no consequence."""
        body = TypingOut.of(recipient, self._clock.now()).body()
        with contextlib.suppress(httpx.HTTPError, TimeoutError):
            await self._client.post(str(uuid4()), body, self._client.bounds.typing)


def outcome_of(answer: Answer, now: datetime) -> Outcome:
    """Return how a try ended that was answered (Standard Webhooks: Delivery success and failure).

    A receiver that fails with 5xx may have taken the messages before; 503 alone says that it has
    not begun.
    """
    status, detail = answer.status, f"HTTP {answer.status}"
    after = pause(answer.retry_after, now)
    if httpx.codes.is_success(status):
        return Outcome(Result.SENT, VIA, detail=detail)
    if status in _PASSING:
        return Outcome(Result.RETRY, VIA, code=_PASSING[status], detail=detail, after=after)
    if httpx.codes.is_server_error(status):
        return Outcome(Result.UNSURE, VIA, code="server_error", detail=detail, after=after)
    if status == httpx.codes.GONE:
        return Outcome(Result.UNWANTED, VIA, code="unwanted", detail=detail)
    return Outcome(Result.REFUSED, VIA, code=_refusal(status), detail=detail)


def outcome_of_failure(error: httpx.HTTPError | TimeoutError) -> Outcome:
    """Return how a try ended that was not answered; its detail is the failure's kind alone."""
    detail = type(error).__name__
    if isinstance(error, _BEFORE_SENDING):
        return Outcome(Result.RETRY, VIA, code="unreachable", detail=detail)
    late = isinstance(error, TimeoutError | httpx.TimeoutException)
    code = "timeout" if late else "connection_lost"
    return Outcome(Result.UNSURE, VIA, code=code, detail=detail)


def pause(retry_after: str | None, now: datetime) -> timedelta | None:
    """Return how long a receiver asks to be left alone (RFC 9110: seconds or a date), or None.

    What cannot be read asks for nothing, and no more than a day is granted.
    """
    if retry_after is None:
        return None
    word = retry_after.strip()
    if word.isascii() and word.isdecimal():
        # More digits than a day has are not even read.
        return min(timedelta(seconds=int(word[:9])), _LONGEST_PAUSE)
    try:
        wanted = as_utc(parsedate_to_datetime(word)) - as_utc(now)
    except (ValueError, OverflowError):
        return None
    return min(max(wanted, timedelta()), _LONGEST_PAUSE)


def _refusal(status: int) -> str:
    if httpx.codes.is_redirect(status):
        return "redirected"
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return "refused_signature"
    return "refused"
