"""What agents read about skills, from ``messages/desk_skills.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from madoguchi import knowledge
from madoguchi.desk.skills.runs import Said
from madoguchi.knowledge.words import Words

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "desk_skills.yml"


@lru_cache
def skill_words() -> Words:
    """Return the texts, named ``section.key``."""
    return Words(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def reason_of(said: Said) -> str:
    """Return in one sentence why something is possible or not.

    The assistant's texts begin with just that; where one begins with a question, the file has
    another sentence.
    """
    words, name = skill_words(), f"reasons.{said.name}"
    if words.has(name):
        return words(name, **said.values)
    return said.text.partition("\n")[0].removeprefix(words("apology"))


def until_of(said: Said) -> str | None:
    """Return the last day or moment that matters, None when there is none."""
    words, name = skill_words(), f"until.{said.name}"
    return (words(name, **said.values) or None) if words.has(name) else None
