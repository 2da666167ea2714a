"""Turns Rasa's messages into the conversation's own: kind, topic, act, choices, card."""

from __future__ import annotations

from typing import Any

from madoguchi.conversations.model import Choice, Draft, Kind
from madoguchi.engine.client import EngineFailedError, EngineReply
from madoguchi.knowledge.catalogue import Catalogue

_PREFIX = "utter_"


def interpret(reply: EngineReply, catalogue: Catalogue, site: str | None) -> list[Draft]:
    """Return the drafts of a reply. Raises EngineFailedError when nothing can be shown."""
    drafts = [_draft(message, reply.understanding, catalogue, site) for message in reply.messages]
    shown = [draft for draft in drafts if draft.text]
    if not shown:
        raise EngineFailedError("the engine's answer has no text")
    return shown


def topic_of(drafts: list[Draft]) -> str | None:
    """Return the topic that was answered last, as the context of what the customer asks next."""
    return next((draft.topic for draft in reversed(drafts) if draft.topic), None)


def _draft(
    message: dict[str, Any], understanding: dict[str, Any], catalogue: Catalogue, site: str | None
) -> Draft:
    custom = message.get("custom") or {}
    kind, topic, act = _named_by(str(message.get("utter_action") or ""), catalogue, site)
    return Draft(
        kind=Kind(custom["kind"]) if "kind" in custom else kind,
        text=str(message.get("text") or "").strip(),
        topic=custom.get("topic", topic),
        act=custom.get("act", act),
        choices=tuple(_choices(message, catalogue)),
        card=custom.get("card"),
        understanding=understanding,
    )


def _named_by(
    utterance: str, catalogue: Catalogue, site: str | None
) -> tuple[Kind, str | None, str | None]:
    """Return what a response's name says: ``utter_`` and the intent that it answers."""
    intent = utterance.removeprefix(_PREFIX)
    if topic := catalogue.topic_of(intent):
        return Kind.ANSWER, topic.id, None
    if act := catalogue.act_of(intent):
        guide = act.topics.get(site or "store") or next(iter(act.topics.values()), None)
        return Kind.ANSWER, guide, act.id
    if intent == "smalltalk_human":
        # To be put through to a person is what the act "inquiry" does.
        return Kind.HANDOFF, None, "inquiry"
    if intent.startswith("smalltalk_"):
        return Kind.SMALLTALK, None, None
    if intent.startswith("fallback"):
        return Kind.FALLBACK, None, None
    return Kind.NOTICE, None, None


def _choices(message: dict[str, Any], catalogue: Catalogue) -> list[Choice]:
    choices = []
    for button in message.get("buttons") or []:
        payload = str(button["payload"])
        intent = payload.removeprefix("/").split("{", 1)[0]
        topic, act = catalogue.topic_of(intent), catalogue.act_of(intent)
        choices.append(
            Choice(
                title=str(button["title"]),
                payload=payload,
                topic=topic.id if topic else None,
                act=act.id if act else None,
            )
        )
    return choices
