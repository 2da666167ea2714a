"""What the assistant's skills say, from ``messages/skills/*.yml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "messages" / "skills"


@dataclass(frozen=True)
class Phrase:
    """A text and the intents offered below it."""

    text: str
    choices: tuple[str, ...] = ()


class Words:
    """The texts by ``file.key``; a missing one is an error in the project, never silence."""

    def __init__(self, texts: dict[str, dict[str, Any]]) -> None:
        """Use the texts of each file."""
        self._texts = texts

    def __call__(self, name: str, **values: object) -> str:
        """Return a text with its ``{placeholders}`` filled. Raises KeyError for unknown names."""
        return self.phrase(name, **values).text

    def phrase(self, name: str, **values: object) -> Phrase:
        """Return a text with the choices that its file offers below it."""
        entry = self._entry(name)
        if isinstance(entry, str):
            return Phrase(entry.strip().format(**values))
        return Phrase(
            str(entry["text"]).strip().format(**values), tuple(entry.get("choices") or ())
        )

    def has(self, name: str) -> bool:
        """Return whether there is such a text."""
        try:
            self._entry(name)
        except KeyError:
            return False
        return True

    def _entry(self, name: str) -> str | dict[str, Any]:
        found: Any = self._texts
        for part in name.split("."):
            if not isinstance(found, dict) or part not in found:
                raise KeyError(f"messages/skills has no text {name!r}")
            found = found[part]
        if not isinstance(found, str) and "text" not in found:
            raise KeyError(f"messages/skills has no text {name!r}, only what lies below it")
        checked: str | dict[str, Any] = found
        return checked


@lru_cache
def words() -> Words:
    """Return the texts of this version, one file per skill."""
    return Words(
        {
            file.stem: yaml.safe_load(file.read_text(encoding="utf-8"))
            for file in sorted(FOLDER.glob("*.yml"))
        }
    )
