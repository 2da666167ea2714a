"""A yes, a no, a word of leaving and "I do not know", as customers say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.dialogue.found import Found
from madoguchi.dialogue.heard import Heard, hear


def heard(text: str, intent: str = "nlu_fallback") -> Heard:
    return hear({"text": text, "intent": {"name": intent}}, text)


@pytest.mark.parametrize(
    "text",
    [
        "はい",
        "はい。",
        "はい、お願いします",
        "うん",
        "ＯＫ",
        "ok!",
        "お願いいたします",
        "それで大丈夫です",
        "はい。間違いないです！",
        "よろしくお願いします",
        "問題ありません。",
        "進めてください",
        "了解です",
        "おk",
    ],
)
def test_a_yes(text: str) -> None:
    assert heard(text).says_yes
    assert not heard(text).says_no


@pytest.mark.parametrize(
    "text",
    [
        "いいえ",
        "いいえ。",
        "違います",
        "だめです",
        "いいえ、結構です。",
        "いや、やめときます",
        "まだしないで",
        "NO",
        "しません",
    ],
)
def test_a_no(text: str) -> None:
    assert heard(text).says_no
    assert not heard(text).says_yes


@pytest.mark.parametrize(
    "text",
    [
        "もうちょっと考えます",
        "少し考えさせてください。",
        "あとにします",
        "また今度にします",
        "保留で",
    ],
)
def test_who_wants_to_think_about_it_leaves_for_now(text: str) -> None:
    assert heard(text).leaves
    assert not heard(f"{text}と言っていました").leaves


@pytest.mark.parametrize(
    "text",
    ["やめる", "もうやめたいです", "いったん中止して", "戻る", "結構です", "取消", "キャンセル。"],
)
def test_a_word_of_leaving(text: str) -> None:
    assert heard(text).leaves


@pytest.mark.parametrize(
    "text",
    [
        "はいてみたら小さかった",
        "いいえと答えたらどうなりますか",
        "注文をキャンセルしたい",
        "やめる人はいますか",
        "大丈夫ですか",
        "お願いしたいことがあります",
        "送料はいくらですか",
        "",
        "　",
        "🙏",
    ],
)
def test_a_sentence_with_such_a_word_in_it_is_neither(text: str) -> None:
    said = heard(text)
    assert not said.says_yes
    assert not said.says_no
    assert not said.leaves


@pytest.mark.parametrize(
    "text",
    [
        "わかりません",
        "番号が分からないです",
        "ちょっとわかんない",
        "分かりかねます",
        "忘れました",
        "覚えていません",
        "どこに書いてありますか",
        "手元にないです",
        "不明",
        "どこにあるか見つからない",
    ],
)
def test_who_does_not_know(text: str) -> None:
    assert heard(text).does_not_know


@pytest.mark.parametrize("text", ["分割払いです", "はい", "A-20261103-0042", "知り合いの分です"])
def test_who_does_not_say_so_knows(text: str) -> None:
    assert not heard(text).does_not_know


@pytest.mark.parametrize(
    ("text", "asked", "helps"),
    [
        ("注文番号とは、どちらに書いてございますでしょうか。", "number", True),
        ("どこに載ってますか", "number", True),
        ("番号なくしちゃった", "number", True),
        ("登録したメールがどれか覚えてない", "contact", True),
        ("送料がわからない", "number", False),
        ("お店の電話番号は何番ですか", "number", False),
        ("番号がわからない", "rental_loss_report.police", False),
        ("番号がわからない", None, False),
    ],
)
def test_who_cannot_find_what_was_asked_for(text: str, asked: str | None, *, helps: bool) -> None:
    assert heard(text).asks_for_help_with(asked) is helps


@pytest.mark.parametrize(
    "text",
    ["あ、間違えました。別の注文です", "ほかの注文を見る", "もう一つの方", "番号を間違えました"],
)
def test_who_means_another_one(text: str) -> None:
    assert heard(text).elsewhere


@pytest.mark.parametrize("text", ["特別な注文です", "ほかの質問をする", "注文が間違って届いた", ""])
def test_who_speaks_of_something_else_means_no_other_one(text: str) -> None:
    assert not heard(text).elsewhere


@pytest.mark.parametrize("text", ["はい", "お願いします", "いいえ", "うん"])
def test_a_yes_or_no_alone_is_told_by_its_words(text: str) -> None:
    assert heard(text).is_mere_yes_or_no
    assert not heard(f"{text}、山田花子").is_mere_yes_or_no
    assert not heard("大井", "smalltalk_affirm").is_mere_yes_or_no


def test_the_engine_may_have_understood_a_yes_or_a_no() -> None:
    assert heard("せやな", "smalltalk_affirm").says_yes
    assert heard("あかん", "smalltalk_deny").says_no


def test_numbers_and_entities_are_found() -> None:
    latest = {
        "text": "注文 A-00000000-0000",
        "intent": {"name": "act_order_status"},
        "entities": [
            {"entity": "store", "value": "銀座"},
            {"entity": "date", "value": "明日"},
            {"entity": "store", "value": "表参道"},
        ],
    }
    said = hear(latest, "注文 A-20261103-0042")
    assert said.found == Found(orders=("A-20261103-0042",))
    assert said.values("store") == ["銀座", "表参道"]
    assert said.values("phone") == []
    assert not said.tapped


def test_a_tapped_button_is_told_from_words_and_its_title_holds_no_number() -> None:
    latest = {
        "text": '/continue{"option": "0123456789abcdef"}',
        "intent": {"name": "continue"},
        "entities": [{"entity": "option", "value": "0123456789abcdef"}],
    }
    said = hear(latest, "A-20261103-0042")
    assert said.tapped
    assert said.option == "0123456789abcdef"
    assert said.found == Found()
    other = hear({"text": "/store_shipping_fee", "intent": {"name": "store_shipping_fee"}}, "送料")
    assert (other.tapped, other.option) == (True, None)


@pytest.mark.parametrize("latest", [{}, {"intent": None, "entities": None, "text": None}])
def test_what_the_engine_leaves_out_is_nothing(latest: dict[str, object]) -> None:
    said = hear(latest, "はい")
    assert (said.intent, said.option, said.entities, said.tapped) == ("", None, (), False)


@given(st.text())
def test_any_text_is_heard(text: str) -> None:
    said = heard(text)
    assert isinstance(said.plain, str)
    assert {said.says_yes, said.says_no, said.leaves, said.does_not_know} <= {True, False}
