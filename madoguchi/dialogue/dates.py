"""Reads the day that a customer means: 「12/5」, 「明後日」, 「来週の水曜」, 「来月3日」."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

_NEAR = {
    "一昨日": -2,
    "おととい": -2,
    "昨日": -1,
    "きのう": -1,
    "今日": 0,
    "きょう": 0,
    "本日": 0,
    "明日": 1,
    "あした": 1,
    "あす": 1,
    "明後日": 2,
    "あさって": 2,
    "しあさって": 3,
    "明々後日": 3,
}
_WEEKS = {"先々週": -2, "先週": -1, "今週": 0, "来週": 1, "再来週": 2}
_MONTHS = {"先々月": -2, "先月": -1, "今月": 0, "来月": 1, "再来月": 2}
_WEEKDAYS = "月火水木金土日"
_NUMERAL = {"十": 10, **{numeral: n for n, numeral in enumerate("一二三四五六七八九", 1)}}

_FULL = re.compile(r"(20\d\d)[年/.-](\d{1,2})[月/.-](\d{1,2})日?")
_MONTH_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:月|/)(\d{1,2})日?(?!\d)")
_OF_MONTH = re.compile(rf"({'|'.join(_MONTHS)})の?(?:(\d{{1,2}})日?|(末日?|終わり|初め|頭))")
_WEEK = "|".join(sorted(_WEEKS, key=len, reverse=True))
_OF_WEEK = re.compile(rf"({_WEEK})の?([{_WEEKDAYS}])曜?日?")
_AGO = re.compile(r"(\d{1,3})(日|週間)(前|後)")
_WORD = re.compile("|".join(sorted(_NEAR, key=len, reverse=True)))
_WEEKDAY = re.compile(rf"(?:今度の|次の)?([{_WEEKDAYS}])曜")
_DAY_ALONE = re.compile(r"(?<![\d月/])(\d{1,2})日(?!前|後|間)")
_KANJI_NUMBER = re.compile(r"[一二三四五六七八九十]{1,3}(?=[月日週])")


type _Reader = Callable[[re.Match[str], date, object], date | None]


def read_date(text: str, today: date, *, past: bool = False) -> date | None:
    """Return the day (Asia/Tokyo) that the text names first, None when it names none.

    A day without a year is the next such one from today on, or with ``past`` the latest one.
    """
    plain = _KANJI_NUMBER.sub(_arabic, unicodedata.normalize("NFKC", text))
    for pattern, reader in _READERS:
        if match := pattern.search(plain):
            return reader(match, today, past)
    return None


def _arabic(match: re.Match[str]) -> str:
    written = match.group()
    if "十" not in written:
        return "".join(str(_NUMERAL[each]) for each in written)
    tens, _, ones = written.partition("十")
    return str(_NUMERAL.get(tens, 1) * 10 + _NUMERAL.get(ones, 0))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _of_month(today: date, months: int, number: str | None, part: str | None) -> date | None:
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if number is not None:
        return _day(year, month + 1, int(number))
    return date(year, month + 1, 1 if part in {"初め", "頭"} else last)


def _nearest(today: date, month: int, day: int, *, past: bool) -> date | None:
    years = range(today.year, today.year + 5) if not past else range(today.year, today.year - 5, -1)
    for year in years:
        found = _day(year, month, day)
        if found is not None and ((found <= today) if past else (found >= today)):
            return found
    return None


def _next_weekday(today: date, weekday: int, *, past: bool) -> date:
    if past:
        return today - timedelta(days=(today.weekday() - weekday) % 7)
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _day_alone(today: date, day: int, *, past: bool) -> date | None:
    for months in range(13):
        found = _of_month(today, -months if past else months, str(day), None)
        if found is not None and ((found <= today) if past else (found >= today)):
            return found
    return None


def _full(match: re.Match[str], _today: date, _past: object) -> date | None:
    return _day(int(match[1]), int(match[2]), int(match[3]))


def _in_month(match: re.Match[str], today: date, _past: object) -> date | None:
    return _of_month(today, _MONTHS[match[1]], match[2], match[3])


def _month_day(match: re.Match[str], today: date, past: object) -> date | None:
    return _nearest(today, int(match[1]), int(match[2]), past=bool(past))


def _in_week(match: re.Match[str], today: date, _past: object) -> date | None:
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=_WEEKS[match[1]])
    return monday + timedelta(days=_WEEKDAYS.index(match[2]))


def _ago(match: re.Match[str], today: date, _past: object) -> date | None:
    days = int(match[1]) * (7 if match[2] == "週間" else 1)
    return today + timedelta(days=days if match[3] == "後" else -days)


def _near(match: re.Match[str], today: date, _past: object) -> date | None:
    return today + timedelta(days=_NEAR[match.group()])


def _weekday(match: re.Match[str], today: date, past: object) -> date | None:
    return _next_weekday(today, _WEEKDAYS.index(match[1]), past=bool(past))


def _alone(match: re.Match[str], today: date, past: object) -> date | None:
    return _day_alone(today, int(match[1]), past=bool(past))


# The fuller form first: 「来月3日」 also holds 「3日」.
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_FULL, _full),
    (_OF_MONTH, _in_month),
    (_MONTH_DAY, _month_day),
    (_OF_WEEK, _in_week),
    (_AGO, _ago),
    (_WORD, _near),
    (_WEEKDAY, _weekday),
    (_DAY_ALONE, _alone),
)
