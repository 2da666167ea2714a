"""The words that agents read in the place of the engine's and the platforms' own names."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.knowledge.catalogue import catalogue

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "desk_words.yml"
_OTHER = "other"


@lru_cache
def _words() -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, str]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def intent_title(intent: str) -> str:
    """Return what an intent of the engine is called; 「その他」 for one that nobody named."""
    names = _words()["understood"]
    return catalogue().title_of(intent) or names.get(intent) or names[_OTHER]


def title_of(topic: str | None, act: str | None) -> str | None:
    """Return what a message's topic or act is called; None when it has neither."""
    if topic is None and act is None:
        return None
    known = catalogue()
    if topic is not None and topic in known.topics:
        return known.topics[topic].title
    return intent_title(f"act_{act}" if act is not None else str(topic).replace("/", "_"))


def understood(understanding: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return what the engine understood with a ``title`` in words; None when nothing was.

    A choice that was tapped has no confidence: it was not guessed.
    """
    if understanding is None:
        return None
    intent = understanding.get("intent")
    payload = understanding.get("payload")
    if not isinstance(intent, str) and isinstance(payload, str):
        intent = payload.removeprefix("/").partition("{")[0]
    return {**understanding, "title": intent_title(intent) if isinstance(intent, str) else None}


def undelivered(code: str | None) -> str | None:
    """Return why a delivery did not arrive or waits, by its code; None without one."""
    if code is None:
        return None
    reasons = _words()["undelivered"]
    return reasons.get(code, reasons[_OTHER])


def untold(code: str | None) -> str | None:
    """Return why a notification has not gone out, by its code; None without one."""
    if code is None:
        return None
    reasons = _words()["untold"]
    return reasons.get(code, reasons[_OTHER])
