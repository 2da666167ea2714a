"""How a customer is asked how satisfied they were, from ``messages/rating.yml``.

The payload of each choice names the handoff it was asked for: ``rating:<handoff>:<what>``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from madoguchi import knowledge
from madoguchi.conversations.model import Choice, Draft, Kind, Sender

PREFIX = "rating:"
SCORES = (5, 4, 3, 2, 1)
LONGEST_WORD = 1000
# The highest score after which the thanks also regret.
_LOW = 2

_FILE = Path(knowledge.__file__).resolve().parent / "messages" / "rating.yml"
_PAYLOAD = re.compile(r"rating:([0-9]{1,10}):(?:([1-5])(:said)?|(write|stop|said))")
_POINTS = re.compile(r"([1-5])点?")
_NOISE = re.compile(r"[\s、。．,.!！?？「」『』()（）]+")


class Act(StrEnum):
    """What a message is in asking for a rating: its ``act`` in the transcript.

    The customer's own taps and words are RATING too.
    """

    RATING = "rating"
    THANKS = "rating_thanks"
    PROMPT = "rating_word"
    DONE = "rating_done"


@dataclass(frozen=True)
class Meant:
    """What a payload asks for: a score, that a word follows, that none does, or a word is said."""

    handoff_id: int
    score: int | None = None
    writes: bool = False
    stops: bool = False
    says: bool = False


def meaning(payload: str | None) -> Meant | None:
    """Return what a payload asks for, None for one that has nothing to do with ratings."""
    found = _PAYLOAD.fullmatch(payload or "")
    if found is None:
        return None
    handoff, score, with_word, other = found.groups()
    return Meant(
        int(handoff),
        score=int(score) if score else None,
        writes=other == "write",
        stops=other == "stop",
        says=bool(with_word) or other == "said",
    )


def said_payload(handoff_id: int, score: int | None) -> str:
    """Return the payload of a word, with a score or without one, that no choice stands for."""
    return f"{PREFIX}{handoff_id}:{score}:said" if score else f"{PREFIX}{handoff_id}:said"


def score_payload(handoff_id: int, score: int) -> str:
    """Return the payload of a score."""
    return f"{PREFIX}{handoff_id}:{score}"


class RatingWords:
    """Finished messages; the system says them, so that they are said whoever has the chat."""

    def __init__(self, texts: dict[str, Any]) -> None:
        """Use the texts."""
        self._texts = texts

    def title(self, score: int) -> str:
        """Return what a score is called."""
        return str(self._texts["scores"][score])

    def question(self, handoff_id: int) -> Draft:
        """Return the question, with a choice for each score, the best one first."""
        choices = [Choice(self.title(each), score_payload(handoff_id, each)) for each in SCORES]
        return _draft(Act.RATING, self._texts["question"], *choices)

    def thanks(self, handoff_id: int, score: int, *, changed: bool, has_word: bool) -> Draft:
        """Return the thanks, inviting a word unless there is one."""
        thanks = self._texts["thanks"]
        if changed and has_word:
            return _draft(Act.DONE, thanks["again"].format(title=self.title(score)))
        if has_word:
            return self.done()
        name = "changed" if changed else "low" if score <= _LOW else "high"
        write = Choice(self._texts["write"], f"{PREFIX}{handoff_id}:write")
        return _draft(Act.THANKS, thanks[name].format(title=self.title(score)), write)

    def prompt(self, handoff_id: int) -> Draft:
        """Return the request to write the word now."""
        return _draft(Act.PROMPT, self._texts["prompt"], self._stop(handoff_id))

    def too_long(self, handoff_id: int) -> Draft:
        """Return the request to write a shorter word."""
        return _draft(Act.PROMPT, self._texts["too_long"], self._stop(handoff_id))

    def stopped(self) -> Draft:
        """Return that no word is expected any more."""
        return _draft(Act.DONE, self._texts["stopped"])

    def done(self) -> Draft:
        """Return the thanks for the word."""
        return _draft(Act.DONE, self._texts["done"])

    def _stop(self, handoff_id: int) -> Choice:
        return Choice(self._texts["stop"], f"{PREFIX}{handoff_id}:stop")


def typed(text: str, titles: dict[str, str]) -> str | None:
    """Return the payload whose title was typed, or its number or words alone; None without one.

    ``titles`` are the titles by payload.
    """
    plain = _plain(text)
    points = _POINTS.fullmatch(plain)
    for payload, title in titles.items():
        number, _, words = title.partition(" ")
        if plain in {_plain(title), _plain(words or title)}:
            return payload
        if points is not None and number == points.group(1):
            return payload
    return None


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text))


def _draft(act: Act, text: str, *choices: Choice) -> Draft:
    return Draft(Kind.NOTICE, text, act=act, choices=choices, sender=Sender.SYSTEM)


@lru_cache
def rating_words() -> RatingWords:
    """Return this version's words."""
    return RatingWords(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
