"""Long texts in several messages, several short ones in one."""

from __future__ import annotations

import re

from madoguchi.channels.line.limits import LONGEST_TEXT, clean, graphemes, start
from madoguchi.channels.sizes import utf16_units

# Where a text is best cut, best first.
_SEAMS = (
    re.compile(r"\n[ \t\u3000]*\n\s*"),
    re.compile(r"\n"),
    re.compile(r"[。！？!?]+[」』）)]*"),
)
_BETWEEN = "\n\n"


def split(text: str, most: int = LONGEST_TEXT) -> list[str]:
    """Return the text in parts of at most ``most`` UTF-16 units, none of them empty.

    It is cut between paragraphs, else lines, else sentences, else graphemes; a seam in the first
    half of a part is not used, so that no part is much smaller than it need be.
    """
    rest, parts = clean(text), []
    while utf16_units(rest) > most:
        end = _seam(start(rest, most), rest)
        parts.append(clean(rest[:end]))
        rest = rest[end:]
    parts.append(clean(rest))
    return [part for part in parts if part]


def joined(first: str, second: str) -> str | None:
    """Return both texts as two paragraphs of one message, None when that is too long for LINE."""
    both = f"{first}{_BETWEEN}{second}"
    return both if utf16_units(both) <= LONGEST_TEXT else None


def _seam(window: str, text: str) -> int:
    """Return where to cut the text, at the latest at the window's end."""
    for seam in _SEAMS:
        ends = (found.end() for found in seam.finditer(window, len(window) // 2))
        for end in sorted(ends, reverse=True):
            if _between_graphemes(text, end):
                return end
    return len(window)


def _between_graphemes(text: str, at: int) -> bool:
    # A mark that belongs to the character before it may follow a full stop, too.
    return at >= len(text) or len(list(graphemes(text[at - 1 : at + 1]))) > 1
