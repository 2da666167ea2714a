"""Brings deliveries to Messenger or Instagram, part by part, none of them twice."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from madoguchi.channels.messenger import metadata, window
from madoguchi.channels.messenger.bubbles import Bubble, Renderer
from madoguchi.channels.messenger.client import GraphClient
from madoguchi.channels.messenger.errors import failure, message_id_of, refusal
from madoguchi.channels.messenger.events import message_id
from madoguchi.clock import Clock
from madoguchi.conversations.channel import Delivery, Outcome, Progress, Recipient, Result
from madoguchi.logs import log

# A try is given up after fifteen seconds. With a request of eight begun in the last moment, it
# still ends in time.
_TRY_SECONDS = 6.0


@dataclass(frozen=True)
class MessengerSender:
    """A sender for one account.

    The API has no retry key, so each part that was taken is noted at once (``progress``), an echo
    notes it too, and a further try goes on after it. Twice is sent only a part of which neither
    an answer nor an echo was seen.
    """

    renderer: Renderer
    client: GraphClient
    progress: Progress
    clock: Clock
    human_agent: bool = True
    try_seconds: float = _TRY_SECONDS

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Try once; an outcome with code ``unfinished`` means that more parts follow."""
        bubbles = self.renderer.bubbles(delivery.messages, delivery.recipient.external_id)
        terms = window.terms(
            delivery.recipient.heard_at,
            self.clock.now(),
            by_person=window.written_by_person(delivery.messages),
            human_agent=self.human_agent,
        )
        done = await self.progress.done(delivery.id)
        if terms is None and done < len(bubbles):
            return Outcome(Result.REFUSED, code="window_closed")
        started = time.monotonic()
        ids: list[str] = []
        for number, bubble in enumerate(bubbles[done:], done + 1):
            if ids and time.monotonic() - started > self.try_seconds:
                return Outcome(Result.RETRY, code="unfinished", after=timedelta(0))
            part = metadata.Part(delivery.id, number, len(bubbles))
            taken = await self._send(delivery, part, bubble, terms or {})
            if isinstance(taken, Outcome):
                return taken
            ids.append(taken)
        known = tuple(each for each in map(message_id, ids) if each is not None)
        return Outcome(Result.SENT, via="send", counted=len(delivery.messages), external_ids=known)

    async def thinking(self, recipient: Recipient) -> None:
        """Mark what the customer wrote as seen, and show that someone types."""
        for action in ("mark_seen", "typing_on"):
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                await self.client.act(recipient.external_id, action)

    async def _send(
        self, delivery: Delivery, part: metadata.Part, bubble: Bubble, terms: dict[str, Any]
    ) -> str | Outcome:
        """Return the id of the part once the platform has it, else why it has not."""
        if self.renderer.product.echoes_metadata:
            bubble = {**bubble, "metadata": metadata.written(part)}
        request = {"recipient": {"id": delivery.recipient.external_id}, **terms, "message": bubble}
        try:
            answer = await self.client.send(request)
        except (httpx.HTTPError, TimeoutError) as error:
            return await self._not_sent(delivery, part, failure(error))
        taken = message_id_of(answer)
        if taken is None:
            return await self._not_sent(delivery, part, refusal(answer))
        await self.progress.mark(delivery.id, part.number)
        return taken

    async def _not_sent(
        self, delivery: Delivery, part: metadata.Part, outcome: Outcome
    ) -> str | Outcome:
        """Return why a part was not sent, or nothing when its echo says that it was."""
        # The echo may have been faster than the answer that never came.
        if outcome.result is Result.UNSURE and (
            await self.progress.done(delivery.id) >= part.number
        ):
            return ""
        log("messenger").warning(
            "not sent",
            channel=self.renderer.product.name,
            code=outcome.code,
            reason=outcome.detail,
            attempt=delivery.attempt,
        )
        return outcome
