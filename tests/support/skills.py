"""Customers talking to the skills: real stores and systems, with Rasa's part played by rule.

Messages go past the Chat API and its worker; tests/channels/web/skills goes through them.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk.interfaces import Action
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.calling import Considered
from madoguchi.conversations.choice_words import chosen
from madoguchi.conversations.model import Choice, Customer, Draft, Inbound, Message
from madoguchi.conversations.store import ConversationStore
from madoguchi.desk.reception import Reception
from madoguchi.dialogue.context import Context
from madoguchi.engine.interpret import interpret
from tests.support.rule_engine import UNSURE, RuleEngine, Understood


class Talk:
    """One conversation of one customer."""

    def __init__(self, context: Context, store: ConversationStore, customer: Customer) -> None:
        """Talk to the skills of this context."""
        self.context = context
        self.store = store
        self.customer = customer
        self.id = ""
        self.replies: list[Message] = []
        self._engine = RuleEngine()
        self._engine.act_in(context)
        self._keys = itertools.count(1)

    def teach(self, action: Action) -> None:
        """Have this action run instead of the assistant's own one of its name."""
        self._engine.teach(action)

    async def open(self) -> Talk:
        """Open the conversation."""
        conversation, _token, _messages = await self.store.open(self.customer, [])
        self.id = conversation.id
        return self

    @property
    def last(self) -> Message:
        """The newest reply."""
        return self.replies[-1]

    @property
    def text(self) -> str:
        """All texts of the newest replies."""
        return "\n".join(message.text for message in self.replies)

    @property
    def titles(self) -> list[str]:
        """The titles of the choices below the newest reply."""
        return [choice.title for choice in self.last.choices]

    async def say(
        self, text: str, intent: str = UNSURE, *entities: dict[str, Any]
    ) -> list[Message]:
        """Write something that the engine understands as the intent."""
        inbound, _message = await self.store.receive(self.id, f"k{next(self._keys)}", text=text)
        offered = self.last if self.replies else None
        choice = chosen(text, offered.choices, offered.kind) if offered else None
        if choice is not None:
            inbound = replace(inbound, payload=choice.payload)
            return await self._answer(inbound, Understood.tapped(choice.payload))
        return await self._answer(inbound, Understood(intent, entities))

    async def say_at_once(self, text: str, first: str, *then: str) -> list[Message]:
        """Write a message whose sentences the engine understands as one question each."""
        inbound, _message = await self.store.receive(self.id, f"k{next(self._keys)}", text=text)
        return await self._answer(inbound, Understood(first, then=then))

    async def tap(self, title: str, message: Message | None = None) -> list[Message]:
        """Tap the choice of this title, below the newest reply unless told otherwise."""
        choice = _titled((message or self.last).choices, title)
        inbound, _message = await self.store.receive(
            self.id, f"k{next(self._keys)}", choice_id=choice.id
        )
        return await self._answer(inbound, Understood.tapped(choice.payload))

    async def work(self, inbound: Inbound, intent: str, entities: Any = ()) -> list[Draft]:
        """Have the message worked on as the worker would, without storing the answer."""
        return await self._work(inbound, Understood(intent, entities))

    async def _work(self, inbound: Inbound, meant: Understood) -> list[Draft]:
        standing = await self.context.dialogues.begin(inbound)
        reply = await self._engine.answer(inbound, standing, meant, self.customer.site)
        spoken = await self.context.dialogues.replies(inbound.id)
        return interpret(reply, self.context.catalogue, spoken)

    async def _answer(self, inbound: Inbound, meant: Understood) -> list[Message]:
        drafts = await self._work(inbound, meant)
        considered = await self._considered(inbound, drafts)

        async def settle(session: AsyncSession, inbound_id: int) -> None:
            await self.context.dialogues.settle(session, inbound_id)
            if considered.settle is not None:
                await considered.settle(session, inbound_id)

        self.replies = await self.store.answer(inbound, considered.drafts, None, settle)
        return self.replies

    async def _considered(self, inbound: Inbound, drafts: list[Draft]) -> Considered:
        if not isinstance(self.context.desk, Reception):
            return Considered(drafts)
        conversation = await self.store.get(self.id)
        return await self.context.desk.consider(conversation, inbound, drafts)


def with_customer(context: Context, store: ConversationStore, **customer: Any) -> Talk:
    """Return the talk of a customer on the web."""
    return Talk(context, store, replace(Customer("web"), **customer))


def _titled(choices: Sequence[Choice], title: str) -> Choice:
    found = [choice for choice in choices if choice.title == title]
    assert found, f"no choice {title!r} among {[choice.title for choice in choices]}"
    return found[0]
