"""The texts that the assistant answers topics with, read from its responses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi.knowledge.catalogue import Topic

FOLDER = Path(__file__).resolve().parents[2] / "data" / "responses"


def read_answers(folder: Path) -> Mapping[str, str]:
    """Return the text of every response below a folder by its name (``utter_store_receipt``).

    Empty when there is no such folder: a service that runs without the assistant's data offers
    none of its answers.
    """
    texts: dict[str, str] = {}
    for file in sorted(folder.rglob("*.yml")):
        found = yaml.safe_load(file.read_text(encoding="utf-8"))
        texts |= {name: _text(variants) for name, variants in found["responses"].items()}
    return {name: text for name, text in texts.items() if text}


@lru_cache
def answers() -> Mapping[str, str]:
    """Return the texts of this version."""
    return read_answers(FOLDER)


def answer_to(topic: Topic, texts: Mapping[str, str]) -> str | None:
    """Return what the assistant answers to a topic; None when it has no text for it."""
    return texts.get(f"utter_{topic.intent}")


def _text(variants: list[dict[str, Any]]) -> str:
    # The first is the one that is said; others would only be other words for it.
    return str(variants[0].get("text") or "").strip() if variants else ""
