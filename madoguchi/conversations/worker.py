"""Answers what waits in the inbox: one message of a conversation at a time, in order.

Any number of processes may work on one database. A conversation is worked on under its lease.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from madoguchi.conversations.calling import Calling
from madoguchi.conversations.leases import Alone, Exclusion, LeaseLostError
from madoguchi.conversations.model import Inbound, Message
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.turns import Reactions, Turns, lease_of
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import Engine, EngineUnavailableError
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.knowledge.sentences import Sentences
from madoguchi.logs import log
from madoguchi.metrics import ENGINE_FAILURES

type Thinking = Callable[[str], Awaitable[None]]

_SWEEP_SECONDS = 1.0
# How soon a process looks again at a conversation that another one works on.
_FIRST_LOOK_SECONDS = 0.1
# How often whoever waits for an answer looks whether another process has given it, and how often
# when it would be told: notices may get lost, and leases change hands.
_POLL_SECONDS = 0.25
_POLL_WHEN_TOLD_SECONDS = 2.0


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
        leases: Exclusion | None = None,
        reactions: Reactions | None = None,
        calling: Calling | None = None,
        thinking: Thinking | None = None,
        stored: Callable[[], None] | None = None,
    ) -> None:
        """Answer with the engine; ``sentences`` are said when it cannot.

        ``leases`` keep other processes from a conversation meanwhile; without them this process
        has to be the only one. What ``reactions`` returns for a message is its answer, and the
        engine is asked only for what it returns None for; ``calling`` decides whether a person is
        called with an answer. ``thinking`` is called with the
        conversation's id when a turn begins, and not waited for; ``stored`` is called when replies
        were stored, for whoever brings them to a platform.
        """
        self._store = store
        self._streams = streams
        self._sentences = sentences
        self._leases: Exclusion = leases if leases is not None else Alone()
        self._turns = Turns(
            store,
            engine,
            catalogue=catalogue,
            sentences=sentences,
            dialogues=dialogues,
            leases=self._leases,
            reactions=reactions,
            calling=calling,
        )
        self._thinking = thinking
        self._stored = stored
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._thoughts: set[asyncio.Task[None]] = set()
        # Who waits, by conversation, and for which message.
        self._waiting: dict[str, dict[asyncio.Event, int]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._log = log("inbox")
        streams.watch(self._changed)

    async def start(self) -> None:
        """Answer what was left waiting, and go on looking for it."""
        self._sweeper = asyncio.create_task(self._sweep())

    async def stop(self) -> None:
        """Stop between two messages; what is not answered stays pending in the inbox."""
        tasks = [*self._tasks.values(), *self._thoughts]
        tasks += [self._sweeper] if self._sweeper else []
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
        changed = asyncio.Event()
        waiting = self._waiting.setdefault(inbound.conversation_id, {})
        waiting[changed] = inbound.id
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    while True:
                        now = await self._store.inbound(inbound.id)
                        if now.done or now.told_to_wait:
                            return now
                        await self._change(inbound.conversation_id, changed)
        finally:
            del waiting[changed]
            if not waiting:
                self._waiting.pop(inbound.conversation_id, None)
        return await self._store.inbound(inbound.id)

    async def _change(self, conversation_id: str, changed: asyncio.Event) -> None:
        """Return when the message may have been answered, by whichever process."""
        told = self._streams.hears_others or self._leases.holds(lease_of(conversation_id))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_POLL_WHEN_TOLD_SECONDS if told else _POLL_SECONDS):
                await changed.wait()
        changed.clear()

    async def _sweep(self) -> None:
        """Take up messages that a restart, or the engine's absence, left unanswered."""
        while True:
            try:
                for conversation_id in await self._store.conversations_pending():
                    self.wake(conversation_id)
            except Exception:  # noqa: BLE001  (one failure must not end the worker)
                self._log.exception("sweep failed")
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _drain(self, conversation_id: str) -> None:
        try:
            while True:
                async with self._leases.held(lease_of(conversation_id)) as held:
                    if held and not await self._answer_all(conversation_id):
                        return
                # After the lease was given back: a process that was refused it meanwhile may have
                # stored a message that was not there yet at the last look.
                if not await self._has_pending(conversation_id):
                    return
                if not held and not await self._stand_by(conversation_id):
                    return
        except Exception:  # noqa: BLE001  (one failure must not end the worker)
            self._log.exception("conversation failed", conversation=conversation_id)
        finally:
            self._tasks.pop(conversation_id, None)

    async def _has_pending(self, conversation_id: str) -> bool:
        while True:
            self._again.discard(conversation_id)
            if await self._store.next_pending(conversation_id) is not None:
                return True
            if conversation_id not in self._again:
                return False

    async def _stand_by(self, conversation_id: str) -> bool:
        """Wait until no other process works on the conversation; return whether work is left."""
        pause = _FIRST_LOOK_SECONDS
        await asyncio.sleep(pause)
        while not await self._leases.free(lease_of(conversation_id)):
            pause = min(2 * pause, _SWEEP_SECONDS)
            await asyncio.sleep(pause)
        return await self._has_pending(conversation_id)

    async def _answer_all(self, conversation_id: str) -> bool:
        """Return whether all was answered that could be; otherwise the engine is away."""
        while self._leases.holds(lease_of(conversation_id)):
            inbound = await self._store.next_pending(conversation_id)
            if inbound is None:
                break
            try:
                if not await self._answer(inbound):
                    return False
            except LeaseLostError:
                # This process stood still for so long that another one went on.
                self._log.warning("lease lost", conversation=conversation_id)
                break
        return True

    async def _answer(self, inbound: Inbound) -> bool:
        """Return whether the message has its answer; otherwise it stays pending."""
        conversation = await self._store.get(inbound.conversation_id)
        # Once told to wait, a customer is not shown every vain attempt.
        if not inbound.told_to_wait:
            self._typing(conversation.id, on=True)
            self._think(conversation.id)
        try:
            replies = await self._turns.answer(conversation, inbound)
        except EngineUnavailableError as error:
            ENGINE_FAILURES.labels("unavailable").inc()
            self._log.warning("engine unavailable", conversation=conversation.id, reason=str(error))
            notice = self._sentences.engine_away(conversation.channel)
            told = await self._store.tell_to_wait(inbound, notice)
            self._publish(inbound, told)
            return False
        finally:
            if not inbound.told_to_wait:
                self._typing(conversation.id, on=False)
        self._publish(inbound, replies)
        return True

    def _typing(self, conversation_id: str, *, on: bool) -> None:
        self._streams.publish(conversation_id, Event("typing", {"from": "bot", "on": on}))

    def _think(self, conversation_id: str) -> None:
        if self._thinking is None:
            return
        thought = asyncio.create_task(self._show_thinking(self._thinking, conversation_id))
        self._thoughts.add(thought)
        thought.add_done_callback(self._thoughts.discard)

    async def _show_thinking(self, thinking: Thinking, conversation_id: str) -> None:
        try:
            await thinking(conversation_id)
        except Exception:  # noqa: BLE001  (the answer comes all the same)
            self._log.exception("thinking not shown", conversation=conversation_id)

    def _publish(self, inbound: Inbound, messages: list[Message]) -> None:
        for message in messages:
            self._streams.publish(inbound.conversation_id, Event("message", message))
        if messages and self._stored is not None:
            self._stored()
        # Also for an answer without a message, or one that another process has given.
        self._changed(inbound.conversation_id, inbound.id)

    def _changed(self, conversation_id: str | None, inbound_id: int | None = None) -> None:
        """Have those look who wait for the message; without it for any of the conversation.

        Without a conversation it may be any message at all.
        """
        for name in (conversation_id,) if conversation_id is not None else tuple(self._waiting):
            for changed, waited_for in self._waiting.get(name, {}).items():
                if inbound_id in {None, waited_for}:
                    changed.set()
