"""Rasa's tokens stand exactly where their text stands in what the customer wrote."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.normalise import normalise
from bot.tests.support.rasa import create, load, tokenizer
from bot.tests.support.texts import LONGEST, long_texts, texts
from bot.tokenizer import JapaneseToken, JapaneseTokenizer

TOKENIZER = tokenizer()
BLANKS = ["\u3000", " ", "\x00", "\n\t", "\u200b", "\ud83d", "\U0001fae0", "\u3000" * LONGEST]


def tokens_of(text: str) -> list[Token]:
    return TOKENIZER.tokenize(Message.build(text), TEXT)


@given(texts)
def test_a_token_is_its_piece_of_the_text(text: str) -> None:
    for token in tokens_of(text):
        assert text[token.start : token.end] == token.text


@given(texts)
def test_tokens_stand_in_order_and_do_not_overlap(text: str) -> None:
    found = tokens_of(text)
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(texts)
def test_a_text_that_is_not_empty_has_a_token_and_none_is_blank(text: str) -> None:
    found = tokens_of(text)
    assert found
    if normalise(text).text.strip():
        assert all(token.text.strip() for token in found)


@given(texts)
def test_every_token_carries_a_lemma_a_reading_and_a_class(text: str) -> None:
    visible = bool(normalise(text).text.strip())
    for token in tokens_of(text):
        assert set(token.data) == {"reading", "pos"}
        assert not visible or (token.lemma and token.data["reading"] and token.data["pos"])


@settings(max_examples=10)
@given(long_texts)
def test_the_longest_message_has_exact_tokens_too(text: str) -> None:
    found = tokens_of(text)
    assert found
    assert all(text[token.start : token.end] == token.text for token in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize("text", BLANKS)
def test_a_text_of_blanks_is_one_token_that_says_nothing(text: str) -> None:
    (token,) = tokens_of(text)
    assert (token.start, token.end, token.text) == (0, len(text), text)
    assert token.get("reading") == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("領収書ｶﾞほしい😀", ["領収", "書", "ｶﾞ", "ほしい", "😀"]),
        ("か\u3099っきを👨\u200d👩\u200d👧に", ["か\u3099っき", "を", "👨\u200d👩\u200d👧", "に"]),
        ("Ａ－２０２６", ["Ａ", "－", "２０２６"]),
        ("㍿\u3000ALLU", ["㍿", "ALLU"]),
    ],
)
def test_hard_texts(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens_of(text)] == expected


def test_an_empty_text_has_no_token() -> None:
    assert tokens_of("") == []


def test_a_message_gets_its_tokens(storage: LocalModelStorage) -> None:
    (message,) = create(JapaneseTokenizer, storage).process([Message.build("返品したい")])
    assert [token.text for token in message.get("text_tokens")] == ["返品", "し", "たい"]


def test_an_intent_is_never_split(storage: LocalModelStorage) -> None:
    example = Message.build("取り消したい", "act_order_cancel")
    data = create(JapaneseTokenizer, storage).process_training_data(TrainingData([example]))
    (token,) = data.training_examples[0].get(f"{INTENT}_tokens")
    assert token.text == "act_order_cancel"


def test_a_trained_tokenizer_is_loaded_again(storage: LocalModelStorage) -> None:
    create(JapaneseTokenizer, storage).train(TrainingData([]))
    (message,) = load(JapaneseTokenizer, storage).process([Message.build("返品したい")])
    assert [token.lemma for token in message.get("text_tokens")] == ["返品", "為る", "たい"]


@pytest.mark.parametrize("other", ["返品 する", "返品したく", "購入した"])
def test_tokens_that_differ_have_other_fingerprints(other: str) -> None:
    one, another = tokens_of("返品した"), tokens_of(other)
    assert [token.fingerprint() for token in one] != [token.fingerprint() for token in another]


def test_equal_tokens_have_equal_fingerprints() -> None:
    one, same = tokens_of("返品した"), tokens_of("返品した")
    assert [token.fingerprint() for token in one] == [token.fingerprint() for token in same]


@pytest.mark.parametrize("changed", [{"text": "ニ"}, {"start": 1}, {"lemma": "別"}, {"data": {}}])
def test_each_part_of_a_token_is_in_its_fingerprint(changed: dict[str, object]) -> None:
    usual = {"text": "に", "start": 0, "end": 2, "lemma": "に", "data": {"reading": "ニ"}}
    one, another = JapaneseToken(**usual), JapaneseToken(**{**usual, **changed})
    assert one.fingerprint() != another.fingerprint()
