"""Days, times and money as customers read them."""

from __future__ import annotations

from datetime import date, datetime

from madoguchi.clock import TOKYO

_WEEKDAYS = "月火水木金土日"


def day_in_full(day: date) -> str:
    """Return 「12月11日(金)」; a time is taken as its day in Tokyo."""
    day = _day(day)
    return f"{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def month_day(day: date) -> str:
    """Return 「12月11日」."""
    day = _day(day)
    return f"{day.month}月{day.day}日"


def clock_time(at: datetime) -> str:
    """Return 「14:05」 in Tokyo."""
    return f"{at.astimezone(TOKYO):%H:%M}"


def yen(amount: int) -> str:
    """Return 「300,000円」."""
    return f"{amount:,}円"


def time_slot(slot: str) -> str:
    """Return 「18時〜20時」 for 「18-20」; other names of a time stay as they are."""
    first, dash, last = slot.partition("-")
    hours = first.isdecimal() and last.isdecimal()
    return f"{int(first)}時〜{int(last)}時" if dash and hours else slot


def _day(day: date) -> date:
    return day.astimezone(TOKYO).date() if isinstance(day, datetime) else day
