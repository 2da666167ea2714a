"""Ways between the skills: to a person, and out of a skill that has ended."""

from __future__ import annotations

from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from madoguchi.clock import TOKYO
from madoguchi.desk.model import Reason
from madoguchi.dialogue.context import Context
from madoguchi.knowledge.japanese import clock_time, day_in_full
from madoguchi.knowledge.words import Phrase


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
    """Says how and when a person can be reached, and takes the inquiry meanwhile."""

    def __init__(self, context: Context) -> None:
        """Speak with the service's words and hours."""
        self._context = context

    def name(self) -> str:
        """Return the name that the rules call it by."""
        return "action_person"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        """Call somebody who is there now; else say when, and take the inquiry meanwhile."""
        words, business = self._context.words, self._context.business
        site = (tracker.latest_message.get("metadata") or {}).get("site")
        now = self._context.clock.now().astimezone(TOKYO)
        hours = (business.rental_support if site == "rental" else business.online_store).hours
        is_open = hours.is_open(now, business.calendar)
        if is_open and (phrase := await self._called(tracker.sender_id)) is not None:
            act = None
        elif is_open:
            closes, act = hours.closes_at(now, business.calendar), "inquiry"
            phrase = words.phrase(
                f"person.open_{site or 'none'}", closes=clock_time(closes) if closes else ""
            )
        else:
            opens, act = hours.next_opening(now, business.calendar), "inquiry"
            phrase = words.phrase(
                f"person.closed_{site or 'none'}",
                opens=f"{day_in_full(opens)} {clock_time(opens)}",
            )
        buttons = [
            {"title": choice.title, "payload": choice.payload}
            for choice in self._context.sentences.choices(list(phrase.choices))
        ]
        dispatcher.utter_message(
            text=phrase.text, buttons=buttons, custom={"kind": "handoff", "act": act}
        )
        return []

    async def _called(self, conversation_id: str) -> Phrase | None:
        """Return what to tell a customer who is in the queue now; None when nobody is there."""
        desk = self._context.desk
        if desk is None or not await desk.somebody_is_there():
            return None
        waiting = await desk.call(conversation_id, Reason.CUSTOMER)
        if not waiting:
            return self._context.words.phrase("person.called_next")
        return self._context.words.phrase("person.called", waiting=waiting)
