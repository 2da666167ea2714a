"""The handoff packet: what an agent has to know at the first glance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.desk.goals import as_goal
from madoguchi.desk.wording import title_of
from madoguchi.knowledge.answers import answer_to, answers
from madoguchi.knowledge.catalogue import Catalogue, Topic

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "mood.yml"
_MOST_CARDS = 3
_MOST_TRIED = 5
_MOST_SUGGESTED = 3
# What was thought less likely than this is chance, not an offer.
_LEAST_LIKELY = 0.05


def packet(
    messages: Sequence[dict[str, Any]],
    catalogue: Catalogue,
    *,
    goal: str | None,
    reason: str | None,
    matter: str | None,
    member_id: str | None,
    proven: Sequence[str],
) -> dict[str, Any]:
    """Return the packet of a chat's messages (as ``ChatReader`` returns them), as JSON."""
    level = "member" if member_id else "order" if proven else "none"
    return {
        "goal": goal or goal_of(messages),
        "reason": reason,
        "matter": matter,
        "identity": {"level": level, "member_id": member_id, "proven": list(proven)},
        "cards": [message["card"] for message in messages if message["card"]][-_MOST_CARDS:],
        "tried": tried(messages),
        "mood": mood([m["text"] for m in messages if m["from"] == "customer"]),
        "suggestions": suggestions(messages, catalogue, answers()),
    }


def goal_of(messages: Sequence[dict[str, Any]]) -> str:
    """Return what the customer wants in their own words: the longest they wrote lately."""
    said = [m for m in messages if m["from"] == "customer" and m["text"]]
    # A rating is no wish.
    written = [m["text"] for m in said if m["act"] is None][-6:]
    longest = max(written, key=len, default="")
    return as_goal(longest)


def tried(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the bot has answered or done last, newest last."""
    done = [
        {"text": message["text"].partition("\n")[0], "at": message["at"]}
        | {name: message[name] for name in ("topic", "act")}
        | {"title": title_of(message["topic"], message["act"])}
        for message in messages
        if message["from"] == "bot" and message["kind"] in {"answer", "result", "fallback"}
    ]
    return done[-_MOST_TRIED:]


def mood(texts: Sequence[str]) -> str:
    """Return ``calm``, ``unhappy`` or ``angry`` by the words of the last few messages."""
    said = "\n".join(texts[-6:])
    for name in ("angry", "unhappy"):
        if any(re.search(word, said) for word in _moods()[name]):
            return name
    return "calm"


@lru_cache
def _moods() -> dict[str, list[str]]:
    words: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def suggestions(
    messages: Sequence[dict[str, Any]], catalogue: Catalogue, texts: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return answers of the catalogue that fit the last question, the likeliest first.

    ``texts`` is what the assistant says, by the names of its responses; where it has no text for
    a topic, what it said of it in this chat stands in.
    """
    understood = next((m["understanding"] for m in reversed(messages) if m["understanding"]), None)
    site = next((m["topic"] for m in reversed(messages) if m["topic"]), "").partition("/")[0]
    topics = [_topic(intent, catalogue, site) for intent in _likely(understood or {})]
    found = {topic.id: topic for topic in topics if topic is not None}
    said = {m["topic"]: m["text"] for m in messages if m["topic"] and m["from"] == "bot"}
    offered = [
        {
            "topic": topic.id,
            "title": topic.title,
            "text": answer_to(topic, texts) or said.get(topic.id),
        }
        for topic in found.values()
    ]
    return [each for each in offered if each["text"]][:_MOST_SUGGESTED]


def _likely(understood: Mapping[str, Any]) -> list[str]:
    """Return the intents that the engine thought of, the one that it acted on first."""
    ranking = understood.get("candidates") or []
    others = [
        each.get("intent")
        for each in ranking
        if isinstance(each, dict) and (each.get("confidence") or 0) >= _LEAST_LIKELY
    ]
    return [name for name in (understood.get("intent"), *others) if isinstance(name, str)]


def _topic(intent: str, catalogue: Catalogue, site: str) -> Topic | None:
    """Return the topic that answers an intent; of an act the question that it belongs to."""
    act = catalogue.act_of(intent)
    if act is None:
        return catalogue.topic_of(intent)
    name = act.topics.get(site) or next(iter(act.topics.values()), "")
    return catalogue.topics.get(name)
