"""Understands 「それ、いつまで？」 from the topic that was answered before it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    FrozenSet,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Text,
    Tuple,
)

import yaml

from bot.decision import OUTSIDE, read_catalogue
from bot.dependence import Dependence, dependence, is_question, things
from bot.normalise import normalise

Parse = Callable[[Text], Awaitable[Dict[Text, Any]]]
Responses = Mapping[Text, Sequence[Mapping[Text, Any]]]

# Chosen on phrasings that are not in evaluation/ (docs/understanding.md).
_SURE = 0.75
_VERY_SURE = 0.9
_SURE_OUTSIDE = 0.7
# 「ポイントは？」 names something new, 「海外でも？」 a case of what was spoken of.
_NAMES_SOMETHING_NEW = re.compile(r"は[?？。\s]*$")
_ANSWERS_TO_A_BOT = tuple(f"smalltalk_{name}" for name in ("affirm", "deny", "thanks", "bye"))


class Topic(NamedTuple):
    """The topic that was answered last, as its intent."""

    intent: Text
    title: Text
    site: Text
    family: FrozenSet[Text]
    """The intents that are the same wish, itself among them."""
    next_steps: FrozenSet[Text]
    """The intents of the buttons below its answer."""
    neighbours: FrozenSet[Text]
    """The intents of its section of the guide."""
    answer: Text
    """What the customer was told."""


class Topics:
    """The topics of the catalogue, as what a message may depend on."""

    def __init__(self, catalogue: Path) -> None:
        """Read titles and families from the catalogue's folder."""
        self._families, _sites = read_catalogue(catalogue)
        entries = [
            entry
            for file in sorted(catalogue.glob("*.yml"))
            for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
        ]
        self._titles: Dict[Text, Text] = {entry["id"]: entry["title"] for entry in entries}
        self._sections: Dict[Text, Text] = {
            entry["id"]: f"{entry['id'].split('/')[0]}/{entry['section']}"
            for entry in entries
            if "section" in entry
        }

    def find(self, topic: Optional[Text], responses: Responses) -> Optional[Topic]:
        """Return a topic by its id (``store/receipt``), None when there is none of that id.

        ``responses`` are the domain's: they say what the customer has read and was offered.
        """
        if topic is None or topic not in self._sections:
            return None
        intent = topic.replace("/", "_")
        section = self._sections[topic]
        given = responses.get(f"utter_{intent}", ())
        return Topic(
            intent=intent,
            title=self._titles[topic],
            site=topic.partition("/")[0],
            family=frozenset((intent, *self._families.get(intent, ()))),
            next_steps=frozenset(
                button["payload"].lstrip("/").split("{", 1)[0]
                for response in given
                for button in response.get("buttons") or ()
            ),
            neighbours=frozenset(
                other.replace("/", "_") for other, its in self._sections.items() if its == section
            ),
            answer=normalise("".join(response.get("text") or "" for response in given)).text,
        )


async def completed(text: Text, topic: Topic, parse: Parse) -> Text:
    """Return the message, with the topic's title before it when it says too little alone.

    ``parse`` is asked twice at most, and not at all for a message that stands for itself.
    """
    kind = dependence(text)
    if kind is Dependence.WHOLE or stands_alone(kind, text, await parse(text), topic):
        return text
    together = f"{topic.title} {text}"
    name, _confidence = _understood(await parse(together))
    return together if _is_about_something(name) else text


def stands_alone(kind: Dependence, text: Text, alone: Mapping[Text, Any], topic: Topic) -> bool:
    """Return whether a message means what it was understood as by itself.

    Args:
        kind: How much the message depends on what was said before, as far as its words tell.
        text: What the customer wrote.
        alone: What Rasa understood of the message alone.
        topic: The topic that was answered last.
    """
    name, confidence = _understood(alone)
    if name in topic.family:
        return True
    if name.startswith("smalltalk_"):
        return _is_talk(kind, text, name, confidence)
    if kind is Dependence.BARE:
        # Such a message has a meaning of its own for the classifier, but only by accident.
        return name in topic.next_steps and confidence >= _SURE
    if kind is Dependence.FRAGMENT:
        return _is_new(text, name, confidence, topic)
    return name in topic.next_steps or (_is_about_something(name) and confidence >= _SURE)


def _is_new(text: Text, name: Text, confidence: float, topic: Topic) -> bool:
    """Return whether a fragment asks about what it names, instead of the topic in that case."""
    new = _NAMES_SOMETHING_NEW.search(normalise(text).text) is not None
    mentioned = any(thing in topic.answer for thing in things(text))
    if mentioned and (confidence < _VERY_SURE or not new):
        return False
    if name in OUTSIDE:
        return confidence >= (_SURE_OUTSIDE if new else _VERY_SURE)
    if name in topic.next_steps:
        return True
    return _is_about_something(name) and confidence >= _SURE and (new or name in topic.neighbours)


def _is_talk(kind: Dependence, text: Text, name: Text, confidence: float) -> bool:
    if name == "smalltalk_human" and confidence >= _SURE:
        return True
    if name == "smalltalk_bot_challenge":
        # 「誰ですか」 asks about the assistant, 「誰が見るんですか」 about the topic.
        return confidence >= _VERY_SURE
    if name in _ANSWERS_TO_A_BOT and confidence >= _SURE and not is_question(text):
        return True
    return kind is not Dependence.BARE and confidence >= _VERY_SURE


def _understood(result: Mapping[Text, Any]) -> Tuple[Text, float]:
    intent = result.get("intent") or {}
    return str(intent.get("name")), float(intent.get("confidence") or 0.0)


def _is_about_something(intent: Text) -> bool:
    return intent.startswith(("store_", "rental_", "act_"))
