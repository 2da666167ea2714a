"""How texts and questions are written for the search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.desk.search_words import normal, pieces, shown, snippet, terms

# Japanese, Latin letters, digits, and what means something to one of the databases.
WRITTEN = st.text(
    st.one_of(
        st.sampled_from("あいうバッグﾊﾞｯｸﾞ返品送料ーA1９-－*\"'%_():&|!\\\0 \n　😀👨‍👩‍👧か゛"),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("届いたバッグ", "ばっぐ"),
        ("届いたﾊﾞｯｸﾞ", "バッグ"),
        ("Gucciのベルト", "ＧＵＣＣＩ"),
        ("注文番号はＡ－２０２６１１０３－００４２です", "A-20261103-0042"),
        ("A-20261103-0042", "a202611030042"),
        ("A-20261103-0042", "20261103-0042"),
        ("A-20261103ー0042です", "0042"),
        ("090−1234−5678", "09012345678"),
        ("㈱まどぐち", "株"),
    ],
)
def test_the_same_words_look_the_same(written: str, searched: str) -> None:
    assert normal(searched) in normal(written)


def test_signs_and_emoji_are_no_words() -> None:
    assert normal(" %_*\"'()&|!\0 😀、。") == ""


@given(text=WRITTEN)
def test_whatever_is_in_a_text_has_pieces_that_the_text_has(text: str) -> None:
    plain = normal(text)
    stored = pieces(plain)
    for word in plain.split():
        for start in range(len(word)):
            for term in terms(word[start : start + 7]):
                assert term.piece in stored or (
                    term.begins and any(piece.startswith(term.piece) for piece in stored)
                )


@given(text=WRITTEN)
def test_pieces_hold_nothing_that_a_database_takes_for_a_command(text: str) -> None:
    assert not set("\"'*%_():&|!\\\0") & set("".join(pieces(normal(text))))


@given(text=WRITTEN, word=WRITTEN)
def test_a_snippet_is_cut_from_the_text(text: str, word: str) -> None:
    shown_part = snippet(text, normal(word).split()).removeprefix("…").removesuffix("…")
    assert shown_part.strip() in " ".join(text.split())


def test_a_snippet_begins_shortly_before_the_words() -> None:
    text = (
        "お世話になっております。" * 20
        + "Ａ－２０２６１１０３－００４２の件です。"
        + "よろしく" * 50
    )
    part = snippet(text, [normal("A-20261103-0042")])
    assert part.index("Ａ－２０２６") <= 21
    assert part.startswith("…")
    assert part.endswith("…")


def test_a_snippet_without_the_words_is_the_beginning() -> None:
    assert snippet("送料はいくらですか", ["返品"]) == "送料はいくらですか"


def test_what_stands_in_a_card_is_searched_too() -> None:
    card = {"title": "トートバッグ", "rows": [{"label": "注文番号", "value": "A-20261103-0042"}]}
    assert "A-20261103-0042" in shown("ご注文はこちらです。", card)
    assert shown("ご注文", None) == "ご注文"
