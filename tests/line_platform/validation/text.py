"""Counts characters the two ways LINE does.

Message texts are counted in UTF-16 code units, labels and template texts in grapheme clusters
(LINE's documentation, "Character counting in a text").
"""

from __future__ import annotations

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
_EXTENDING_CATEGORIES = {"Mn", "Me", "Mc"}
# Half-width voicing marks are of category Lm, yet belong to the kana before them (ｶﾞ).
_EXTENDING = {_ZERO_WIDTH_JOINER, "\uff9e", "\uff9f"}
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_REGIONAL = range(0x1F1E6, 0x1F200)
_PICTOGRAPHS = (range(0x1F000, 0x20000), range(0x2190, 0x2C00), range(0x3030, 0x303E))
_HANGUL_VOWELS_AND_FINALS = range(0x1160, 0x1200)


def utf16_units(text: str) -> int:
    """Return the number of UTF-16 code units: 2 for an emoji outside the basic plane."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def graphemes(text: str) -> int:
    """Return the number of grapheme clusters: what a reader would call characters.

    Follows Unicode's rules (UAX 29) as far as Japanese, Korean, flags and joined emoji need them.
    """
    count = 0
    flags = 0
    previous = ""
    for character in text:
        flags = flags + 1 if ord(character) in _REGIONAL else 0
        if not _belongs(character, previous, second_of_flag=flags == 2):
            count += 1
        if flags == 2:  # the next one begins another flag
            flags = 0
        previous = character
    return count


def _belongs(character: str, previous: str, *, second_of_flag: bool) -> bool:
    if not previous or previous == "\n":
        return False
    code = ord(character)
    return (
        second_of_flag
        or unicodedata.category(character) in _EXTENDING_CATEGORIES
        or character in _EXTENDING
        or code in _SKIN_TONES
        or code in _TAGS
        or code in _HANGUL_VOWELS_AND_FINALS
        or (character == "\n" and previous == "\r")
        or (previous == _ZERO_WIDTH_JOINER and any(code in block for block in _PICTOGRAPHS))
    )
