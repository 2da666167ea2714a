"""Cuts texts where a reader would: after a paragraph, a line, a sentence, never inside a character.

A character is what a person takes for one (a grapheme cluster): 👨‍👩‍👧 is one, and so is が in two
code points.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import regex

from madoguchi.channels.messenger.shapes import printable

type Size = Callable[[str], int]

_CLUSTER = regex.compile(r"\X")
# Better places to cut first.
_ENDS = (
    regex.compile(r"\n[^\S\n]*\n\s*"),
    regex.compile(r"\n\s*"),
    regex.compile(r"[。！？!?]+[」』）)]*\s*|\.\s+"),
    regex.compile(r"[、，,]\s*|\s+"),
)
# A cut before this share of what would fit leaves a stump.
_EARLIEST = 0.3


def readable(text: str) -> str:
    """Return the text without what no one can see or a platform refuses: control characters."""
    kept = (
        letter
        for letter in printable(text.replace("\r\n", "\n").replace("\t", " "))
        if letter == "\n" or unicodedata.category(letter) != "Cc"
    )
    return "".join(kept).strip()


def one_line(text: str) -> str:
    """Return the text in one line with single blanks."""
    return " ".join(readable(text).split())


def cut(text: str, limit: int, size: Size, mark: str = "…") -> str:
    """Return the text, or what fits of it before the mark."""
    if size(text) <= limit:
        return text
    return _fitting(text, limit - size(mark), size).rstrip() + mark


def split(text: str, limit: int, size: Size) -> list[str]:
    """Return the text in pieces of at most ``limit``; only blanks where it was cut are left out."""
    pieces, rest = [], text.strip()
    while size(rest) > limit:
        most = _fitting(rest, limit, size)
        piece = most[: _place(most)]
        pieces.append(piece.rstrip())
        rest = rest[len(piece) :].lstrip()
    pieces.append(rest)
    return [piece for piece in pieces if piece]


def _fitting(text: str, limit: int, size: Size) -> str:
    """Return the longest beginning of whole characters that fits, at least one code point."""
    end, used = 0, 0
    for found in _CLUSTER.finditer(text):
        used += size(found.group())
        if used > limit:
            break
        end = found.end()
    if end:
        return text[:end]
    # One character alone is too long: hundreds of marks on one letter.
    end, used = 0, 0
    for letter in text:
        used += size(letter)
        if end and used > limit:
            break
        end += 1
    return text[:end]


def _place(text: str) -> int:
    """Return where to cut a text that is as long as one may be."""
    whole = {found.end() for found in _CLUSTER.finditer(text)}
    for ends in _ENDS:
        places = [found.end() for found in ends.finditer(text) if found.end() in whole]
        if places and places[-1] >= len(text) * _EARLIEST:
            return int(places[-1])
    return len(text)
