"""Brings what waits in the outbox to the platforms: in order, and never twice."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

from madoguchi.conversations.channel import Delivery, Outcome, Result, Sender
from madoguchi.conversations.model import Message
from madoguchi.conversations.model import Sender as Author
from madoguchi.conversations.outbox import Claim, Outbox, State, gone_from_here
from madoguchi.conversations.people import People
from madoguchi.conversations.store import ConversationStore
from madoguchi.logs import log
from madoguchi.metrics import DELIVERIES, DELIVERY_SECONDS
from madoguchi.periodic import ended

# Shorter than a claim: a try that is given up here is not yet anyone else's.
_TRY_SECONDS = 15.0
_LOOK_SECONDS = 0.5
_AT_ONCE = 20


class DeliveryWorker:
    """Tries deliveries as they fall due, the oldest of each conversation first."""

    def __init__(
        self,
        outbox: Outbox,
        people: People,
        store: ConversationStore,
        senders: Mapping[str, Sender],
    ) -> None:
        """Send with each channel's sender; what belongs to no channel here stays waiting."""
        self._outbox = outbox
        self._people = people
        self._store = store
        self._senders = senders
        self._tries: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._stopping = False
        self._looker: asyncio.Task[None] | None = None
        self._log = log("delivery")

    async def start(self) -> None:
        """Begin, with what an earlier process of this host left behind."""
        self._stopping = False
        await self._outbox.take_over(gone_from_here)
        self._looker = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop; tries that are on their way are waited for, so that their end is known."""
        self._stopping = True
        self._woken.set()
        if self._looker is not None:
            await ended(self._looker)
        await ended(*self._tries)

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    async def thinking(self, conversation_id: str) -> None:
        """Show the customer, where the platform can, that an answer is being made."""
        person = await self._people.of_conversation(conversation_id)
        sender = self._senders.get(person.recipient.channel) if person is not None else None
        if person is not None and sender is not None and not person.blocked:
            await sender.thinking(person.recipient)

    async def _look(self) -> None:
        while not self._stopping:
            self._woken.clear()
            try:
                free = _AT_ONCE - len(self._tries)
                claims = await self._outbox.claim(list(self._senders), free) if free > 0 else []
                for claim in claims:
                    task = asyncio.create_task(self._try(claim))
                    self._tries.add(task)
                    task.add_done_callback(self._tries.discard)
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("outbox not read")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), _LOOK_SECONDS)

    async def _try(self, claim: Claim) -> None:
        try:
            with DELIVERY_SECONDS.labels(claim.channel).time():
                outcome = await self._outcome(claim)
            state = await self._outbox.finish(claim, outcome)
            DELIVERIES.labels(claim.channel, outcome.result).inc()
            if state is None:
                self._log.warning("claim lost", conversation=claim.conversation_id)
            elif state is State.PARKED:
                self._log.error(
                    "delivery parked",
                    conversation=claim.conversation_id,
                    code=outcome.code,
                    attempts=claim.attempt,
                )
        except Exception:  # noqa: BLE001  (the claim ends by itself, then it is tried again)
            self._log.exception("delivery failed", conversation=claim.conversation_id)
        finally:
            # The next one of the conversation may be waiting for this one.
            self.wake()

    async def _outcome(self, claim: Claim) -> Outcome:
        person = await self._people.of_conversation(claim.conversation_id)
        if person is None:
            return Outcome(Result.REFUSED, code="nobody")
        if person.blocked:
            return Outcome(Result.UNWANTED, code="blocked")
        messages = await self._messages(claim)
        if not messages:
            return Outcome(Result.UNWANTED, code="withdrawn")
        delivery = Delivery(
            id=claim.id,
            recipient=person.recipient,
            messages=messages,
            retry_key=claim.retry_key,
            attempt=claim.attempt,
            unsure=claim.unsure,
            created_at=claim.created_at,
            inbound_id=claim.inbound_id,
            last_code=claim.last_code,
        )
        try:
            async with asyncio.timeout(_TRY_SECONDS):
                return await self._senders[claim.channel].deliver(delivery)
        except TimeoutError:
            return Outcome(Result.UNSURE, code="timeout")
        except Exception:  # noqa: BLE001  (a sender's own mistake must not hold the chat up)
            self._log.exception("sender failed", channel=claim.channel)
            return Outcome(Result.UNSURE, code="sender_failed")

    async def _messages(self, claim: Claim) -> tuple[Message, ...]:
        wanted = set(claim.seqs)
        between = await self._store.messages_after(
            claim.conversation_id, min(wanted) - 1, max(wanted)
        )
        return tuple(
            message
            for message in between
            if message.seq in wanted and message.sender != Author.CUSTOMER
        )
