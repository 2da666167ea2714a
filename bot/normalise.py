"""Text in one width and case, with a way back to every character of the original."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import List, Tuple

# Half-width voicing marks join the kana before them under NFKC although they are not combining.
_VOICING_MARKS = "\uff9e\uff9f"
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"


@dataclass(frozen=True)
class Normalised:
    """A normalised text and, for each of its characters, the span it came from."""

    text: str
    spans: Tuple[Tuple[int, int], ...]

    def original_span(self, start: int, end: int) -> Tuple[int, int]:
        """Return the span of the original text that ``text[start:end]`` was made from."""
        return self.spans[start][0], self.spans[end - 1][1]


def normalise(text: str) -> Normalised:
    """Return the text in NFKC and lower case, control characters as spaces, with its spans."""
    characters: List[str] = []
    spans: List[Tuple[int, int]] = []
    for start, end in _clusters(text):
        cluster = text[start:end]
        if cluster in _ZERO_WIDTH:
            continue
        for character in unicodedata.normalize("NFKC", cluster).lower():
            characters.append(" " if _is_blank(character) else character)
            spans.append((start, end))
    return Normalised("".join(characters), tuple(spans))


def _clusters(text: str) -> List[Tuple[int, int]]:
    """Split into a base character and the marks that NFKC may fuse with it."""
    clusters: List[Tuple[int, int]] = []
    for index, character in enumerate(text):
        fuses = character in _VOICING_MARKS or unicodedata.combining(character)
        if clusters and fuses and clusters[-1][1] == index:
            clusters[-1] = (clusters[-1][0], index + 1)
        else:
            clusters.append((index, index + 1))
    return clusters


def _is_blank(character: str) -> bool:
    # The analyser is a C library that ends a text at NUL, and Rasa must not see blank tokens.
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Cs", "Cn"}
