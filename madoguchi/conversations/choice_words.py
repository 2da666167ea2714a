"""Understands 「2番目」, 「①」 or a typed title as one of the choices that were just offered."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from madoguchi.conversations.model import Choice, Kind

_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九", 1)}
_COUNTERS = {"ひとつ": 1, "ふたつ": 2, "みっつ": 3, "よっつ": 4, "いつつ": 5, "むっつ": 6}
_TAIL = (
    r"(?:の(?:やつ|ほう|方|もの)?|で|を|が)?"
    r"(?:いい|お願い(?:します|いたします)?|です|ですかね?|かな)?"
)
_ORDINAL = re.compile(
    rf"(?:([1-9]|[一二三四五六七八九])(?:番目?|つ目|個目|つめ)?|({'|'.join(_COUNTERS)})[目め]?){_TAIL}"
)
_FIRST = re.compile(rf"(?:一番|いちばん|1番)上{_TAIL}|(?:最初|上){_TAIL}")
_LAST = re.compile(rf"(?:一番|いちばん|1番)下{_TAIL}|(?:最後|下){_TAIL}")
_YES = re.compile(r"(?:はい|うん|ええ|そう(?:です)?|それ(?:です)?|そうそう|お願いします|yes|ok)")
_NOISE = re.compile(r"[\s、。．,.!！?？「」『』()（）・…〜~]+")


def chosen(text: str, choices: Sequence[Choice], kind: Kind) -> Choice | None:
    """Return the choice that the text names, None when it says something else.

    A plain yes counts only when one candidate alone was asked about.
    """
    if not choices:
        return None
    plain = _plain(text)
    by_title = [choice for choice in choices if _plain(choice.title) == plain]
    if len(by_title) == 1:
        return by_title[0]
    number = _number(plain, len(choices))
    if number is not None:
        return choices[number - 1] if 1 <= number <= len(choices) else None
    candidates = [choice for choice in choices if choice.topic or choice.act]
    if kind is Kind.CLARIFY and len(candidates) == 1 and _YES.fullmatch(plain):
        return candidates[0]
    return None


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())


def _number(plain: str, count: int) -> int | None:
    if _FIRST.fullmatch(plain):
        return 1
    if _LAST.fullmatch(plain):
        return count
    found = _ORDINAL.fullmatch(plain)
    if found is None:
        return None
    digit, word = found.groups()
    if word is not None:
        return _COUNTERS[word]
    return _NUMERALS.get(digit) or int(digit)
