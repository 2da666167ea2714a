"""The handoff packet: what an agent has to know at the first glance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.knowledge.catalogue import Catalogue

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "mood.yml"
_MOST_CARDS = 3
_MOST_TRIED = 5
_MOST_SUGGESTED = 3
_LONGEST_GOAL = 160


def packet(
    messages: Sequence[dict[str, Any]],
    catalogue: Catalogue,
    *,
    goal: str | None,
    reason: str | None,
    member_id: str | None,
    proven: Sequence[str],
) -> dict[str, Any]:
    """Return the packet of a chat's messages (as ``ChatReader`` returns them), as JSON."""
    level = "member" if member_id else "order" if proven else "none"
    return {
        "goal": goal or goal_of(messages),
        "reason": reason,
        "identity": {"level": level, "member_id": member_id, "proven": list(proven)},
        "cards": [message["card"] for message in messages if message["card"]][-_MOST_CARDS:],
        "tried": tried(messages),
        "mood": mood([m["text"] for m in messages if m["from"] == "customer"]),
        "suggestions": suggestions(messages, catalogue),
    }


def goal_of(messages: Sequence[dict[str, Any]]) -> str:
    """Return what the customer wants in their own words: the longest they wrote lately."""
    written = [m["text"] for m in messages if m["from"] == "customer" and m["text"]][-6:]
    longest = max(written, key=len, default="")
    return " ".join(longest.split())[:_LONGEST_GOAL]


def tried(messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the bot has answered or done last, newest last."""
    done = [
        {"text": message["text"].partition("\n")[0], "at": message["at"]}
        | {name: message[name] for name in ("topic", "act")}
        for message in messages
        if message["from"] == "bot" and message["kind"] in {"answer", "result", "fallback"}
    ]
    return done[-_MOST_TRIED:]


def mood(texts: Sequence[str]) -> str:
    """Return ``calm``, ``unhappy`` or ``angry`` by the words of the last few messages."""
    said = "\n".join(texts[-6:])
    words: dict[str, list[str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for name in ("angry", "unhappy"):
        if any(re.search(word, said) for word in words[name]):
            return name
    return "calm"


def suggestions(messages: Sequence[dict[str, Any]], catalogue: Catalogue) -> list[dict[str, Any]]:
    """Return answers of the catalogue that fit the last question, the likeliest first."""
    understood = next((m["understanding"] for m in reversed(messages) if m["understanding"]), None)
    ranking = (understood or {}).get("candidates") or (understood or {}).get("ranking") or []
    names = [each.get("name") or each.get("intent") for each in ranking if isinstance(each, dict)]
    intents = [(understood or {}).get("intent"), *names]
    topics = [catalogue.topic_of(intent) for intent in intents if isinstance(intent, str)]
    found = {topic.id: topic for topic in topics if topic is not None}
    answers = {m["topic"]: m["text"] for m in messages if m["topic"] and m["from"] == "bot"}
    return [
        {"topic": topic.id, "title": topic.title, "text": answers.get(topic.id)}
        for topic in list(found.values())[:_MOST_SUGGESTED]
    ]
