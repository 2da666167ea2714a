"""Brings notifications to those who are told: claimed, written, tried, and the end noted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Protocol

import httpx

from madoguchi.channels.webhook.client import WebhookClient
from madoguchi.channels.webhook.sender import outcome_of, outcome_of_failure
from madoguchi.clock import Clock
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.conversations.deliveries import gone_from_here
from madoguchi.logs import log
from madoguchi.metrics import NOTIFICATIONS
from madoguchi.notifications.compose import Composer
from madoguchi.notifications.mail import AddressError, message, message_id
from madoguchi.notifications.model import Claim, State, Via
from madoguchi.notifications.outbox import NotificationOutbox

# Nothing is told any more: the chat was taken, or its conversation is gone.
OVER = "over"
_AT_ONCE = 5


class Way(Protocol):
    """How notifications go out."""

    async def send(self, claim: Claim) -> Outcome:
        """Try once; whatever goes wrong is in the outcome."""
        ...


class MailSender(Protocol):
    """Hands a mail over to a server."""

    async def send(self, mail: EmailMessage) -> Outcome:
        """Try once; whatever goes wrong is in the outcome."""
        ...


class ByMail:
    """Tells by e-mail."""

    def __init__(self, sender: MailSender, composer: Composer, from_: Address) -> None:
        """Send from the address."""
        self._sender = sender
        self._composer = composer
        self._from = from_

    async def send(self, claim: Claim) -> Outcome:
        """Write the mail and hand it over; every try of a key has the same Message-ID."""
        mail = await self._composer.mail(claim)
        if mail is None:
            return Outcome(Result.UNWANTED, code=OVER)
        try:
            made = message(mail, self._from, claim.to.address, claim.key, claim.created_at)
        except AddressError:
            return Outcome(Result.REFUSED, code="refused_recipient")
        return await self._sender.send(made)


class ByWebhook:
    """Tells another system by signed calls, in the form of the webhook channel's."""

    def __init__(self, client: WebhookClient, composer: Composer, clock: Clock) -> None:
        """Call with the client."""
        self._client = client
        self._composer = composer
        self._clock = clock

    async def send(self, claim: Claim) -> Outcome:
        """Call; every try of a key has the same webhook-id, by which a repetition is known."""
        body = await self._composer.call(claim)
        if body is None:
            return Outcome(Result.UNWANTED, code=OVER)
        call_id = message_id(claim.key, Address(domain="notification")).partition("@")[0][1:]
        content = json.dumps(body, ensure_ascii=False).encode()
        try:
            answer = await self._client.post(call_id, content, self._client.bounds.answer)
        except (httpx.HTTPError, TimeoutError) as error:
            return outcome_of_failure(error)
        return outcome_of(answer, self._clock.now())


class SendingWorker:
    """Sends what falls due. Its ``work`` is called again and again; ``wake`` has it called soon."""

    def __init__(self, outbox: NotificationOutbox, ways: Mapping[Via, Way]) -> None:
        """Send by these ways; what goes another way stays waiting."""
        self._outbox = outbox
        self._ways = ways
        self._log = log("notifications")
        self._began = False

    async def work(self) -> int:
        """Try everything that is due now; returns how many tries that were."""
        if not self._began:
            await self._outbox.take_over(gone_from_here)
            self._began = True
        tried = 0
        while claims := await self._outbox.claim(self._ways, _AT_ONCE):
            await asyncio.gather(*(self._try(claim) for claim in claims))
            tried += len(claims)
        return tried

    async def _try(self, claim: Claim) -> None:
        try:
            outcome = await self._ways[claim.to.via].send(claim)
        except Exception:  # noqa: BLE001  (one that cannot be written must not hold up the others)
            self._log.exception("notification failed", kind=claim.kind)
            outcome = Outcome(Result.RETRY, code="failed")
        state = await self._outbox.finish(claim, outcome)
        NOTIFICATIONS.labels(claim.to.via, outcome.result).inc()
        if state is None:
            self._log.warning("claim lost", kind=claim.kind)
        elif state is State.PARKED:
            self._log.error(
                "notification parked", kind=claim.kind, code=outcome.code, attempts=claim.attempt
            )
