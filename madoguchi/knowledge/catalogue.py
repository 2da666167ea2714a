"""The catalogue of topics and acts, and the names that the engine knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent / "catalogue"
SITES = ("store", "rental")


@dataclass(frozen=True)
class Topic:
    """A question that the shop's guide answers."""

    id: str
    site: str
    title: str
    facts: tuple[str, ...]
    must_say: tuple[str, ...]
    act: str | None

    @property
    def intent(self) -> str:
        """The topic's intent in the engine, where ``/`` has a meaning of its own."""
        return self.id.replace("/", "_")


@dataclass(frozen=True)
class Act:
    """Something the assistant does for one customer's own order, rental or visit."""

    id: str
    site: str | None
    title: str
    topics: Mapping[str, str]

    @property
    def intent(self) -> str:
        """The act's intent in the engine."""
        return f"act_{self.id}"


@dataclass(frozen=True)
class Catalogue:
    """All topics and acts by id, and by the engine's intent."""

    topics: Mapping[str, Topic]
    acts: Mapping[str, Act]

    def topic_of(self, intent: str) -> Topic | None:
        """Return the topic that an intent stands for."""
        return self.topics.get(intent.replace("_", "/", 1))

    def act_of(self, intent: str) -> Act | None:
        """Return the act that an intent stands for."""
        return self.acts.get(intent.removeprefix("act_")) if intent.startswith("act_") else None

    def title_of(self, intent: str) -> str | None:
        """Return how a customer would say the intent; None for intents that are no choice."""
        known = self.topic_of(intent) or self.act_of(intent)
        return known.title if known is not None else None


@lru_cache
def catalogue() -> Catalogue:
    """Return the catalogue of this version."""
    topics = {}
    for site in SITES:
        for entry in _entries(site):
            topics[entry["id"]] = Topic(
                id=entry["id"],
                site=site,
                title=entry["title"],
                facts=tuple(entry["facts"]),
                must_say=tuple(entry["must_say"]),
                act=entry.get("act"),
            )
    acts = {}
    for entry in _entries("acts"):
        name = entry["id"].removeprefix("act/")
        site = entry["site"]
        acts[name] = Act(
            id=name,
            site=None if site == "both" else site,
            title=entry["title"],
            topics=entry.get("topics", {}),
        )
    return Catalogue(topics, acts)


def _entries(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(
        (FOLDER / f"{name}.yml").read_text(encoding="utf-8")
    )
    return entries
