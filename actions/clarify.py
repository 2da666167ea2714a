"""もしかして: asks which of the likeliest topics is meant, in the customer's words."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences

_CHOICES = 3
_NONE = "/none_of_these"


class ActionClarify(Action):
    """Offers up to three candidates of the last message, best first, and a way on."""

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_clarify"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Ask, or say that nothing is known when no candidate can be named."""
        ranking = tracker.latest_message.get("intent_ranking") or []
        buttons = candidates([entry["name"] for entry in ranking])
        if not buttons:
            dispatcher.utter_message(response="utter_fallback")
            return []
        words = sentences()
        dispatcher.utter_message(
            text=words.clarify,
            buttons=[*buttons, {"title": words.none_of_these, "payload": _NONE}],
            custom={"kind": "clarify"},
        )
        return []


def candidates(intents: list[str]) -> list[dict[str, str]]:
    """Return the buttons of the first three intents that have a title for customers."""
    known = catalogue()
    titled = [(intent, known.title_of(intent)) for intent in intents]
    offered = [(intent, title) for intent, title in titled if title is not None][:_CHOICES]
    return [{"title": title, "payload": f"/{intent}"} for intent, title in offered]
