"""What LINE accepts, and how it counts.

LINE counts texts in UTF-16 code units and labels in grapheme clusters. Which code points make one
cluster depends on the version of Unicode's rules that is used, LINE's is not known, and its SDK
counts code points. So labels are held to code points here: there are never fewer of them than
clusters, and the words of a button are the same number in all three.

The numbers are those of LINE's Messaging API reference, "Message objects".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex

from madoguchi.channels.sizes import utf16_units

MOST_OBJECTS = 5
LONGEST_TEXT = 5_000
LONGEST_ALT_TEXT = 1_500
MOST_QUICK_REPLIES = 13
LONGEST_QUICK_REPLY_LABEL = 20
LONGEST_ACTION_LABEL = 40
LONGEST_DISPLAY_TEXT = 300
LONGEST_SENDER_NAME = 20
LONGEST_LINK = 1_000
LONGEST_PICTURE_ADDRESS = 2_000
MOST_BUBBLES = 12
LARGEST_BUBBLE_BYTES = 30 * 1_024
LARGEST_CAROUSEL_BYTES = 50 * 1_024

_CUT = "…"
_GRAPHEME = regex.compile(r"\X")
_NEW_LINE = regex.compile(r"\r\n|[\r\v\f\x85\u2028\u2029]")
# Codes that say nothing to a reader and that LINE or JSON may refuse. Those of the direction of
# writing could make a customer's value look like another one's.
_UNWANTED = regex.compile(
    r"(?V1)[[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u202A-\u202E\u2066-\u2069]--[\n\t]]"
)

_VISIBLE = regex.compile(r"[^\p{Cc}\p{Cf}\p{Cs}\p{Z}\p{M}]")


def clean(value: object) -> str:
    """Return a value as text that LINE accepts, empty when there is nothing to see in it.

    Values come from customers and from shops' systems: control characters, halves of surrogate
    pairs and codes that turn the direction of writing are removed. None is an empty text.
    """
    if value is None:
        return ""
    text = _UNWANTED.sub("", _NEW_LINE.sub("\n", str(value))).strip()
    return text if _VISIBLE.search(text) else ""


def graphemes(text: str) -> Iterator[str]:
    """Yield what a reader takes for one character each."""
    return (found.group() for found in _GRAPHEME.finditer(text))


def start(text: str, most: int, count: Callable[[str], int] = utf16_units) -> str:
    """Return as many whole graphemes from the start as fit into ``most``, counted by ``count``.

    A first grapheme that is too long itself (a letter with thousands of marks) is cut inside.
    """
    used = end = 0
    for grapheme in graphemes(text):
        used += count(grapheme)
        if used > most:
            break
        end += len(grapheme)
    if end or not text:
        return text[:end]
    used = 0
    for end, character in enumerate(text):
        used += count(character)
        if used > most:
            return text[:end]
    return text


def shorten(text: str, most: int, count: Callable[[str], int] = utf16_units) -> str:
    """Return the text, or its start with 「…」 when it is longer than ``most`` by ``count``."""
    if count(text) <= most:
        return text
    return start(text, most - len(_CUT), count).rstrip() + _CUT


def label(text: str, most: int = LONGEST_ACTION_LABEL) -> str:
    """Return a label of one line and at most that many characters."""
    return shorten(" ".join(text.split()), most, len)
