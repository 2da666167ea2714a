"""Brings messages to LINE: free of charge as long as there is a reply token, else as a push.

A push is billed. So the assistant's answer to a message whose token was used up by a notice (that
it takes a while) waits until the customer asks for it, which earns a new token. Only if they do not
is it pushed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid5

from linebot.v3.messaging import Message as LineMessage

from madoguchi.channels.line.bubbles import Address, batches
from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.quota import Quota
from madoguchi.channels.line.tokens import ReplyTokens, Taken
from madoguchi.channels.postbacks import Postbacks, command
from madoguchi.clock import Clock
from madoguchi.conversations.channel import Delivery, Outcome, Progress, Recipient, Result
from madoguchi.conversations.model import Choice, Sender
from madoguchi.desk.rating_words import Act
from madoguchi.knowledge.reactions import COMMANDS

# So long an answer that was promised waits for the customer to ask for it.
PROMISE = timedelta(minutes=10)
# What is held for want of messages is looked at again now and then: the month may have changed.
_QUOTA_LOOK = timedelta(hours=1)
_LOADING_SECONDS = 20


class LineSender:
    """Sends with one account."""

    def __init__(
        self,
        client: LineClient,
        tokens: ReplyTokens,
        quota: Quota,
        *,
        postbacks: Postbacks,
        progress: Progress,
        clock: Clock,
        address: Address,
        rating_push: bool = False,
    ) -> None:
        """Send with the client; choices are signed by the postbacks, files fetched at addresses.

        The question how satisfied the customer was is pushed only with ``rating_push``.
        """
        self._client = client
        self._tokens = tokens
        self._quota = quota
        self._postbacks = postbacks
        self._progress = progress
        self._clock = clock
        self._address = address
        self._rating_push = rating_push

    async def thinking(self, recipient: Recipient) -> None:
        """Show LINE's waiting animation until the next message."""
        await self._client.start_loading(recipient.external_id, _LOADING_SECONDS)

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Try once: reply, push, or hold."""
        requests = self._requests(delivery)
        done = await self._progress.done(delivery.id)
        outcome = Outcome(Result.SENT, via="reply")
        counted, ids = 0, list[str]()
        for part, request in enumerate(requests):
            if part < done:
                continue
            outcome = await self._part(delivery, part, request)
            if outcome.result is not Result.SENT:
                return outcome
            counted += outcome.counted
            ids.extend(outcome.external_ids)
            if part + 1 < len(requests):
                await self._progress.mark(delivery.id, part + 1)
        return replace(outcome, counted=counted, external_ids=tuple(ids))

    async def _part(self, delivery: Delivery, part: int, request: Sequence[LineMessage]) -> Outcome:
        """Send one request: the first one with a reply token, if there is any."""
        to = delivery.recipient
        # What may have been pushed can only be pushed again: its key tells whether it arrived.
        unsent = part == 0 and not await self._tokens.gave_up(delivery.id)
        if unsent:
            taken = await self._tokens.take(delivery.id, to.conversation_id, delivery.inbound_id)
            if taken is not None:
                outcome = await self._client.reply(taken.token, request)
                settled = _settled(outcome, taken, unsure=delivery.unsure)
                if settled is not None:
                    return settled
            elif self._worth_a_push(delivery) and await self._may_wait(delivery):
                return Outcome(Result.HELD, code="promised", after=PROMISE, unsent=True)
        key = uuid5(delivery.retry_key, str(part))
        return await self._push(delivery, key, request, unsent=unsent)

    async def _push(
        self, delivery: Delivery, retry_key: UUID, request: Sequence[LineMessage], *, unsent: bool
    ) -> Outcome:
        if unsent and not self._worth_a_push(delivery):
            return Outcome(Result.UNWANTED, code="not_free")
        by_bot = all(message.sender != Sender.AGENT for message in delivery.messages)
        if not await self._quota.may_push(by_bot=by_bot):
            return Outcome(Result.HELD, code="quota", after=_QUOTA_LOOK, unsent=unsent)
        await self._tokens.give_up(delivery.id, delivery.recipient.conversation_id)
        outcome = await self._client.push(delivery.recipient.external_id, request, retry_key)
        if outcome.result is Result.SENT:
            self._quota.count(outcome.counted)
        if outcome.code == "quota":
            self._quota.used_up()
            await self._tokens.allow(delivery.id)
            return replace(outcome, after=_QUOTA_LOOK)
        return outcome

    def _worth_a_push(self, delivery: Delivery) -> bool:
        """Return whether there is more in it than the question how satisfied the customer was."""
        return self._rating_push or any(message.act != Act.RATING for message in delivery.messages)

    async def _may_wait(self, delivery: Delivery) -> bool:
        """Return whether the customer was told that they can fetch the answer."""
        if delivery.last_code == "promised":
            return False
        return await self._tokens.spent_on_another(delivery.id, delivery.inbound_id)

    def _requests(self, delivery: Delivery) -> list[list[LineMessage]]:
        user, now = delivery.recipient.external_id, self._clock.now()

        def postback(choice: Choice) -> str:
            if choice.payload in COMMANDS:
                return command(choice.payload)
            return self._postbacks.sign(choice.id, user, now)

        return batches(delivery.messages, postback, address=self._address)


def _settled(outcome: Outcome, taken: Taken, *, unsure: bool) -> Outcome | None:
    """Return what a try to reply means; None when it has to be pushed instead.

    A token that an earlier try had and that LINE refuses while it is still good was used by that
    try: it had arrived. When it may as well be too old, nobody can tell, and a second sending is
    left to a person.
    """
    if outcome.code != "token_invalid":
        return outcome
    if not (taken.again and unsure):
        return None
    if taken.fresh:
        return Outcome(Result.SENT, via="reply", code="confirmed")
    return Outcome(Result.REFUSED, via="reply", code="maybe_sent", detail=outcome.detail)
