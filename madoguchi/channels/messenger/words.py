"""The sentences and names of this channel, from ``messages/messenger.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge

_FILE = Path(knowledge.__file__).parent / "messages" / "messenger.yml"


class Words:
    """Words by their keys; a missing one is an error in the project."""

    def __init__(self, texts: dict[str, dict[str, Any]]) -> None:
        """Use the texts of the file."""
        self._texts = texts

    def incoming(self, key: str, **values: object) -> str:
        """Return how the transcript shows what a customer sent. Raises KeyError."""
        return str(self._texts["incoming"][key]).format(**values)

    def sticker(self, sticker_id: str) -> str:
        """Return what a sticker means, or that it is one."""
        found = self._texts["incoming"]["stickers"].get(sticker_id)
        return str(found) if found is not None else self.incoming("sticker")

    def outgoing(self, key: str, **values: object) -> str:
        """Return a word of what customers are sent. Raises KeyError."""
        return str(self._texts["outgoing"][key]).format(**values)

    def reason(self, code: str) -> str:
        """Return why a message was not sent, for the desk. Raises KeyError."""
        return str(self._texts["reasons"][code])


@lru_cache
def words() -> Words:
    """Return the words of this version."""
    return Words(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
