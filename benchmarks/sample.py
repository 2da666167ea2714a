"""Training phrases of ``data/nlu`` by intent, and a sample of them that is always the same."""

from __future__ import annotations

import random
from pathlib import Path

import yaml

Phrases = dict[str, list[str]]


def read_phrases(folder: Path) -> Phrases:
    """Return every intent's phrases, in the order of the files."""
    phrases: Phrases = {}
    for file in sorted(folder.rglob("*.yml")):
        for entry in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu") or []:
            if "intent" in entry:
                lines = (line.removeprefix("- ") for line in entry["examples"].splitlines())
                phrases.setdefault(entry["intent"], []).extend(line for line in lines if line)
    return phrases


def sample(phrases: Phrases, each: int, seed: int) -> Phrases:
    """Return at most ``each`` phrases of every intent, the same for the same seed.

    An intent is drawn for itself, so new phrases of another one leave its sample as it was.
    """
    drawn: Phrases = {}
    for intent, known in sorted(phrases.items()):
        chance = random.Random(f"{seed}/{intent}")  # noqa: S311 - a sample, no secret
        drawn[intent] = sorted(chance.sample(known, min(each, len(known))))
    return drawn


def write_phrases(phrases: Phrases, file: Path) -> None:
    """Write phrases as one file of training data in Rasa's format."""
    entries = [
        {"intent": intent, "examples": "".join(f"- {line}\n" for line in lines)}
        for intent, lines in phrases.items()
    ]
    text = yaml.safe_dump({"version": "3.1", "nlu": entries}, allow_unicode=True, width=10_000)
    file.write_text(text, encoding="utf-8")
