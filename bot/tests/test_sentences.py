"""Two questions in one message are found; everything else stays whole."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sentences import asks, questions, split
from bot.tests.support.texts import texts

FAMILIES = {"store_receipt": ["act_receipt"], "act_receipt": ["store_receipt"]}
SURE = 0.75
UNDERSTOOD = {
    "領収書はもらえますか？": ("store_receipt", 0.9),
    "領収書を発行してください。": ("act_receipt", 0.9),
    "返品したいです。": ("store_return", 0.9),
    "レンタルの延長はできますか？": ("rental_extension", 0.9),
    "よろしくお願いします。": ("smalltalk_greet", 0.9),
    "明日の天気はどうですか？": ("out_of_scope", 0.9),
    "これはどうなりますか？": ("store_tax", 0.74),
    "届いた箱が壊れていました。": ("store_damaged", 0.9),
}


class Reader:
    """Understands the sentences above and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def parse(self, text: str) -> dict[str, Any]:
        """Return what Rasa returns for a text; for an unknown one, no intent at all."""
        self.asked.append(text)
        if text not in UNDERSTOOD:
            return {"intent": None}
        name, confidence = UNDERSTOOD[text]
        return {"intent": {"name": name, "confidence": confidence}}


async def found_in(text: str) -> list[str]:
    return await questions(text, Reader().parse, FAMILIES, SURE)


@given(texts)
def test_sentences_are_pieces_of_the_text_in_order(text: str) -> None:
    position = 0
    for sentence in split(text):
        position = text.index(sentence, position) + len(sentence)


@given(texts)
def test_no_sentence_is_short_or_begins_with_a_blank(text: str) -> None:
    assert all(len(s) >= 4 and s == s.strip() for s in split(text))


@given(st.lists(st.sampled_from(list(UNDERSTOOD)), max_size=8))
def test_sentences_are_told_apart_at_their_ends(sentences: list[str]) -> None:
    assert split("".join(sentences)) == sentences
    assert split("\n".join(sentences)) == sentences


def test_a_word_that_adds_something_begins_a_sentence() -> None:
    assert split("返品したいです、あと領収書もください") == [
        "返品したいです、",
        "あと領収書もください",
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "返品できますか",
        "返品できますか？",
        "ヘンピンデキル？",
        "返品したい",
        "返品したいのですが。",
        "領収書をください！",
        "領収書を下さい",
        "領収書がほしいです",
        "いつ届くの",
        "届くかな。",
        "方法を教えて",
        "発行をお願いします。",
        "えっ?",
    ],
)
def test_a_question_or_a_wish_asks(sentence: str) -> None:
    assert asks(sentence)


@pytest.mark.parametrize(
    "sentence", ["昨日届きました。", "ありがとう！", "壊れていました", "こんにちは", "。。", ""]
)
def test_a_statement_does_not_ask(sentence: str) -> None:
    assert not asks(sentence)


async def test_two_questions_are_two() -> None:
    assert await found_in("領収書はもらえますか？返品したいです。") == [
        "領収書はもらえますか？",
        "返品したいです。",
    ]


async def test_of_three_questions_the_first_two_are_answered() -> None:
    text = "返品したいです。領収書はもらえますか？レンタルの延長はできますか？"
    assert await found_in(text) == ["返品したいです。", "領収書はもらえますか？"]


@pytest.mark.parametrize(
    "text",
    [
        "返品したいです。",
        "返品したいです。返品したいです。",
        # A topic and its act are one wish.
        "領収書はもらえますか？領収書を発行してください。",
        # What is said beside the question is not another one.
        "届いた箱が壊れていました。返品したいです。",
        "返品したいです。よろしくお願いします。",
        "返品したいです。明日の天気はどうですか？",
        # Understood, but not surely.
        "返品したいです。これはどうなりますか？",
        # Not understood at all.
        "返品したいです。ぬるぽですか？",
        "",
        "\u3000",
    ],
)
async def test_everything_else_stays_whole(text: str) -> None:
    assert await found_in(text) == [text]


async def test_a_message_of_one_question_is_not_read_twice() -> None:
    reader = Reader()
    await questions("届いた箱が壊れていました。返品したいです。", reader.parse, FAMILIES, SURE)
    assert reader.asked == []


async def test_of_a_long_story_only_some_questions_are_read() -> None:
    reader = Reader()
    await questions("どうなりますか？" * 100, reader.parse, FAMILIES, SURE)
    assert len(reader.asked) == 6


@given(texts)
def test_nothing_is_asked_that_the_customer_did_not_write(text: str) -> None:
    coroutine = questions(text, Reader().parse, FAMILIES, SURE)
    with pytest.raises(StopIteration) as ended:
        # Nothing in it waits, so it runs to its end at once.
        coroutine.send(None)
    assert all(found in text for found in ended.value.value)
    assert 1 <= len(ended.value.value) <= 2
