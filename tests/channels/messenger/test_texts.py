"""Texts are cut where a reader would cut them, and nothing of them is lost."""

from __future__ import annotations

import regex
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.messenger.products import utf8_bytes
from madoguchi.channels.messenger.texts import cut, one_line, readable, split
from madoguchi.channels.sizes import utf16_units

_SIZES = st.sampled_from([utf16_units, utf8_bytes])
_LETTERS = st.text(
    st.sampled_from("あいう。！\n 、aB.👍🏽👨‍👩‍👧が\u3099\u0301é🇯🇵")
    | st.characters(exclude_categories=["Cs"]),
    max_size=300,
)


def packed(text: str) -> str:
    return "".join(text.split())


def test_a_short_text_stays_whole() -> None:
    assert split("全品送料無料です。", 2000, utf16_units) == ["全品送料無料です。"]


def test_an_empty_text_is_nothing() -> None:
    assert split(" \n ", 10, utf16_units) == []


def test_paragraphs_are_kept_together() -> None:
    text = "一つ目の段落です。続きます。\n\n二つ目の段落です。"
    assert split(text, 20, utf16_units) == ["一つ目の段落です。続きます。", "二つ目の段落です。"]


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    text = "送料は無料です。お届けは二日後です。返品は十日以内です。"
    assert split(text, 20, utf16_units) == [
        "送料は無料です。お届けは二日後です。",
        "返品は十日以内です。",
    ]


def test_a_closing_bracket_stays_with_its_sentence() -> None:
    assert split("「はい。」と「いいえ。」です", 6, utf16_units)[0] == "「はい。」"


def test_a_text_without_places_to_cut_is_cut_between_characters() -> None:
    family = "👨‍👩‍👧"
    assert split(family * 3, utf16_units(family) * 2, utf16_units) == [family * 2, family]


def test_a_full_stop_with_a_mark_on_it_is_one_character() -> None:
    assert split("ああああ。\u0301いいい", 8, utf16_units) == ["ああああ。\u0301いい", "い"]


def test_one_character_that_is_too_long_is_cut_all_the_same() -> None:
    pieces = split("e" + "\u0301" * 50, 10, utf16_units)
    assert max(map(utf16_units, pieces)) <= 10
    assert "".join(pieces) == "e" + "\u0301" * 50


def test_instagram_counts_bytes() -> None:
    assert [len(piece) for piece in split("あ" * 400, 1000, utf8_bytes)] == [333, 67]


@given(text=_LETTERS, limit=st.integers(8, 80), size=_SIZES)
def test_every_piece_fits_and_no_letter_is_lost(text: str, limit: int, size: object) -> None:
    assert callable(size)
    pieces = split(text, limit, size)
    assert all(0 < size(piece) <= limit for piece in pieces)
    assert packed("".join(pieces)) == packed(text)


@given(text=_LETTERS, limit=st.integers(60, 120))
def test_no_character_is_cut_in_two(text: str, limit: int) -> None:
    clusters = regex.findall(r"\X", text)
    pieces = split(text, limit, utf16_units)
    if all(utf16_units(each) <= limit for each in clusters):
        whole = [packed(each) for each in clusters if packed(each)]
        parts = [packed(each) for piece in pieces for each in regex.findall(r"\X", piece)]
        assert [each for each in parts if each] == whole


@given(text=_LETTERS, limit=st.integers(8, 40), size=_SIZES)
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, limit: int, size: object) -> None:
    assert callable(size)
    short = cut(text, limit, size)
    assert size(short) <= limit
    assert short == text or short.endswith("…")


@given(text=st.text())
def test_what_is_readable_has_no_control_characters(text: str) -> None:
    assert not regex.search(r"[\p{Cc}\p{Cs}--\n]", readable(text), flags=regex.V1)
    assert "\n" not in one_line(text)
    assert readable(readable(text)) == readable(text)
