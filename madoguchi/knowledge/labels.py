"""The names of states, payments and rows on cards, from ``messages/skills/cards.yml``."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from madoguchi.knowledge.words import FOLDER


class Labels:
    """Names by their keys; a missing one is an error in the project."""

    def __init__(self, names: dict[str, Any]) -> None:
        """Use the names of the file."""
        self._names = names

    def state(self, group: str, state: str) -> tuple[str, str]:
        """Return a state's name and its tone (good, wait, bad, info)."""
        entry = self._names[group][state]
        return entry["label"], entry["tone"]

    def payment(self, method: str) -> str:
        """Return the name of a way to pay."""
        name: str = self._names["payments"][method]
        return name

    def row(self, key: str) -> str:
        """Return the name of a card's row."""
        name: str = self._names["rows"][key]
        return name

    def link(self, key: str) -> str:
        """Return the title of a card's link."""
        name: str = self._names["links"][key]
        return name


@lru_cache
def labels() -> Labels:
    """Return the names of this version."""
    return Labels(yaml.safe_load((FOLDER / "cards.yml").read_text(encoding="utf-8")))
