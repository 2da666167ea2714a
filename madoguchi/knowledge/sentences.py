"""The service's own words to customers, from ``messages/ja.yml``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi.conversations.model import Choice, Draft, Kind, Sender
from madoguchi.knowledge.catalogue import Catalogue, catalogue

_FILE = Path(__file__).resolve().parent / "messages" / "ja.yml"


class Sentences:
    """Finished messages that need no engine."""

    def __init__(self, texts: dict[str, Any], known: Catalogue) -> None:
        """Use the texts; choices get their topic and act from the catalogue."""
        self._texts = texts
        self._catalogue = known

    def greeting(self, site: str | None) -> Draft:
        """Return the first message, with the six topics that the site's customers ask most."""
        entry = self._texts["greeting"][site or "none"]
        return Draft(Kind.SMALLTALK, entry["text"], choices=self.choices(entry["choices"]))

    @property
    def clarify(self) -> str:
        """The question before the candidates."""
        return str(self._texts["clarify"]["text"])

    @property
    def none_of_these(self) -> str:
        """The title of the choice that rejects all candidates."""
        return str(self._texts["clarify"]["none"])

    def engine_away(self, channel: str = "web") -> Draft:
        """Return the notice that the answer comes as soon as the assistant is back.

        Where answering later costs the shop money, the customer may fetch it with a button.
        """
        entry = self._texts["engine_away"]
        fetched = channel in entry["fetched_on"]
        return Draft(
            Kind.NOTICE,
            entry["text_fetched" if fetched else "text"],
            choices=(Choice(entry["fetch"], "fetch"),) if fetched else (),
            sender=Sender.SYSTEM,
        )

    def could_not_answer(self, site: str | None) -> Draft:
        """Return the apology for a message that the assistant failed on, with ways on."""
        entry = self._texts["could_not_answer"]
        return Draft(
            Kind.FALLBACK, entry["text"], choices=self.choices(entry["choices"][site or "none"])
        )

    def unreadable(self, how: str) -> Draft:
        """Return what is said to a message that holds no word to read.

        ``how``: ``foreign`` (not Japanese), ``no_words`` (marks only), ``contact`` (a telephone
        number or address alone).
        """
        entry = self._texts["unreadable"][how]
        return Draft(Kind.FALLBACK, entry["text"], choices=self.choices(entry["choices"]))

    def choices(self, intents: list[str]) -> tuple[Choice, ...]:
        """Return the choices for intents, titled as customers would say them."""
        return tuple(self._choice(intent) for intent in intents)

    def problem(self, code: str, **values: object) -> str:
        """Return the explanation of a refused request, in polite Japanese."""
        text: str = self._texts["problems"][code]
        return text.format(**values)

    def _choice(self, intent: str) -> Choice:
        topic, act = self._catalogue.topic_of(intent), self._catalogue.act_of(intent)
        return Choice(
            title=self._texts["titles"].get(intent) or self._catalogue.title_of(intent) or intent,
            payload=f"/{intent}",
            topic=topic.id if topic else None,
            act=act.id if act else None,
        )


@lru_cache
def sentences() -> Sentences:
    """Return this version's sentences."""
    return Sentences(yaml.safe_load(_FILE.read_text(encoding="utf-8")), catalogue())
