"""What the skills say: every text is said by code, complete, short first, and in plain words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from madoguchi.knowledge.sentences import sentences
from tests.support.skill_words import Text, files, filled_in, is_used, modules, texts, values
from tests.support.training import domain

LONGEST_FIRST_LINE = 90
LONGEST_TITLE = 20
# Names of the shop, its services and its examples; nothing else in Latin letters is for customers.
_OWN_NAMES = re.compile(
    r"ALLU|ANNEX|ONEGAI|LINE|SMS|https?://\S+|[\w.]+@[\w.]+|[AQRVW]-\d+(?:-\d+)?|PayPay|Amazon Pay"
)
_EMOJI = re.compile("[\U0001f300-\U0001faff☀-➿]")

each_text = pytest.mark.parametrize("text", texts().values(), ids=lambda text: text.name)
said = [text for text in texts().values() if "\n" in text.words]
each_message = pytest.mark.parametrize("text", said, ids=lambda text: text.name)


def without_values(text: Text) -> str:
    return re.sub(r"\{\w*\}", "", text.words)


def test_there_are_texts_and_code_that_says_them() -> None:
    assert len(texts()) > 200
    assert len([module for module in modules() if module.speaks_of("identify")]) > 1
    assert "order_cancel.confirm" in texts()
    assert not is_used("order_cancel.unheard_of")


@each_text
def test_every_text_is_said_by_some_code(text: Text) -> None:
    assert is_used(text.name)


@each_text
def test_every_placeholder_is_filled_by_the_code_that_says_it(text: Text) -> None:
    assert text.placeholders <= filled_in(text.name.partition(".")[0])


@each_text
def test_every_choice_is_an_intent_with_a_title(text: Text) -> None:
    assert set(text.choices) <= set(domain()["intents"])
    assert len(set(text.choices)) == len(text.choices)
    for choice in sentences().choices(list(text.choices)):
        assert choice.payload != f"/{choice.title}"
        assert 0 < len(choice.title) <= LONGEST_TITLE


@each_message
def test_a_message_begins_with_a_short_line(text: Text) -> None:
    first = text.words.splitlines()[0]
    assert len(first) <= LONGEST_FIRST_LINE
    assert first.endswith(("。", "？", "）", "」", "}"))


@each_text
def test_nothing_is_shouted_and_nothing_smiles(text: Text) -> None:
    assert re.search(r"[!！?♪]", re.sub(r"https?://\S+", "", text.words)) is None
    assert _EMOJI.search(text.words) is None


@each_text
def test_no_word_of_a_machine_is_said(text: Text) -> None:
    plain = _OWN_NAMES.sub("", without_values(text))
    assert re.findall(r"[A-Za-z_]{2,}", plain) == []


@each_text
def test_no_politeness_is_heaped_up(text: Text) -> None:
    assert "させていただ" not in text.words
    assert text.words.count("恐れ入りますが") <= 1
    assert text.words.count("申し訳ありません") <= 1


@each_text
def test_a_text_has_no_stray_blanks(text: Text) -> None:
    assert [line for line in text.words.splitlines() if line != line.strip() or not line] == []
    assert "　" not in text.words


def keys_below(entry: Any) -> list[Any]:
    """Return every key of a file, at any depth."""
    if not isinstance(entry, dict):
        return []
    return [*entry, *(key for below in entry.values() for key in keys_below(below))]


@pytest.mark.parametrize("stem", files())
def test_a_key_is_a_word_and_no_truth_value(stem: str) -> None:
    """YAML reads a bare ``yes`` or ``no`` as true or false: nobody would find the text."""
    assert [key for key in keys_below(files()[stem]) if not isinstance(key, str)] == []


@pytest.mark.parametrize("group", ["rows", "links"])
def test_every_name_on_a_card_is_used(group: str) -> None:
    assert [key for key in files()["cards"][group] if key not in values()] == []
