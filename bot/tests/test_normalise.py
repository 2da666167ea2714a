"""The normalised text is in one width and case, and every character knows where it came from."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.normalise import normalise
from bot.tests.support.texts import texts

ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\ufe0e\ufe0f"

# Kana of both widths, kanji, letters and digits of both widths, and the marks that join them.
_JAPANESE = [*range(0x3041, 0x3097), 0x3099, 0x309A, *range(0x309D, 0x30FF)]
_OTHER = [*range(0xFF01, 0xFFA0), *range(0x21, 0x7F), *range(0x4E00, 0x4E80)]
_MARKS = [0x301, 0x308, 0x338C, 0x337F, 0x2460]
blankless = st.text(
    st.sampled_from([chr(code) for code in _JAPANESE + _OTHER + _MARKS]), max_size=40
)


@given(texts)
def test_every_character_comes_from_a_span_of_the_original(text: str) -> None:
    normalised = normalise(text)
    assert len(normalised.spans) == len(normalised.text)
    assert all(0 <= start < end <= len(text) for start, end in normalised.spans)


@given(texts)
def test_the_spans_keep_the_order_and_never_cross(text: str) -> None:
    spans = normalise(text).spans
    for before, after in pairwise(spans):
        assert before == after or before[1] <= after[0]


@given(texts)
def test_only_characters_of_no_width_are_left_out(text: str) -> None:
    spans = normalise(text).spans
    kept = {index for start, end in spans for index in range(start, end)}
    assert all(text[index] in ZERO_WIDTH for index in set(range(len(text))) - kept)


@given(texts)
def test_a_character_is_what_its_span_becomes_alone(text: str) -> None:
    normalised = normalise(text)
    for character, (start, end) in zip(normalised.text, normalised.spans):
        assert character in normalise(text[start:end]).text


@given(blankless)
def test_a_text_without_blanks_becomes_nfkc_in_lower_case(text: str) -> None:
    assert normalise(text).text == unicodedata.normalize("NFKC", text).lower()


@given(texts)
def test_the_only_blank_left_is_the_space(text: str) -> None:
    left = normalise(text).text
    assert all(character == " " or not character.isspace() for character in left)
    assert not {unicodedata.category(character) for character in left} & {"Cc", "Cf", "Cs", "Cn"}


@given(blankless)
def test_a_normalised_text_stays_as_it_is(text: str) -> None:
    once = normalise(text).text
    assert normalise(once).text == once


@given(texts)
def test_the_whole_spans_from_its_first_character_to_its_last(text: str) -> None:
    normalised = normalise(text)
    if normalised.text:
        whole = normalised.original_span(0, len(normalised.text))
        assert whole == (normalised.spans[0][0], normalised.spans[-1][1])


@pytest.mark.parametrize(
    ("text", "plain", "spans"),
    [
        ("ｶﾞ", "ガ", [(0, 2)]),
        ("か\u3099", "が", [(0, 2)]),
        ("Ａｌｌｕ", "allu", [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ("㍿", "株式会社", [(0, 1)] * 4),
        ("👨\u200d👩", "👨👩", [(0, 1), (2, 3)]),
        ("❤\ufe0f", "❤", [(0, 1)]),
        ("\u3000\x00\n", "   ", [(0, 1), (1, 2), (2, 3)]),
        ("\ud83d", " ", [(0, 1)]),
        ("ﾞ", "\u3099", [(0, 1)]),
        ("\u200b", "", []),
        ("", "", []),
    ],
)
def test_hard_characters(text: str, plain: str, spans: list[tuple[int, int]]) -> None:
    normalised = normalise(text)
    assert normalised.text == plain
    assert list(normalised.spans) == spans
