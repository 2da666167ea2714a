"""Turns Rasa's messages into the conversation's own: kind, topic, act, choices, card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints, ValidationError

from madoguchi.conversations.model import Choice, Draft, Kind
from madoguchi.engine.client import EngineFailedError, EngineReply
from madoguchi.knowledge.catalogue import Catalogue

_PREFIX = "utter_"
# What fits into the tables on every database; one that does not would be tried for ever.
_Text = Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")]
_Name = Annotated[_Text, StringConstraints(max_length=64)]


class _Button(BaseModel):
    title: Annotated[_Text, StringConstraints(max_length=200)]
    payload: Annotated[_Text, StringConstraints(max_length=500)]


class _Custom(BaseModel):
    # The place of a skill's own message, which never was in the engine.
    reply: int | None = None
    kind: Kind | None = None
    topic: _Name | None = None
    act: _Name | None = None
    card: dict[str, Any] | None = None
    # What an action's own text is called in the message files.
    name: _Name | None = None


class _RasaMessage(BaseModel):
    utter_action: str | None = None
    text: _Text | None = None
    buttons: list[_Button] | None = None
    custom: _Custom | None = None


def interpret(
    reply: EngineReply, catalogue: Catalogue, spoken: Sequence[Draft] = ()
) -> list[Draft]:
    """Return the drafts of a reply; ``spoken`` is what skills said in it.

    Raises EngineFailedError when nothing can be shown.
    """
    try:
        messages = [_RasaMessage.model_validate(message) for message in reply.messages]
    except ValidationError as error:
        raise EngineFailedError("the engine's messages have another shape") from error
    drafts = [
        _spoken(message.custom.reply, spoken, reply.understanding)
        if message.custom is not None and message.custom.reply is not None
        else _draft(message, reply.understanding, catalogue)
        for message in messages
    ]
    shown = [draft for draft in drafts if draft.text]
    if not shown:
        raise EngineFailedError("the engine's answer has no text")
    return shown


def _spoken(place: int, spoken: Sequence[Draft], understanding: dict[str, Any]) -> Draft:
    if not 0 <= place < len(spoken):
        raise EngineFailedError("a skill's message was not kept")
    return replace(spoken[place], understanding=understanding)


def topic_of(drafts: list[Draft]) -> str | None:
    """Return the topic that was answered last, as the context of what the customer asks next."""
    return next((draft.topic for draft in reversed(drafts) if draft.topic), None)


def _draft(message: _RasaMessage, understanding: dict[str, Any], catalogue: Catalogue) -> Draft:
    custom = message.custom or _Custom()
    kind, topic = _named_by(message.utter_action or "", catalogue)
    return Draft(
        kind=custom.kind or kind,
        text=(message.text or "").strip(),
        topic=custom.topic if "topic" in custom.model_fields_set else topic,
        act=custom.act,
        choices=tuple(_choice(button, catalogue) for button in message.buttons or ()),
        card=custom.card,
        understanding=understanding,
        name=custom.name or message.utter_action or None,
    )


def _named_by(utterance: str, catalogue: Catalogue) -> tuple[Kind, str | None]:
    """Return what a response's name says: ``utter_`` and the intent that it answers."""
    intent = utterance.removeprefix(_PREFIX)
    if topic := catalogue.topic_of(intent):
        return Kind.ANSWER, topic.id
    if intent.startswith("smalltalk_"):
        return Kind.SMALLTALK, None
    if intent.startswith("fallback"):
        return Kind.FALLBACK, None
    return Kind.NOTICE, None


def _choice(button: _Button, catalogue: Catalogue) -> Choice:
    intent = button.payload.removeprefix("/").split("{", 1)[0]
    topic, act = catalogue.topic_of(intent), catalogue.act_of(intent)
    return Choice(
        title=button.title,
        payload=button.payload,
        topic=topic.id if topic else None,
        act=act.id if act else None,
    )
