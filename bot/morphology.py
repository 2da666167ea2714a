"""Japanese words with their dictionary form and reading, found by MeCab with UniDic."""

from __future__ import annotations

import importlib.metadata
import re
import threading
from dataclasses import dataclass
from typing import List, Optional, Tuple

import fugashi

from bot.normalise import Normalised, normalise

_KATAKANA_READING = re.compile(r"^[\u30a1-\u30ff]+$")
# MeCab's lattice grows with the input; a message is at most 5,000 characters, a line is not.
_local = threading.local()


@dataclass(frozen=True)
class Word:
    """One word of a text: its span in the original, its lemma, reading (katakana) and class."""

    start: int
    end: int
    surface: str
    lemma: str
    reading: str
    pos: str


def dictionary_version() -> str:
    """Return the analyser's and dictionary's versions; part of every trained model."""
    return " ".join(
        f"{package}-{importlib.metadata.version(package)}" for package in ("fugashi", "unidic-lite")
    )


def analyse(text: str) -> List[Word]:
    """Return the words of a text in order, with exact offsets into it, never a blank one."""
    return analyse_normalised(normalise(text))


def split(text: str) -> List[Tuple[int, int]]:
    """Return the spans of the words of a normalised text."""
    spans: List[Tuple[int, int]] = []
    position = 0
    for node in _tagger()(text):
        # MeCab skips blanks between words, and knows no others after normalisation.
        position = text.index(node.surface, position)
        spans.append((position, position + len(node.surface)))
        position += len(node.surface)
    return spans


def analyse_normalised(normalised: Normalised) -> List[Word]:
    """Return the words of an already normalised text; the offsets are the original's."""
    words: List[Word] = []
    position = 0
    for node in _tagger()(normalised.text):
        # MeCab skips blanks between words, and knows no others after normalisation.
        position = normalised.text.index(node.surface, position)
        start, end = normalised.original_span(position, position + len(node.surface))
        position += len(node.surface)
        if words and start < words[-1].end:
            # One original character (such as ㍿) made several words: they stay one token.
            words[-1] = _joined(words[-1], node, end)
        else:
            words.append(Word(start, end, node.surface, _lemma(node), _reading(node), _pos(node)))
    return words


def _joined(word: Word, node: fugashi.UnidicNode, end: int) -> Word:
    return Word(
        word.start,
        max(end, word.end),
        word.surface + node.surface,
        word.lemma + _lemma(node),
        word.reading + _reading(node),
        word.pos,
    )


def _tagger() -> fugashi.Tagger:
    # A tagger must not be shared between threads, and takes a moment to open its dictionary.
    tagger: Optional[fugashi.Tagger] = getattr(_local, "tagger", None)
    if tagger is None:
        tagger = _local.tagger = fugashi.Tagger()
    return tagger


def _lemma(node: fugashi.UnidicNode) -> str:
    lemma = node.feature.lemma
    # UniDic writes loan words as 「バッグ-bag」.
    return lemma.split("-", 1)[0] if lemma and lemma != "*" else str(node.surface)


def _reading(node: fugashi.UnidicNode) -> str:
    reading = node.feature.kana
    if reading and reading != "*":
        return str(reading)
    katakana = "".join(chr(ord(c) + 0x60) if "\u3041" <= c <= "\u3096" else c for c in node.surface)
    return katakana if _KATAKANA_READING.match(katakana) else str(node.surface)


def _pos(node: fugashi.UnidicNode) -> str:
    return str(node.feature.pos1 or "")
