"""A choice may be named instead of tapped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.conversations.choice_words import chosen
from madoguchi.conversations.model import Choice, Kind

FEE = Choice("送料はいくら？", "/store_shipping_fee", topic="store/shipping_fee")
RETURN = Choice("返品したい", "/store_return_change_of_mind", topic="store/return_change_of_mind")
STATUS = Choice("注文の状況を確認する", "/act_order_status", act="order_status")
NONE = Choice("どれでもない", "/none_of_these")
OFFERED = (FEE, RETURN, STATUS, NONE)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("1", FEE),
        ("１", FEE),
        ("①", FEE),
        ("一番上", FEE),
        ("最初の", FEE),
        ("1番", FEE),
        ("2番目でお願いします", RETURN),
        ("二番目", RETURN),
        ("ふたつめ", RETURN),
        ("3つ目です", STATUS),
        ("最後のやつ", NONE),
        ("一番下", NONE),
        ("返品したい", RETURN),
        ("「返品したい」。", RETURN),
        (" 送料はいくら? ", FEE),
        ("どれでもない", NONE),
    ],
)
def test_a_choice_that_is_named_is_taken(words: str, meant: Choice) -> None:
    assert chosen(words, OFFERED, Kind.CLARIFY) is meant


@pytest.mark.parametrize(
    "words", ["5", "九番目", "送料", "2個買うと安くなる？", "10", "0", "1 2", "", "はい"]
)
def test_other_words_are_no_choice(words: str) -> None:
    assert chosen(words, OFFERED, Kind.CLARIFY) is None


@pytest.mark.parametrize("words", ["はい", "うん", "それです", "お願いします。"])
def test_a_yes_takes_the_one_candidate_that_was_asked_about(words: str) -> None:
    assert chosen(words, (FEE, NONE), Kind.CLARIFY) is FEE
    assert chosen(words, (FEE, NONE), Kind.ANSWER) is None
    assert chosen(words, (FEE, RETURN, NONE), Kind.CLARIFY) is None


def test_a_title_that_two_choices_share_names_neither() -> None:
    twice = (FEE, Choice(FEE.title, "/other"))
    assert chosen(FEE.title, twice, Kind.CLARIFY) is None


@given(st.text(), st.sampled_from(Kind))
def test_nothing_is_chosen_where_nothing_was_offered(words: str, kind: Kind) -> None:
    assert chosen(words, (), kind) is None


@given(st.text(), st.sampled_from(Kind), st.lists(st.sampled_from(OFFERED), unique=True))
def test_only_what_was_offered_is_chosen(words: str, kind: Kind, offered: list[Choice]) -> None:
    assert chosen(words, offered, kind) in {None, *offered}


@given(st.integers(1, 9), st.integers(1, 9))
def test_a_number_names_the_choice_at_its_place(number: int, count: int) -> None:
    offered = [Choice(f"選択肢{chr(65 + place)}", f"/{place}") for place in range(count)]
    expected = offered[number - 1] if number <= count else None
    assert chosen(f"{number}番目", offered, Kind.CLARIFY) is expected
