"""Lets an action that asks nothing speak words that the engine must not keep."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Tracker

from madoguchi.conversations.model import Conversation, Draft, Kind
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.state import Memory
from madoguchi.dialogue.store import OpenTurn


class Speaker:
    """Says things in one turn."""

    def __init__(self, context: Context, opened: OpenTurn) -> None:
        """Speak in the opened turn."""
        self._context = context
        self._opened = opened

    @property
    def conversation(self) -> Conversation:
        """The conversation that is spoken in."""
        return self._opened.conversation

    def say(self, name: str, kind: Kind = Kind.NOTICE, **values: object) -> None:
        """Say the text ``name`` with the choices of its file."""
        phrase = self._context.words.phrase(name, **values)
        choices = self._context.sentences.choices(list(phrase.choices))
        self._opened.replies.append(Draft(kind, phrase.text, choices=choices, name=name))

    def forget_subjects(self) -> None:
        """Forget which order and rental were talked about."""
        self._opened.memory = Memory()


@asynccontextmanager
async def speak(
    context: Context, dispatcher: CollectingDispatcher, tracker: Tracker
) -> AsyncIterator[Speaker]:
    """Open the turn of the latest message, keep what is said and give Rasa its places."""
    inbound = int((tracker.latest_message.get("metadata") or {})["inbound"])
    opened = await context.dialogues.turn(tracker.sender_id, inbound)
    said = len(opened.replies)
    yield Speaker(context, opened)
    await context.dialogues.keep(opened)
    hand_over(dispatcher, said, len(opened.replies))


def hand_over(dispatcher: CollectingDispatcher, first: int, end: int) -> None:
    """Give Rasa the places of the replies; their words stay in the service."""
    for place in range(first, end):
        dispatcher.utter_message(text="-", custom={"reply": place})
