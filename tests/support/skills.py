"""Customers talking to the skills: real stores and systems, with Rasa's part played by rule.

What Rasa does between two actions (loop first, then what the intent's rule says) is done here the
way its RulePolicy does it; tests/e2e runs the same conversations through Rasa itself.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import all_actions
from madoguchi.conversations.choice_words import chosen
from madoguchi.conversations.model import Choice, Customer, Draft, Inbound, Kind, Message
from madoguchi.conversations.store import ConversationStore
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.routes import action_for

_MOST_ACTIONS = 10


class Talk:
    """One conversation of one customer."""

    def __init__(self, context: Context, store: ConversationStore, customer: Customer) -> None:
        """Talk to the skills of this context."""
        self.context = context
        self.store = store
        self.customer = customer
        self.id = ""
        self.replies: list[Message] = []
        self._actions: dict[str, Action] = {a.name(): a for a in all_actions(context)}
        self._loop: str | None = None
        self._keys = itertools.count(1)

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
        self, text: str, intent: str = "nlu_fallback", *entities: dict[str, Any]
    ) -> list[Message]:
        """Write something that the engine understands as the intent."""
        inbound, _message = await self.store.receive(self.id, f"k{next(self._keys)}", text=text)
        offered = self.last if self.replies else None
        choice = chosen(text, offered.choices, offered.kind) if offered else None
        if choice is not None:
            inbound = replace(inbound, payload=choice.payload)
            return await self._answer(inbound, *_payload(choice.payload))
        return await self._answer(inbound, intent, list(entities))

    async def tap(self, title: str, message: Message | None = None) -> list[Message]:
        """Tap the choice of this title, below the newest reply unless told otherwise."""
        choice = _titled((message or self.last).choices, title)
        inbound, _message = await self.store.receive(
            self.id, f"k{next(self._keys)}", choice_id=choice.id
        )
        return await self._answer(inbound, *_payload(choice.payload))

    async def work(self, inbound: Inbound, intent: str, entities: Any = ()) -> list[Draft]:
        """Have the message worked on as the engine would, without storing the answer."""
        skill = (await self.context.dialogues.begin(inbound)).skill
        # What bot/channel.py does with the service's word on the waiting skill.
        self._loop = f"action_{skill}" if skill else self._loop
        latest = {
            # The engine is given a button as what it leads to.
            "text": inbound.payload or inbound.text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": list(entities),
            "intent_ranking": [{"name": intent, "confidence": 0.9}],
            "metadata": {"inbound": inbound.id, "site": self.customer.site},
        }
        said = await self._act(latest, self._loop or action_for(intent))
        spoken = await self.context.dialogues.replies(inbound.id)
        return [each if isinstance(each, Draft) else spoken[each] for each in said]

    async def _answer(self, inbound: Inbound, intent: str, entities: Any) -> list[Message]:
        drafts = await self.work(inbound, intent, entities)
        self.replies = await self.store.answer(inbound, drafts, None, self.context.dialogues.settle)
        return self.replies

    async def _act(self, latest: dict[str, Any], name: str) -> list[Draft | int]:
        said: list[Draft | int] = []
        for _ in range(_MOST_ACTIONS):
            if name.startswith("utter_"):
                said.append(Draft(Kind.ANSWER, name))
                events: list[dict[str, Any]] = []
            else:
                events = await self._call(name, latest, said)
            following = None
            for event in events:
                if event["event"] == "active_loop":
                    self._loop = event["name"]
                if event["event"] == "followup":
                    following = event["name"]
            if following is None and self._loop is not None and self._loop != name:
                following = self._loop
            if following is None:
                return said
            name = following
        raise AssertionError(f"the actions never ended: {name}")

    async def _call(
        self, name: str, latest: dict[str, Any], said: list[Draft | int]
    ) -> list[dict[str, Any]]:
        dispatcher = CollectingDispatcher()
        loop = {"name": self._loop} if self._loop else {}
        tracker = Tracker(
            self.id,
            {},
            latest,
            [],
            paused=False,
            followup_action=None,
            active_loop=loop,
            latest_action_name=None,
        )
        events: list[dict[str, Any]] = await self._actions[name].run(
            dispatcher, tracker, cast("DomainDict", {})
        )
        for message in dispatcher.messages:
            custom = message["custom"] or {}
            if "reply" in custom:
                said.append(custom["reply"])
            else:
                choices = tuple(
                    Choice(button["title"], button["payload"]) for button in message["buttons"]
                )
                said.append(
                    Draft(
                        Kind(custom.get("kind", "notice")),
                        message["text"] or message["response"],
                        act=custom.get("act"),
                        choices=choices,
                    )
                )
        return events


def with_customer(context: Context, store: ConversationStore, **customer: Any) -> Talk:
    """Return the talk of a customer on the web."""
    return Talk(context, store, replace(Customer("web"), **customer))


def _titled(choices: Sequence[Choice], title: str) -> Choice:
    found = [choice for choice in choices if choice.title == title]
    assert found, f"no choice {title!r} among {[choice.title for choice in choices]}"
    return found[0]


def _payload(payload: str) -> tuple[str, list[dict[str, Any]]]:
    intent, _, rest = payload.removeprefix("/").partition("{")
    entities = []
    if rest:
        values = json.loads("{" + rest)
        entities = [{"entity": name, "value": value} for name, value in values.items()]
    return intent, entities
