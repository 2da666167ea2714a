"""The words that only LINE's form of a message needs, from ``messages/line.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

from madoguchi import knowledge
from madoguchi.knowledge.words import Words

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "line.yml"


@lru_cache
def _words() -> Words:
    return Words({"line": yaml.safe_load(_FILE.read_text(encoding="utf-8"))})


def wording(name: str, **values: object) -> str:
    """Return the text of that name with its placeholders filled. Raises KeyError without one."""
    return _words()(f"line.{name}", **values)
