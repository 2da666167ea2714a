"""One message's way to its answer: a reaction, or the engine's replies, or after all an apology."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.calling import Calling, Considered
from madoguchi.conversations.choice_words import chosen
from madoguchi.conversations.leases import Exclusion, LeaseLostError
from madoguchi.conversations.model import Conversation, Draft, Inbound, Message
from madoguchi.conversations.receiving import Settle
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.wordless import in_readable_words
from madoguchi.dialogue.found import asked_by_number, only_a_contact
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import Engine, EngineFailedError, EngineUnavailableError
from madoguchi.engine.interpret import interpret, topic_of
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.knowledge.sentences import Sentences
from madoguchi.logs import log
from madoguchi.metrics import ENGINE_FAILURES, TURN_SECONDS, TURNS

type Reactions = Callable[[Inbound], Awaitable[list[Draft] | None]]

_ATTEMPTS = 3
# The engine works on one at a time: whoever waits in its queue would run out of time there, and
# after a restart everybody comes at once. It has more than one only because skills wait for shops.
_ENGINE_AT_ONCE = 16


class Turns:
    """Answers one message of a conversation whose lease this process holds."""

    def __init__(
        self,
        store: ConversationStore,
        engine: Engine,
        *,
        catalogue: Catalogue,
        sentences: Sentences,
        dialogues: DialogueStore,
        leases: Exclusion,
        reactions: Reactions | None,
        calling: Calling | None = None,
    ) -> None:
        """Ask the engine for what ``reactions`` and ``calling`` have no answer to."""
        self._store = store
        self._engine = engine
        self._catalogue = catalogue
        self._sentences = sentences
        self._dialogues = dialogues
        self._leases = leases
        self._reactions = reactions
        self._calling = calling
        self._free = asyncio.Semaphore(_ENGINE_AT_ONCE)
        self._log = log("inbox")

    async def answer(self, conversation: Conversation, inbound: Inbound) -> list[Message]:
        """Store an answer, after some failures the apology; return what was stored.

        Raises EngineUnavailableError and LeaseLostError, which are no fault of the message.
        """
        while True:
            try:
                drafts = await self._turn(conversation, inbound)
                considered = await self._considered(conversation, inbound, drafts)
                drafts = considered.drafts
                settle = self._under_lease(
                    conversation.id, self._dialogues.settle, considered.settle
                )
                replies = await self._store.answer(inbound, drafts, topic_of(drafts), settle)
            except (EngineUnavailableError, LeaseLostError):
                raise
            except Exception as error:  # noqa: BLE001  (it would hold up what comes after it)
                attempts = await self._failed(inbound, error)
            else:
                if replies:
                    TURNS.labels(drafts[0].kind).inc()
                    await self._after(conversation, considered)
                return replies
            if attempts >= _ATTEMPTS:
                return await self._apologise(conversation, inbound)
            await asyncio.sleep(0.2 * attempts)

    async def _failed(self, inbound: Inbound, error: Exception) -> int:
        """Return how often the message has failed by now.

        Raises when the database is away, so that its absence is not held against the message.
        """
        attempts = await self._store.count_attempt(inbound)
        conversation = inbound.conversation_id
        ENGINE_FAILURES.labels("failed").inc()
        if isinstance(error, EngineFailedError):
            self._log.error(
                "engine failed", conversation=conversation, reason=str(error), attempts=attempts
            )
        else:
            self._log.error(
                "turn failed", conversation=conversation, attempts=attempts, exc_info=error
            )
        return attempts

    async def _apologise(self, conversation: Conversation, inbound: Inbound) -> list[Message]:
        try:
            # What skills said to it in vain is forgotten.
            await self._dialogues.begin(inbound)
        except Exception:  # noqa: BLE001  (this may be what has failed all the time)
            self._log.exception("turn not forgotten", conversation=conversation.id)
        considered = Considered([self._sentences.could_not_answer(conversation.site)])
        try:
            considered = await self._considered(conversation, inbound, considered.drafts)
        except Exception:  # noqa: BLE001  (the apology is said all the same)
            self._log.exception("call not considered", conversation=conversation.id)
        settle = self._under_lease(conversation.id, considered.settle)
        replies = await self._store.answer(inbound, considered.drafts, None, settle)
        if replies:
            await self._after(conversation, considered)
        return replies

    async def _considered(
        self, conversation: Conversation, inbound: Inbound, drafts: list[Draft]
    ) -> Considered:
        if self._calling is None:
            return Considered(drafts)
        return await self._calling.consider(conversation, inbound, drafts)

    async def _after(self, conversation: Conversation, considered: Considered) -> None:
        if considered.stored is None:
            return
        try:
            await considered.stored()
        except Exception:  # noqa: BLE001  (the answer is stored, and pages read it again)
            self._log.exception("call not shown", conversation=conversation.id)

    def _under_lease(self, conversation_id: str, *also: Settle | None) -> Settle:
        """Return what undoes an answer when the lease is another process's by then."""

        async def settle(session: AsyncSession, inbound_id: int) -> None:
            await self._leases.assure(session, lease_of(conversation_id))
            for each in also:
                if each is not None:
                    await each(session, inbound_id)

        return settle

    async def _turn(self, conversation: Conversation, inbound: Inbound) -> list[Draft]:
        if self._reactions is not None:
            reaction = await self._reactions(inbound)
            if reaction is not None:
                return reaction
        inbound = await self._with_choice(inbound)
        with TURN_SECONDS.time():
            standing = await self._dialogues.begin(inbound)
            if self._calling is not None and standing.skill is None:
                known = await self._calling.reply(conversation, inbound)
                if known is not None:
                    return known
            if standing.skill is None and inbound.payload is None and only_a_contact(inbound.text):
                return [self._sentences.unreadable("contact")]
            asked = inbound if standing.skill else _with_number(inbound)
            async with self._free:
                if not self._leases.holds(lease_of(conversation.id)):
                    raise LeaseLostError(conversation.id)
                reply = await self._engine.reply(conversation, asked, standing)
            spoken = await self._dialogues.replies(inbound.id)
        drafts = interpret(reply, self._catalogue, spoken)
        return in_readable_words(inbound.text, drafts, self._sentences)

    async def _with_choice(self, inbound: Inbound) -> Inbound:
        """Return the message as a tap when its words name one of the choices offered last.

        Choices that are not for the engine (a channel's own, a rating's) are not among them.
        """
        if inbound.payload is not None:
            return inbound
        offered = await self._store.offered_before(inbound.conversation_id, inbound.seq)
        choice = chosen(inbound.text, offered.choices, offered.kind) if offered else None
        if choice is None or not choice.payload.startswith("/"):
            return inbound
        return replace(inbound, payload=choice.payload)


def lease_of(conversation_id: str) -> str:
    """Return the name of the lease under which a conversation's messages are answered."""
    return f"conversation:{conversation_id}"


def _with_number(inbound: Inbound) -> Inbound:
    """Return a message that is nothing but a number as the wish to see what it is the number of."""
    intent = asked_by_number(inbound.text) if inbound.payload is None else None
    return inbound if intent is None else replace(inbound, payload=f"/{intent}")
