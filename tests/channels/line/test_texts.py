"""Long texts in parts, short ones together."""

from __future__ import annotations

import pytest
from hypothesis import given

from madoguchi.channels.line.limits import clean, graphemes
from madoguchi.channels.line.texts import joined, split
from madoguchi.channels.sizes import utf16_units
from tests.channels.line.shapes import ANY_TEXT, FAMILY, readable


def test_a_text_that_fits_stays_one() -> None:
    assert split("あ" * 5_000) == ["あ" * 5_000]


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("ひとつ。\nふた\n\nみっつめの段落", ["ひとつ。\nふた", "みっつめの段落"]),
        ("ひとつ。ふた\nみっつめの行です", ["ひとつ。ふた", "みっつめの行です"]),
        ("送料は無料。お届けは明日です", ["送料は無料。", "お届けは明日です"]),
        ("「はい。」とお答えください。", ["「はい。」とお答え", "ください。"]),
        ("あ。" + "い" * 10, ["あ。" + "い" * 7, "い" * 3]),
        ("\n\nあ\n\n", ["あ"]),
        (" \n" * 20, []),
    ],
)
def test_a_text_is_cut_at_the_best_seam_of_its_second_half(said: str, parts: list[str]) -> None:
    assert split(said, most=9) == parts


def test_an_emoji_is_never_cut() -> None:
    assert split(FAMILY * 3, most=utf16_units(FAMILY) * 2 - 1) == [FAMILY] * 3


def test_a_mark_after_a_full_stop_stays_with_it() -> None:
    assert split("ああああ。\u3099いいいいい", most=6) == ["ああああ。\u3099", "いいいいい"]
    assert split("あああ。\u3099いいいいい", most=4) == ["あああ", "。\u3099いい", "いいい"]


@given(ANY_TEXT)
def test_parts_fit_and_hold_everything(said: str) -> None:
    parts = split(said, most=50)
    assert all(parts)
    assert all(utf16_units(part) <= 50 for part in parts)
    assert readable("".join(parts)) == readable(said)


@given(ANY_TEXT)
def test_no_part_begins_inside_a_grapheme(said: str) -> None:
    whole = [each for each in graphemes(clean(said)) if not each.isspace()]
    if any(utf16_units(each) > 50 for each in whole):
        return
    parts = [each for part in split(said, most=50) for each in graphemes(part)]
    seen = {each for each in whole if readable(each)}
    assert {each for each in parts if readable(each)} <= seen


def test_texts_are_joined_as_paragraphs_while_there_is_room() -> None:
    assert joined("あ", "い") == "あ\n\nい"
    assert joined("あ" * 2_499, "い" * 2_499) is not None
    assert joined("あ" * 2_499, "い" * 2_500) is None
