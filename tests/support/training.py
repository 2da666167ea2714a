"""The Rasa project's own files: phrases, responses, rules and the domain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi.settings import PROJECT

DATA = PROJECT / "data"
_LINE = re.compile(r"^- (.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """A phrase to learn from, and where it stands."""

    intent: str
    text: str
    file: str
    number: int

    @property
    def place(self) -> str:
        """Return where to find it without saying it."""
        return f"{self.file}, phrase {self.number}"


@lru_cache
def examples() -> tuple[Example, ...]:
    """Return every training phrase."""
    return tuple(
        Example(entry["intent"], text, str(file.relative_to(DATA)), number)
        for file, content in _files("nlu")
        for entry in content["nlu"]
        for number, text in enumerate(_LINE.findall(entry["examples"]), 1)
    )


@lru_cache
def responses() -> dict[str, dict[str, Any]]:
    """Return every response by its name; each has one variation."""
    found: dict[str, dict[str, Any]] = {}
    for file, content in _files("responses"):
        for name, variations in content["responses"].items():
            assert name not in found, f"{name} is also in {file}"
            [found[name]] = variations
    return found


@lru_cache
def rules() -> tuple[dict[str, Any], ...]:
    """Return every rule."""
    return tuple(rule for _, content in _files("rules") for rule in content["rules"])


@lru_cache
def domain() -> dict[str, Any]:
    """Return the domain."""
    found: dict[str, Any] = _load(PROJECT / "domain.yml")
    return found


def normalised(text: str) -> str:
    """Return a phrase without what does not make it another one: width, blanks and case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _files(kind: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for file in sorted((DATA / kind).rglob("*.yml")):
        yield file, _load(file)


def _load(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
