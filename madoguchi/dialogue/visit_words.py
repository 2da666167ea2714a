"""Reads which store and which time of day a customer means: 「銀座で」, 「午後2時」."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import time

from madoguchi.dialogue.heard import Heard
from madoguchi.rules.transfers import known_store

# Without 「午前」, an hour up to this one is in the afternoon: no store opens before it.
_LATEST_AFTERNOON = 8
_NOON = 12
_DIGITS = {"十": "", **{numeral: str(n) for n, numeral in enumerate("〇一二三四五六七八九")}}
_KANJI_HOUR = re.compile(r"[〇一二三四五六七八九十]{1,3}(?=時)")
_TIME = re.compile(
    r"(?P<half>午前|午後|朝|昼|夕方|夜|am|pm)?の?\s*"
    r"(?:(?P<hour>\d{1,2})時(?!間)(?:(?P<minute>\d{1,2})分|(?P<thirty>半))?"
    r"|(?<![\d:])(?P<h>\d{1,2}):(?P<m>\d\d)(?![\d:]))"
)
_MORNING = {"午前", "朝", "am"}
_AFTERNOON = {"午後", "夕方", "夜", "pm"}


def read_store(heard: Heard, stores: Iterable[str]) -> str | None:
    """Return the one of these stores that the message names; of two, the longer name."""
    known = list(stores)
    for value in heard.values("store"):
        name = known_store(value)
        if name in known:
            return name
    said = _plain(heard.text)
    named = [store for store in known if _core(store) in said]
    return max(named, key=lambda store: len(_core(store)), default=None)


def read_time(text: str) -> time | None:
    """Return the time of day that the text names first, None when it names none."""
    plain = _KANJI_HOUR.sub(_arabic, unicodedata.normalize("NFKC", text).lower())
    match = _TIME.search(plain)
    if match is None:
        return None
    hour = int(match["hour"] or match["h"])
    minute = 30 if match["thirty"] else int(match["minute"] or match["m"] or 0)
    latest = _NOON - 1 if match["half"] in _AFTERNOON else _LATEST_AFTERNOON
    if match["half"] not in _MORNING and hour <= latest:
        hour += _NOON
    try:
        return time(hour, minute)
    except ValueError:
        return None


def slot_at(at: time, slots: Sequence[str]) -> str | None:
    """Return the one of these times, like 「13:00〜14:00」, in which the time of day lies."""
    for slot in slots:
        begins, _, ends = slot.partition("〜")
        if time.fromisoformat(begins) <= at < time.fromisoformat(ends):
            return slot
    return None


def _arabic(match: re.Match[str]) -> str:
    written = match.group()
    if "十" not in written:
        return "".join(_DIGITS[each] for each in written)
    tens, _, ones = written.partition("十")
    return f"{_DIGITS[tens] if tens else '1'}{_DIGITS[ones] if ones else '0'}"


def _core(store: str) -> str:
    """Return what customers call a store: 「銀座」 for ALLU銀座店."""
    return _plain(store).removeprefix("allu").removesuffix("店")


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
