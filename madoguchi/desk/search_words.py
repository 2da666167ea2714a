"""How texts and questions are written for the search, so that the same words look the same.

Japanese puts no spaces between its words, so what is stored of a text are short pieces of it, one
from every character on: two characters of Japanese, four of Latin letters and digits. Whatever
stands in a text, however long or short, is found by the pieces it is made of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_KANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
# Hyphens, dashes and the katakana sound mark between digits: 「A-20261103ー0042」 is one number.
_HYPHENS = re.compile(r"(?<=[0-9a-z])[-‐‒–—―−ー]+(?=[0-9a-z])")
_SIGNS = re.compile(r"[\W_]+")
_RUNS = re.compile(r"[0-9a-z]+|[^0-9a-z ]+")
# A character with the marks that belong to it, half-width voice marks too.
_CHARACTERS = re.compile(r".[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*", re.DOTALL)
_ASCII_PIECE = 4
_PIECE = 2
_BEFORE = 20
_SNIPPET = 100


@dataclass(frozen=True)
class Term:
    """A piece that a text has to have; a short one (``begins``) may be the beginning of one."""

    piece: str
    begins: bool = False


def normal(text: str) -> str:
    """Return the words of a text, one space between them and nothing else.

    Width, case and kana make no difference, and numbers have no hyphens.
    """
    return " ".join(_SIGNS.sub(" ", _HYPHENS.sub("", _folded(text))).split())


def pieces(plain: str) -> list[str]:
    """Return the pieces of a text that is ``normal``, each once."""
    found = {
        run[start : start + _length(run)]: None
        for run in _RUNS.findall(plain)
        for start in range(len(run))
    }
    return list(found)


def terms(word: str) -> list[Term]:
    """Return what a text with the word (one of a ``normal`` question) surely has."""
    found: dict[Term, None] = {}
    for run in _RUNS.findall(word):
        length = _length(run)
        if len(run) < length:
            found[Term(run, begins=True)] = None
        for start in range(len(run) - length + 1):
            found[Term(run[start : start + length])] = None
    return list(found)


def shown(text: str, card: dict[str, Any] | None) -> str:
    """Return what a message shows: its text, and what stands in its card."""
    if not card:
        return text
    values = [row.get("value") for row in card.get("rows", ()) if isinstance(row, dict)]
    words = [each for each in (card.get("title"), *values) if isinstance(each, str)]
    return "\n".join([text, *words])


def snippet(text: str, words: Sequence[str]) -> str:
    """Return the part of a text where one of the words (of a ``normal`` question) stands first.

    Without any of them it is the text's beginning. It is a text: whoever shows it marks the words.
    """
    plain, places = _placed(text)
    hits = [places[at] for word in words if (at := plain.find(word)) >= 0]
    start = max(0, min(hits) - _BEFORE) if hits else 0
    part = " ".join(text[start : start + _SNIPPET].split())
    before, after = "…" if start else "", "…" if start + _SNIPPET < len(text) else ""
    return f"{before}{part}{after}"


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return folded.translate(_KANA)


def _length(run: str) -> int:
    return _ASCII_PIECE if run[0].isascii() else _PIECE


def _placed(text: str) -> tuple[str, list[int]]:
    """Return the text as it is searched, and where each of its characters begins in the text."""
    plain: list[str] = []
    places: list[int] = []
    for found in _CHARACTERS.finditer(text):
        folded = _folded(found.group())
        plain.append(folded)
        places += [found.start()] * len(folded)
    joined = "".join(plain)
    for found in reversed(list(_HYPHENS.finditer(joined))):
        joined = joined[: found.start()] + joined[found.end() :]
        del places[found.start() : found.end()]
    return joined, places
