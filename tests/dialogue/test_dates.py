"""The day that a customer means is read as a person would read it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.dialogue.dates import read_date

# A Sunday.
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12月5日に行きたい", date(2026, 12, 5)),
        ("12/5", date(2026, 12, 5)),
        ("１２月５日", date(2026, 12, 5)),
        ("十二月五日", date(2026, 12, 5)),
        ("二十三日", date(2026, 11, 23)),
        ("1月10日", date(2027, 1, 10)),
        ("11月22日", TODAY),
        ("2027年2月3日", date(2027, 2, 3)),
        ("2027/2/3", date(2027, 2, 3)),
        ("明日", date(2026, 11, 23)),
        ("明後日の午後", date(2026, 11, 24)),
        ("しあさって", date(2026, 11, 25)),
        ("来週の水曜", date(2026, 11, 25)),
        ("再来週の月曜日", date(2026, 11, 30)),
        ("先週の水曜", date(2026, 11, 11)),
        ("今度の土曜日", date(2026, 11, 28)),
        ("日曜", TODAY),
        ("来月3日", date(2026, 12, 3)),
        ("来月末", date(2026, 12, 31)),
        ("今月末まで", date(2026, 11, 30)),
        ("3日後", date(2026, 11, 25)),
        ("2週間前", date(2026, 11, 8)),
        ("25日でお願いします", date(2026, 11, 25)),
        ("10日", date(2026, 12, 10)),
    ],
)
def test_a_day_to_come_is_read(text: str, day: date) -> None:
    assert read_date(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("12月5日", date(2025, 12, 5)),
        ("水曜に届いた", date(2026, 11, 18)),
        ("20日", date(2026, 11, 20)),
    ],
)
def test_a_day_that_was_is_read_when_the_past_is_meant(text: str, day: date) -> None:
    assert read_date(text, TODAY, past=True) == day


@pytest.mark.parametrize(
    "text", ["", "いつでも", "13月40日", "2027年2月30日", "300,000円", "10日間"]
)
def test_what_names_no_day_is_none(text: str) -> None:
    assert read_date(text, TODAY) is None


@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(0, 364))
def test_a_written_day_to_come_is_found_again(today: date, ahead: int) -> None:
    day = today + timedelta(days=ahead)
    assert read_date(f"{day.month}月{day.day}日", today) == day
    assert read_date(f"{day.year}年{day.month}月{day.day}日です", today) == day


@given(st.text(max_size=80), st.dates(date(2000, 1, 1), date(2090, 12, 31)))
def test_any_text_can_be_read(text: str, today: date) -> None:
    read_date(text, today)
