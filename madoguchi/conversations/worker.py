"""Answers what waits in the inbox: one message of a conversation at a time, in order."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace

from madoguchi.conversations.choice_words import chosen
from madoguchi.conversations.model import Conversation, Draft, Inbound, Message
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Event, Streams
from madoguchi.dialogue.found import only_a_number
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import Engine, EngineFailedError, EngineUnavailableError
from madoguchi.engine.interpret import interpret, topic_of
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.knowledge.sentences import Sentences
from madoguchi.logs import log
from madoguchi.metrics import ENGINE_FAILURES, TURN_SECONDS, TURNS

_ATTEMPTS = 3
_RETRY_SECONDS = 1.0


class InboxWorker:
    """Takes each conversation's messages in order and stores exactly one answer to each."""

    def __init__(
        self,
        store: ConversationStore,
        streams: Streams,
        engine: Engine,
        catalogue: Catalogue,
        sentences: Sentences,
        *,
        dialogues: DialogueStore,
    ) -> None:
        """Answer with the engine; ``sentences`` are said when it cannot."""
        self._store = store
        self._streams = streams
        self._engine = engine
        self._catalogue = catalogue
        self._sentences = sentences
        self._dialogues = dialogues
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._changed: dict[int, set[asyncio.Event]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._log = log("inbox")

    async def start(self) -> None:
        """Answer what was left waiting, and go on looking for it."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop between two messages; what is not answered stays pending in the inbox."""
        tasks = [*self._tasks.values(), *([self._sweeper] if self._sweeper else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def wake(self, conversation_id: str) -> None:
        """Have the conversation's waiting messages answered, without waiting for it."""
        running = self._tasks.get(conversation_id)
        if running is not None and not running.done():
            self._again.add(conversation_id)
            return
        self._tasks[conversation_id] = asyncio.create_task(self._drain(conversation_id))

    async def wait(self, inbound: Inbound, seconds: float) -> Inbound:
        """Return the message when it is answered or put off, or as it is after some seconds."""
        # A client that repeats its request waits for the same message twice.
        changed, waiting = asyncio.Event(), self._changed.setdefault(inbound.id, set())
        waiting.add(changed)
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while True:
                        now = await self._store.inbound(inbound.id)
                        if now.done or now.told_to_wait:
                            return now
                        await changed.wait()
                        changed.clear()
        finally:
            waiting.discard(changed)
            if not waiting:
                self._changed.pop(inbound.id, None)
        return await self._store.inbound(inbound.id)

    async def _sweep(self) -> None:
        """Take up messages that a restart, or the engine's absence, left unanswered."""
        while True:
            try:
                for conversation_id in await self._store.conversations_pending():
                    self.wake(conversation_id)
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("sweep failed")
            await asyncio.sleep(_RETRY_SECONDS)

    async def _drain(self, conversation_id: str) -> None:
        try:
            while True:
                self._again.discard(conversation_id)
                inbound = await self._store.next_pending(conversation_id)
                if inbound is None:
                    if conversation_id not in self._again:
                        return
                    continue
                if not await self._answer(inbound):
                    return
        except asyncio.CancelledError:
            raise
        except Exception:  # noqa: BLE001  (one failure must not end the worker)
            self._log.exception("conversation failed", conversation=conversation_id)
        finally:
            self._tasks.pop(conversation_id, None)

    async def _answer(self, inbound: Inbound) -> bool:
        """Return whether the message has its answer; otherwise it stays pending."""
        conversation = await self._store.get(inbound.conversation_id)
        # Once told to wait, a customer is not shown every vain attempt.
        if not inbound.told_to_wait:
            self._typing(conversation.id, on=True)
        try:
            drafts = await self._turn(conversation, inbound)
        except EngineUnavailableError as error:
            ENGINE_FAILURES.labels("unavailable").inc()
            self._log.warning("engine unavailable", conversation=conversation.id, reason=str(error))
            told = await self._store.tell_to_wait(inbound, self._sentences.engine_away())
            self._publish(conversation.id, inbound, told)
            return False
        finally:
            if not inbound.told_to_wait:
                self._typing(conversation.id, on=False)
        replies = await self._store.answer(
            inbound, drafts, topic_of(drafts), self._dialogues.settle
        )
        self._publish(conversation.id, inbound, replies)
        return True

    async def _turn(self, conversation: Conversation, inbound: Inbound) -> list[Draft]:
        attempts = inbound.attempts
        inbound = await self._with_choice(inbound)
        while True:
            try:
                with TURN_SECONDS.time():
                    standing = await self._dialogues.begin(inbound)
                    asked = inbound if standing.skill else _with_number(inbound)
                    reply = await self._engine.reply(conversation, asked, standing)
                    spoken = await self._dialogues.replies(inbound.id)
                drafts = interpret(reply, self._catalogue, spoken)
            except EngineFailedError as error:
                ENGINE_FAILURES.labels("failed").inc()
                attempts = await self._store.count_attempt(inbound)
                self._log.error(
                    "engine failed",
                    conversation=conversation.id,
                    reason=str(error),
                    attempts=attempts,
                )
                if attempts >= _ATTEMPTS:
                    await self._dialogues.begin(inbound)
                    return [self._sentences.could_not_answer(conversation.site)]
                await asyncio.sleep(0.2 * attempts)
            else:
                TURNS.labels(drafts[0].kind).inc()
                return drafts

    async def _with_choice(self, inbound: Inbound) -> Inbound:
        """Return the message as a tap when its words name one of the choices offered last."""
        if inbound.payload is not None:
            return inbound
        offered = await self._store.offered_before(inbound.conversation_id, inbound.seq)
        choice = chosen(inbound.text, offered.choices, offered.kind) if offered else None
        return inbound if choice is None else replace(inbound, payload=choice.payload)

    def _typing(self, conversation_id: str, *, on: bool) -> None:
        self._streams.publish(conversation_id, Event("typing", {"from": "bot", "on": on}))

    def _publish(self, conversation_id: str, inbound: Inbound, messages: list[Message]) -> None:
        for message in messages:
            self._streams.publish(conversation_id, Event("message", message))
        for changed in self._changed.get(inbound.id, ()):
            changed.set()


def _with_number(inbound: Inbound) -> Inbound:
    """Return a message that is nothing but a number as the wish to see what it is the number of."""
    kind = only_a_number(inbound.text) if inbound.payload is None else None
    return inbound if kind is None else replace(inbound, payload=f"/act_{kind}_status")
