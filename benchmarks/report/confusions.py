"""What was asked and what was said instead, from the cases of ``results/evaluation.json``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from madoguchi.evaluation.cases import OUT_OF_SCOPE, Outcome
from madoguchi.knowledge.catalogue import FOLDER

OUTSIDE = "outside the guides"
TALK = "talk"
ASKED_BACK = "asked back"
NOTHING = "not answered"
_BESIDE = (TALK, OUTSIDE)
_KINDS = {"clarify": ASKED_BACK, "fallback": NOTHING, "notice": NOTHING, "smalltalk": TALK}

Case = Mapping[str, Any]


def said_of(said: str) -> str:
    """Return the id that a case was first answered with, or what was said instead of one."""
    for message in said.split("; "):
        kind, _, names = message.partition(" ")
        if kind in _KINDS:
            return _KINDS[kind]
        if names:
            return names.split()[0]
    return NOTHING


def pairs(cases: Iterable[Case]) -> list[tuple[str, str, int]]:
    """Return (gold ids, what was said, how often) of all that went wrong, commonest first."""
    counted = Counter(
        (" or ".join(sorted(case["gold"])), said_of(case["said"]))
        for case in cases
        if case["outcome"] in {Outcome.WRONG, Outcome.UNANSWERED}
    )
    found = [(gold, said, count) for (gold, said), count in counted.items()]
    return sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1]))


def sections(folder: Path = FOLDER) -> dict[str, str]:
    """Return the section of every topic and act as site and name, ``store/payment``.

    An act is in the section of the topic that it does; one without a topic is in ``acts``.
    """
    entries = [
        entry
        for file in sorted(folder.glob("*.yml"))
        for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]
    found = {
        entry["id"]: f"{entry['id'].split('/')[0]}/{entry['section']}"
        for entry in entries
        if "section" in entry
    }
    for entry in entries:
        if entry["id"].startswith("act/"):
            topics = [found[topic] for topic in entry.get("topics", {}).values() if topic in found]
            found[entry["id"]] = topics[0] if topics else "acts"
    return found


def matrix(
    cases: Sequence[Case], of: Mapping[str, str]
) -> tuple[list[str], list[str], list[list[int]]]:
    """Return the rows (asked), the columns (said) and how often each met, by section.

    Rows and columns share their order, so that what is right is on the diagonal; two more columns
    count what was asked back and what was not answered.
    """
    counted = Counter(_cell(case, of) for case in cases)
    rows = [*sorted(set(of.values())), *_BESIDE]
    rows = [row for row in rows if any(row in cell for cell in counted)]
    columns = [*(row for row in rows if row != OUTSIDE), ASKED_BACK, NOTHING]
    return rows, columns, [[counted[row, column] for column in columns] for row in rows]


def _cell(case: Case, of: Mapping[str, str]) -> tuple[str, str]:
    asked = [_section(name, of) for name in sorted(case["gold"])]
    said = said_of(case["said"])
    said = said if said in {ASKED_BACK, NOTHING, TALK} else _section(said, of)
    row = said if said in asked else asked[0]
    if case["outcome"] == Outcome.RIGHT and row != OUTSIDE and said not in {NOTHING, ASKED_BACK}:
        # A wish for a person is answered by an act, and several sections may be right.
        return row, row
    return row, said


def _section(name: str, of: Mapping[str, str]) -> str:
    if name == OUT_OF_SCOPE:
        return OUTSIDE
    return TALK if name.startswith("smalltalk/") else of.get(name, "acts")
