"""Reads public intent data sets of others: MASSIVE's JSON Lines and xSID's CoNLL files.

The data sets are not part of the repository. Every reader returns the same entries, a phrase each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Between two words in Latin letters a blank is the writer's; all others are the word splitter's.
_SPLIT = re.compile(r"(?<![A-Za-z]) +| +(?![A-Za-z])")
_PARTS = {"train": "train", "test": "test"}


@dataclass(frozen=True)
class Entry:
    """One phrase: what was said, what it means, the domain it belongs to, and its part.

    ``part`` is ``train`` or ``test``, as the data set's makers divided it.
    """

    text: str
    intent: str
    domain: str
    part: str


def read_files(files: list[Path]) -> list[Entry]:
    """Return the entries of one MASSIVE file, or of xSID's file to train on and the one to test on.

    Raises:
        ValueError: if it is neither of the two.
    """
    kinds = [file.suffix for file in files]
    texts = [file.read_text("utf-8") for file in files]
    if kinds == [".jsonl"]:
        return read_massive(texts[0].splitlines())
    if kinds == [".conll", ".conll"]:
        train, test = texts
        return [*read_xsid(train.splitlines(), "train"), *read_xsid(test.splitlines(), "test")]
    raise ValueError("one .jsonl file of MASSIVE, or two .conll files of xSID: train, test")


def read_massive(lines: Iterable[str]) -> list[Entry]:
    """Return the training and the test part of a file of MASSIVE's; ``dev`` is left out."""
    entries = (json.loads(line) for line in lines if line.strip())
    return [
        Entry(entry["utt"], entry["intent"], entry["scenario"], _PARTS[entry["partition"]])
        for entry in entries
        if entry["partition"] in _PARTS
    ]


def read_xsid(lines: Iterable[str], part: str) -> list[Entry]:
    """Return the phrases of one of xSID's files, from its lines ``# text:`` and ``# intent:``.

    The words of Japanese phrases are set apart by blanks there, digits too; nobody writes so, and
    the blanks are taken out again. An intent ``alarm/set_alarm`` becomes ``alarm_set_alarm``,
    because Rasa would take the slash for a retrieval intent's.

    Raises:
        ValueError: if a phrase has no intent, or an intent no phrase.
    """
    entries: list[Entry] = []
    text: str | None = None
    for line in lines:
        if line.startswith("# text: "):
            if text is not None:
                raise ValueError(f"no intent: {text}")
            text = joined(line.removeprefix("# text: "))
        elif line.startswith("# intent: "):
            intent = line.removeprefix("# intent: ").strip()
            if text is None:
                raise ValueError(f"no phrase: {intent}")
            entries.append(Entry(text, intent.replace("/", "_"), intent.split("/")[0], part))
            text = None
    if text is not None:
        raise ValueError(f"no intent: {text}")
    return entries


def joined(words: str) -> str:
    """Return a phrase without the blanks that were set between its words."""
    return _SPLIT.sub("", words.strip())


def training_phrases(entries: Iterable[Entry]) -> dict[str, list[str]]:
    """Return the training part's phrases by intent."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        if entry.part == "train":
            found.setdefault(entry.intent, []).append(entry.text)
    return found


def unseen(entries: list[Entry]) -> list[Entry]:
    """Return the test part without the phrases that are in the training part word for word."""
    known = {entry.text for entry in entries if entry.part == "train"}
    return [entry for entry in entries if entry.part == "test" and entry.text not in known]
