"""How LINE counts, and what it is not given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.line import limits
from madoguchi.channels.line.limits import clean, graphemes, label, shorten, start
from madoguchi.channels.sizes import utf16_units
from tests.channels.line.shapes import ANY_TEXT, FAMILY, FLAG
from tests.line_platform.validation import actions, flex, messages, text


def test_the_numbers_are_those_of_the_platform() -> None:
    assert limits.MOST_OBJECTS == messages.MOST_MESSAGES
    assert limits.LONGEST_TEXT == messages.LONGEST_TEXT
    assert limits.LONGEST_ALT_TEXT == messages.LONGEST_ALT_TEXT
    assert limits.MOST_QUICK_REPLIES == messages.MOST_QUICK_REPLIES
    assert actions.QUICK_REPLY.longest_label == limits.LONGEST_QUICK_REPLY_LABEL
    assert actions.FLEX_BUTTON.longest_label == limits.LONGEST_ACTION_LABEL
    assert limits.MOST_BUBBLES == flex.MOST_BUBBLES
    assert limits.LARGEST_BUBBLE_BYTES == flex.LARGEST_BUBBLE_BYTES
    assert limits.LARGEST_CAROUSEL_BYTES == flex.LARGEST_CAROUSEL_BYTES


@given(ANY_TEXT)
def test_units_are_counted_as_the_platform_counts_them(said: str) -> None:
    assert utf16_units(said) == text.utf16_units(said)


@pytest.mark.parametrize(
    ("value", "cleaned"),
    [
        (None, ""),
        (1001, "1001"),
        (" はい\r\nいいえ\u2028", "はい\nいいえ"),
        ("A\x00B\ud800C\uffff", "ABC"),
        ("\u202e0001-A\u2069", "0001-A"),
        ("a\tb", "a\tb"),
        ("\u200b\u200d \u0301", ""),
        (FAMILY, FAMILY),
    ],
)
def test_what_cannot_be_shown_is_removed(value: object, cleaned: str) -> None:
    assert clean(value) == cleaned


@given(ANY_TEXT)
def test_a_cleaned_text_can_be_sent_and_stays_as_it_is(said: str) -> None:
    cleaned = clean(said)
    assert cleaned.encode().decode() == cleaned
    assert clean(cleaned) == cleaned
    assert not any(code in cleaned for code in "\x00\r\x1b\u202e")


@pytest.mark.parametrize(
    ("said", "most", "kept"),
    [
        ("かきく", 2, "かき"),
        (f"a{FAMILY}b", utf16_units(FAMILY), "a"),
        (f"a{FAMILY}b", utf16_units(FAMILY) + 1, f"a{FAMILY}"),
        (FLAG * 2, 7, FLAG),
        ("か\u3099き", 1, "か"),
        ("", 5, ""),
    ],
)
def test_a_start_holds_whole_graphemes(said: str, most: int, kept: str) -> None:
    assert start(said, most) == kept


def test_a_letter_with_too_many_marks_is_cut_inside() -> None:
    assert start("a" + "\u0301" * 9, 5) == "a" + "\u0301" * 4


@given(ANY_TEXT, st.integers(min_value=2, max_value=6_000))
def test_a_start_is_as_long_as_fits(said: str, most: int) -> None:
    kept = start(said, most)
    assert said.startswith(kept)
    assert utf16_units(kept) <= most
    following = next(iter(graphemes(said[len(kept) :])), "")
    assert not following or utf16_units(kept + following) > most


@given(ANY_TEXT, st.integers(min_value=2, max_value=400))
def test_only_what_is_too_long_is_shortened(said: str, most: int) -> None:
    short = shorten(said, most)
    assert utf16_units(short) <= most
    assert short == said if utf16_units(said) <= most else short.endswith("…")


@given(ANY_TEXT)
def test_a_label_is_one_line_that_every_way_of_counting_accepts(said: str) -> None:
    made = label(said, 20)
    assert len(made) <= 20
    assert text.graphemes(made) <= 20
    assert "\n" not in made


def test_a_label_of_just_the_right_length_is_whole() -> None:
    assert label("あ" * 20, 20) == "あ" * 20
    assert label("あ" * 21, 20) == "あ" * 19 + "…"
