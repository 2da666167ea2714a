"""An engine that answers, is away, fails, says nothing or hangs, as a test tells it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.dialogue.state import Standing
from madoguchi.engine.client import EngineFailedError, EngineReply, EngineUnavailableError

type Behaviour = Callable[[Conversation, Inbound], Awaitable[EngineReply]]

UNDERSTOOD = {"intent": "store_shipping_fee", "confidence": 0.9}


def rasa_message(text: str, utterance: str | None = "utter_store_shipping_fee", **more: Any) -> Any:
    """Return a message as Rasa hands it over."""
    return {"utter_action": utterance, "text": text, "buttons": [], "custom": {}, **more}


class ScriptedEngine:
    """Does to the next messages what it is told, one instruction each, and then answers."""

    def __init__(self) -> None:
        """Start out answering."""
        self.asked: list[str] = []
        self.payloads: list[str | None] = []
        self.forgotten: list[str] = []
        self.most_at_once = 0
        self.most_in_one_conversation = 0
        self.away = False
        self.go_on = asyncio.Event()
        self._script: deque[Behaviour] = deque()
        self._busy: Counter[str] = Counter()
        self._asked = asyncio.Condition()

    def will(self, *behaviours: Behaviour) -> None:
        """Append instructions for the next messages."""
        self._script.extend(behaviours)

    async def reply(
        self, conversation: Conversation, inbound: Inbound, standing: Standing | None = None
    ) -> EngineReply:
        """Do as told."""
        self.asked.append(inbound.text)
        self.payloads.append(inbound.payload)
        self._busy[conversation.id] += 1
        self.most_at_once = max(self.most_at_once, self._busy.total())
        self.most_in_one_conversation = max(self.most_in_one_conversation, *self._busy.values())
        async with self._asked:
            self._asked.notify_all()
        try:
            if self.away:
                raise EngineUnavailableError("away")
            behaviour = self._script.popleft() if self._script else self.answers
            return await behaviour(conversation, inbound)
        finally:
            self._busy[conversation.id] -= 1

    async def forget(self, conversation_id: str) -> None:
        """Remember what it was to forget, when it is there."""
        if self.away:
            raise EngineUnavailableError("away")
        self.forgotten.append(conversation_id)

    async def check(self) -> None:
        """Say whether it is there."""
        if self.away:
            raise EngineUnavailableError("away")

    async def was_asked(self, count: int) -> None:
        """Return when it was asked so often in all."""
        async with asyncio.timeout(30), self._asked:
            await self._asked.wait_for(lambda: len(self.asked) >= count)

    @staticmethod
    async def answers(_conversation: Conversation, inbound: Inbound) -> EngineReply:
        """Repeat what the customer said."""
        return EngineReply([rasa_message(f"答え: {inbound.text}")], UNDERSTOOD)

    @staticmethod
    async def fails(_conversation: Conversation, _inbound: Inbound) -> EngineReply:
        """Have no usable answer."""
        raise EngineFailedError("failed")

    @staticmethod
    async def is_away(_conversation: Conversation, _inbound: Inbound) -> EngineReply:
        """Be away for this message only."""
        raise EngineUnavailableError("away")

    @staticmethod
    async def answers_nothing(_conversation: Conversation, _inbound: Inbound) -> EngineReply:
        """Answer without a message."""
        return EngineReply([], UNDERSTOOD)

    async def hangs(self, conversation: Conversation, inbound: Inbound) -> EngineReply:
        """Answer only after ``go_on`` is set."""
        await self.go_on.wait()
        return await self.answers(conversation, inbound)


def says(*messages: Any) -> Behaviour:
    """Return the instruction to answer with these messages of Rasa."""

    async def say(_conversation: Conversation, _inbound: Inbound) -> EngineReply:
        return EngineReply(list(messages), UNDERSTOOD)

    return say
