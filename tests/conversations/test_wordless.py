"""What is said to messages without a word that can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.conversations.model import Draft, Kind
from madoguchi.conversations.wordless import in_readable_words
from madoguchi.knowledge.sentences import sentences

FAR = Draft(Kind.FALLBACK, "お店のご利用以外のことはお答えできません。", name="utter_fallback_far")
ANSWER = Draft(Kind.ANSWER, "全品送料無料です。", topic="store/shipping_fee")


def told(text: str, *drafts: Draft) -> list[Draft]:
    return in_readable_words(text, drafts, sentences())


@pytest.mark.parametrize("text", ["Where is my order?", "<script>alert(1)</script>", "где заказ"])
def test_another_language_is_told_in_which_one_to_write(text: str) -> None:
    [said] = told(text, FAR)
    assert "日本語でお答えしています" in said.text
    assert "in Japanese only" in said.text
    assert (said.kind, said.name) == (Kind.FALLBACK, "utter_fallback_far")
    assert said.choices


@pytest.mark.parametrize("text", ["？？？", "🤔", "...", "1234", "　"])
@pytest.mark.parametrize("kind", [Kind.FALLBACK, Kind.CLARIFY])
def test_marks_alone_are_not_called_something_outside_the_shop(text: str, kind: Kind) -> None:
    [said] = told(text, Draft(kind, "次のどれについてですか？"))
    assert said.text.startswith("申し訳ありません、ご質問を読み取れませんでした。")
    assert said.kind is Kind.FALLBACK


def test_a_question_that_was_understood_is_answered_in_any_language() -> None:
    assert told("How much is shipping?", ANSWER) == [ANSWER]


def test_what_a_skill_refuses_is_not_called_unreadable() -> None:
    locked = Draft(Kind.FALLBACK, "ご本人の確認を止めています。", act="order_status")
    assert told("A-20261103-0042 090-1234-5678", locked) == [locked]


@given(st.text(max_size=30), st.sampled_from("あアｱ漢々"))
def test_whatever_holds_japanese_is_left_as_it_was_answered(text: str, letter: str) -> None:
    assert told(text + letter, FAR) == [FAR]
