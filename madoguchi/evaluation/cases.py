"""Evaluation files and how an answer counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from madoguchi.knowledge.catalogue import catalogue
from madoguchi.settings import SettingsError

OUT_OF_SCOPE = "oos"
_TALK = {"smalltalk", "handoff"}
_NOT_ANSWERED = frozenset({"fallback", "notice"})


class Outcome(StrEnum):
    """How one message came out."""

    RIGHT = "answered right"
    CHOICE = "right among the choices"
    WRONG = "answered wrong"
    UNANSWERED = "not answered"


@dataclass(frozen=True)
class Case:
    """A phrasing, every id that would be right, and the style it is written in.

    ``after`` is the topic that the customer asked about just before, None at the beginning.
    """

    text: str
    gold: frozenset[str]
    style: str
    after: str | None = None


def read_cases(file: Path) -> list[Case]:
    """Return the cases of a JSON Lines file. Raises SettingsError naming the line at fault."""
    try:
        # Not splitlines(): a text may hold characters that only Python takes for a line's end.
        lines = file.read_bytes().decode().split("\n")
    except OSError as error:
        raise SettingsError(
            f"cannot read {file}: {error.strerror}; give FILE=path.jsonl"
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"cannot read {file}: it is not UTF-8") from error
    return [_case(file, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _case(file: Path, number: int, line: str) -> Case:
    try:
        entry = json.loads(line)
        gold = frozenset(_listed(entry["gold"]))
        return Case(str(entry["text"]), gold, str(entry["style"]), _topic(entry.get("after")))
    except (ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f'{file} line {number}: expected {{"text", "gold": [ids], "style"}} '
            f'and perhaps "after": topic ({error})'
        ) from error


def _listed(gold: Any) -> list[Any]:
    if not isinstance(gold, list):  # a text would be taken for a list of characters
        raise TypeError("gold is no list")
    return gold


def _topic(after: Any) -> str | None:
    if after is None:
        return None
    if not isinstance(after, str) or after not in catalogue().topics:
        raise ValueError(f"after: no topic {after!r}")
    return after


def outcome(case: Case, messages: Iterable[Mapping[str, Any]]) -> Outcome:
    """Return how the Chat API's replies to a case count."""
    offered: set[str] = set()
    answered: set[str] = set()
    for message in messages:
        if message["kind"] == "clarify":
            for choice in message["choices"]:
                offered |= _ids(choice)
        elif message["kind"] not in _NOT_ANSWERED:
            answered |= _ids(message) or {message["kind"]}
            if message["kind"] == "handoff":  # it carries the act "inquiry" too
                answered.add("handoff")
    if OUT_OF_SCOPE in case.gold:
        return Outcome.WRONG if answered - _TALK else Outcome.RIGHT
    if answered & _right(case.gold):
        return Outcome.RIGHT
    if answered:
        return Outcome.WRONG
    return Outcome.CHOICE if offered & case.gold else Outcome.UNANSWERED


def _right(gold: frozenset[str]) -> set[str]:
    """Return what counts as right; the API names small talk by its kind only."""
    right = set(gold)
    if "smalltalk/human" in gold:
        right.add("handoff")
    if any(name.startswith("smalltalk/") for name in gold):
        right.add("smalltalk")
    return right


def _ids(entry: Mapping[str, Any]) -> set[str]:
    ids = {entry["topic"]} if entry.get("topic") else set()
    if entry.get("act"):
        ids.add(f"act/{entry['act']}")
    return ids
