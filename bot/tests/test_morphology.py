"""Words are found with their dictionary form and reading, exactly where the customer wrote them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given, settings

from bot.morphology import Word, analyse, analyse_normalised, dictionary_version, split
from bot.normalise import normalise
from bot.tests.support.texts import LONGEST, PIECES, long_texts, texts


def surfaces(text: str) -> list[str]:
    """Return the words of a text as the customer wrote them."""
    return [text[word.start : word.end] for word in analyse(text)]


def word(text: str) -> Word:
    """Return the only word of a text."""
    (found,) = analyse(text)
    return found


@given(texts)
def test_words_stand_in_order_inside_the_text_and_do_not_overlap(text: str) -> None:
    end = 0
    for found in analyse(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end


@given(texts)
def test_no_word_is_blank_and_every_word_has_a_lemma_and_a_reading(text: str) -> None:
    for found in analyse(text):
        assert text[found.start : found.end].strip()
        assert found.surface.strip()
        assert found.lemma
        assert found.reading


@given(texts)
def test_every_visible_character_belongs_to_a_word(text: str) -> None:
    normalised = normalise(text)
    covered = {index for found in analyse(text) for index in range(found.start, found.end)}
    for character, (start, end) in zip(normalised.text, normalised.spans):
        assert character == " " or covered.issuperset(range(start, end))


@given(texts)
def test_a_word_is_what_its_piece_of_the_text_becomes(text: str) -> None:
    for found in analyse(text):
        assert found.surface in normalise(text[found.start : found.end]).text.replace(" ", "")


@given(texts)
def test_words_come_from_the_normalised_text_alone(text: str) -> None:
    assert analyse(text) == analyse_normalised(normalise(text))


@given(texts)
def test_the_pieces_of_a_normalised_text_are_its_words(text: str) -> None:
    plain = normalise(text).text
    pieces = split(plain)
    assert "".join(plain[start:end] for start, end in pieces) == plain.replace(" ", "")
    assert all(before[1] <= after[0] for before, after in pairwise(pieces))
    assert not any(" " in plain[start:end] for start, end in pieces)


@settings(max_examples=10)
@given(long_texts)
def test_the_longest_message_is_read_to_its_end(text: str) -> None:
    normalised = normalise(text)
    visible = [span for at, span in enumerate(normalised.spans) if normalised.text[at] != " "]
    ends = [(found.start, found.end) for found in analyse(text)]
    assert len(text) == LONGEST
    assert bool(ends) == bool(visible)
    if visible:
        assert (ends[0][0], ends[-1][1]) == (visible[0][0], visible[-1][1])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("領収書を2枚ください😀", ["領収", "書", "を", "2", "枚", "ください", "😀"]),
        ("ｶﾞｰﾄﾞを使いたい", ["ｶﾞｰﾄﾞ", "を", "使い", "たい"]),
        ("か\u3099っき", ["か\u3099っき"]),
        ("👨\u200d👩\u200d👧です", ["👨\u200d👩\u200d👧", "です"]),
        ("まじ㍿です", ["まじ", "㍿", "です"]),
        ("届かない\x00まだ？", ["届か", "ない", "まだ", "？"]),
        ("先週\u3000銀座店で", ["先週", "銀座", "店", "で"]),
        ("e\u0301te\u0301", ["e\u0301te\u0301"]),
        ("ﷺ", ["ﷺ"]),
        ("a\u200bb", ["a\u200bb"]),
        ("\ud83dあ", ["あ"]),
        ("\u3000\x00\n", []),
        ("", []),
    ],
)
def test_hard_texts(text: str, words: list[str]) -> None:
    assert surfaces(text) == words


def test_half_and_full_width_are_the_same_word() -> None:
    assert word("ｶﾞｰﾄﾞ").lemma == word("ガード").lemma
    assert word("ﾊﾟｿｺﾝ").reading == word("パソコン").reading == "パソコン"


def test_the_forms_of_a_verb_share_their_lemma() -> None:
    assert {analyse(text)[0].lemma for text in ("届かない", "届いた", "届けば")} == {"届く"}


def test_a_loan_word_loses_its_foreign_spelling() -> None:
    assert word("バッグ").lemma == "バッグ"


def test_what_the_dictionary_does_not_know_is_its_own_lemma_and_reading() -> None:
    assert (word("zzyzx").lemma, word("zzyzx").reading) == ("zzyzx", "zzyzx")


def test_one_character_of_several_words_joins_their_lemmas_and_readings() -> None:
    company = word("㍿")
    assert (company.lemma, company.reading) == ("株式会社", "カブシキカイシャ")
    assert (company.start, company.end) == (0, 1)


def test_threads_find_the_same_words() -> None:
    expected = {piece: analyse(piece) for piece in PIECES}
    with ThreadPoolExecutor(4) as pool:
        for _ in range(5):
            assert dict(zip(PIECES, pool.map(analyse, PIECES))) == expected


def test_the_version_names_the_analyser_and_the_dictionary() -> None:
    assert "fugashi-" in dictionary_version()
    assert "unidic-lite-" in dictionary_version()
