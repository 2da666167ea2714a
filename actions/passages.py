"""Ways between the skills: to a person, and out of a skill that has ended."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from madoguchi.conversations.model import Draft
from madoguchi.desk.person_words import PersonWords
from madoguchi.dialogue.context import Context


class ActionContinue(Action):
    """Answers a button whose skill has ended."""

    def __init__(self, context: Context) -> None:
        """Speak with the service's words."""
        self._context = context

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_continue"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Say that there is nothing left to continue."""
        dispatcher.utter_message(
            text=self._context.words("common.nothing_running"), custom={"kind": "notice"}
        )
        return []


class ActionPerson(Action):
    """Calls a person, or says how and when one can be reached, and takes the inquiry meanwhile."""

    def __init__(self, context: Context) -> None:
        """Speak with the words of the desk, or with the hours of a shop without one."""
        self._context = context

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Say what the desk says; without one, when people answer, and take the inquiry."""
        site = (tracker.latest_message.get("metadata") or {}).get("site")
        draft = await self._said(tracker.sender_id, site)
        buttons = [{"title": choice.title, "payload": choice.payload} for choice in draft.choices]
        dispatcher.utter_message(
            text=draft.text,
            buttons=buttons,
            custom={"kind": "handoff", "act": draft.act, "name": draft.name},
        )
        return []

    async def _said(self, conversation_id: str, site: str | None) -> Draft:
        context = self._context
        if context.desk is not None:
            return await context.desk.asked_for(conversation_id, site)
        words = PersonWords(context.words, context.sentences, context.business)
        return words.nobody(site, context.clock.now(), desk=False)
