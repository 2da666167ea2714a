"""Rasa's part, played by rule: the service's own actions without a model.

What Rasa does between two actions (loop first, then what the intent's rule says) is done here the
way its RulePolicy does it, and its channel (bot/channel.py) before them. What a text means is told
by the test; tests/e2e has the same conversations understood by Rasa itself.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions import all_actions
from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.found import masked
from madoguchi.dialogue.routes import action_for
from madoguchi.dialogue.state import Standing
from madoguchi.engine.client import EngineReply, EngineUnavailableError
from tests.support.engine import rasa_message

UNSURE = "nlu_fallback"
_MOST_ACTIONS = 10
_SURE = 0.9
_NOTHING = Standing()


@dataclass(frozen=True)
class Understood:
    """What a message means."""

    intent: str = UNSURE
    entities: Sequence[dict[str, Any]] = ()
    # What its further sentences mean, each a question of its own.
    then: Sequence[str] = ()

    @classmethod
    def tapped(cls, payload: str) -> Understood:
        """Return what a choice's payload says: ``/continue{"option": "…"}``."""
        intent, brace, values = payload.removeprefix("/").partition("{")
        entities = json.loads(brace + values) if brace else {}
        return cls(intent, [{"entity": name, "value": value} for name, value in entities.items()])


class RuleEngine:
    """Understands what it is told, and has the skills answer."""

    def __init__(self, understood: Mapping[str, str] | None = None) -> None:
        """Take the intent of a text from the table; a text that is not in it is unsure."""
        self.understood = dict(understood or {})
        self._actions: dict[str, Action] = {}
        self._loops: dict[str, str | None] = {}

    def act_in(self, context: Context) -> None:
        """Answer with the actions of this service from now on; until then the engine is away."""
        self._actions = {action.name(): action for action in all_actions(context)}

    def teach(self, action: Action) -> None:
        """Have this action run instead of the service's own one of its name."""
        self._actions[action.name()] = action

    async def check(self) -> None:
        """Return when there are actions to answer with. Raises EngineUnavailableError."""
        if not self._actions:
            raise EngineUnavailableError("there is no service yet")

    async def forget(self, conversation_id: str) -> None:
        """Forget which skill waits; the service says it with the next message."""
        self._loops.pop(conversation_id, None)

    async def reply(
        self, conversation: Conversation, inbound: Inbound, standing: Standing = _NOTHING
    ) -> EngineReply:
        """Return the replies to what the table says that the message means."""
        if inbound.payload is not None:
            meant = Understood.tapped(inbound.payload)
        else:
            meant = Understood(self.understood.get(inbound.text, UNSURE))
        return await self.answer(inbound, standing, meant, conversation.site)

    async def answer(
        self, inbound: Inbound, standing: Standing, meant: Understood, site: str | None
    ) -> EngineReply:
        """Return the replies to a message with this meaning."""
        await self.check()
        sender = inbound.conversation_id
        if standing.skill is not None:
            # What the channel does with the service's word on the waiting skill.
            self._loops[sender] = f"action_{standing.skill}"
        said = []
        for name in (meant.intent, *meant.then):
            intent = {"name": name, "confidence": _SURE}
            latest = {
                # The engine is given a button as what it leads to, and never a customer's number.
                "text": inbound.payload or _plain(masked(inbound.text)),
                "intent": intent,
                "entities": list(meant.entities),
                "intent_ranking": [intent],
                "metadata": {"inbound": inbound.id, "site": site},
            }
            said += await self._turn(sender, latest, action_for(name))
        return EngineReply(said, {"intent": meant.intent, "confidence": _SURE})

    async def _turn(self, sender: str, latest: dict[str, Any], ruled: str) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = []
        name = self._loops.get(sender) or ruled
        for _ in range(_MOST_ACTIONS):
            events: list[dict[str, Any]] = []
            if name.startswith("utter_"):
                said.append(rasa_message(name, name))
            else:
                events = await self._call(name, sender, latest, said)
            following = None
            for event in events:
                if event["event"] == "active_loop":
                    self._loops[sender] = event["name"]
                if event["event"] == "followup":
                    following = event["name"]
            loop = self._loops.get(sender)
            if following is None and loop != name:
                following = loop
            if following is None:
                return said
            name = following
        raise AssertionError(f"the actions never ended: {name}")

    async def _call(
        self, name: str, sender: str, latest: dict[str, Any], said: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        dispatcher, loop = CollectingDispatcher(), self._loops.get(sender)
        tracker = Tracker(
            sender,
            {},
            latest,
            [],
            paused=False,
            followup_action=None,
            active_loop={"name": loop} if loop else {},
            latest_action_name=None,
        )
        events: list[dict[str, Any]] = await self._actions[name].run(
            dispatcher, tracker, cast("DomainDict", {})
        )
        said.extend(_as_rasa_says(message) for message in dispatcher.messages)
        return events


def _as_rasa_says(message: dict[str, Any]) -> dict[str, Any]:
    """Return an action's message as Rasa hands it over; a response is said by its name."""
    text, response = message["text"], message["response"]
    said: dict[str, Any] = rasa_message(text or response, response or "")
    return said | {"buttons": message["buttons"], "custom": message["custom"] or {}}


def _plain(text: str) -> str:
    """Return a customer's text without the power to name an intent, as the channel does."""
    return f"／{text[1:]}" if text.startswith("/") else text
