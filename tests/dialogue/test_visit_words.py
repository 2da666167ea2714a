"""The store and the time of day that a customer means are read as a person would read them."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.dialogue.heard import hear
from madoguchi.dialogue.visit_words import read_store, read_time, slot_at
from madoguchi.rules.transfers import STORES

_SLOTS = ["11:00〜12:00", "13:00〜14:00", "15:00〜16:00"]


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("銀座で", "ALLU銀座店"),
        ("ＡＬＬＵ銀座店", "ALLU銀座店"),
        ("土曜に表参道へ行きたい", "ALLU表参道店"),
        ("心斎橋", "ALLU心斎橋店"),
        ("心斎橋ANNEXのほう", "ALLU心斎橋 ANNEX店"),
        ("なんぼやでもいいですか", "なんぼや"),
        ("ブランドコンシェル 新宿店", "ブランドコンシェル"),
        ("なんぼや 銀座本店", "なんぼや"),
        ("渋谷", None),
        ("近いところ", None),
    ],
)
def test_a_store_is_known_by_what_customers_call_it(text: str, store: str | None) -> None:
    assert read_store(hear({}, text), STORES) == store


def test_the_engine_s_word_on_a_store_counts_first() -> None:
    latest = {"entities": [{"entity": "store", "value": "ALLU心斎橋 ANNEX店"}]}
    assert read_store(hear(latest, "アネックスの店で"), STORES) == "ALLU心斎橋 ANNEX店"


def test_a_store_that_is_not_offered_is_not_read() -> None:
    assert read_store(hear({}, "銀座で"), ["ALLU表参道店"]) is None


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("13時", time(13)),
        ("１３：００", time(13)),
        ("13:30でお願いします", time(13, 30)),
        ("土曜の2時に銀座", time(14)),
        ("午後3時半", time(15, 30)),
        ("十五時", time(15)),
        ("二時", time(14)),
        ("二十時", time(20)),
        ("午前11時", time(11)),
        ("11時", time(11)),
        ("12時15分", time(12, 15)),
        ("夕方5時ごろ", time(17)),
        ("午前8時", time(8)),
        ("25時", None),
        ("13:99", None),
        ("3日", None),
        ("1時間くらい", None),
        ("いつでも", None),
    ],
)
def test_a_time_of_day_is_read(text: str, at: time | None) -> None:
    assert read_time(text) == at


@pytest.mark.parametrize(
    ("at", "slot"),
    [
        (time(13), "13:00〜14:00"),
        (time(13, 30), "13:00〜14:00"),
        (time(14), None),
        (time(10, 59), None),
        (time(15, 59), "15:00〜16:00"),
    ],
)
def test_a_slot_is_the_one_in_which_the_time_lies(at: time, slot: str | None) -> None:
    assert slot_at(at, _SLOTS) == slot


@given(st.text())
def test_any_text_is_read_without_failing(text: str) -> None:
    at = read_time(text)
    assert at is None or at.hour >= 0
    assert read_store(hear({}, text), STORES) in {None, *STORES}


@given(st.times())
def test_a_time_written_out_is_read_back(at: time) -> None:
    half = "午前" if at.hour < 12 else "午後"
    assert read_time(f"{half}{at.hour}時{at.minute}分") == at.replace(second=0, microsecond=0)
