"""What a message leaves to the one before it is told from its words alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dependence import Dependence, dependence, is_question, things
from bot.tests.support.rasa import PROJECT
from bot.tests.support.texts import long_texts, texts

BARE = [
    "それ、いつまで？",
    "いつまで",
    "イツマデ？",
    "ｲﾂﾏﾃﾞ?",
    "いくら？",
    "で、いくら",
    "なぜですか",
    "なんで？",
    "どうして",
    "もっと詳しく",
    "くわしく",
    "詳しい条件を教えてください",
    "理由は？",
    "期限",
    "本当に？",
    "他には？",
    "10個まで？",
    "どこ？",
    "誰が？",
    "じゃあどうすればいいの",
]
ACTION = [
    "どこに送ればいいの？",
    "いつ届く？",
    "じゃあ捨てたら？",
    "なくしたら？",
    "それはどうやって頼むの？",
]
FRAGMENT = [
    "カードでも？",
    "それって海外でも？",
    "じゃあ送料は？",
    "電話なら？",
    "日曜だったら？",
    "箱がないときは？",
    "箱も？",
    "会社でも大丈夫？",
    "妻の名前なら？",
]
WHOLE = [
    # questions of their own
    "送料はいくらですか",
    "じゃあ返品はできる？",
    "ところで時計のレンタルってどんな流れですか",
    "これ返品できますか",
    "ちなみに海外旅行に持って行っても平気？",
    "返したい",
    "届かない",
    "送料",
    "返品 期限",
    "レンタル 発送後 何日",
    "それと箱をなくしたんですけど",
    "これ買って大丈夫？パチモンじゃないよね？",
    # talk
    "ありがとう",
    "はい",
    "やっぱりいい",
    "もういいです",
    "それでいいです",
    "それではまた",
    "では",
    "そうですか",
    "へえ、そうなんですか。",
    "どうも",
    "どういたしまして",
    "何でもないです",
    "どうでもいい",
    "何ができるの？",
    "あなたは誰？",
    "え？",
    "2番目",
    # nothing
    "",
    " \u3000",
    "？",
    "👍",
]


@pytest.mark.parametrize("text", BARE)
def test_a_question_without_a_thing_or_an_action_is_bare(text: str) -> None:
    assert dependence(text) is Dependence.BARE


@pytest.mark.parametrize("text", ACTION)
def test_an_action_may_be_named_without_what_is_acted_on(text: str) -> None:
    assert dependence(text) is Dependence.ACTION


@pytest.mark.parametrize("text", FRAGMENT)
def test_a_thing_may_be_named_without_a_question_about_it(text: str) -> None:
    assert dependence(text) is Dependence.FRAGMENT


@pytest.mark.parametrize("text", WHOLE)
def test_everything_else_stands_for_itself(text: str) -> None:
    assert dependence(text) is Dependence.WHOLE


@given(texts | long_texts)
def test_every_text_depends_in_one_way(text: str) -> None:
    assert dependence(text) in Dependence


@given(st.sampled_from(BARE + ACTION + FRAGMENT), st.sampled_from(["", " ", "\n", "\u3000\t"]))
def test_blanks_around_a_message_change_nothing(text: str, blank: str) -> None:
    assert dependence(blank + text + blank) is dependence(text)


@given(st.sampled_from(BARE + ACTION + FRAGMENT))
def test_a_story_stands_for_itself_however_it_ends(text: str) -> None:
    story = "先週そちらのお店で買ったかばんのことでお聞きしたいのですが"
    assert dependence(f"{story}、{text}") is Dependence.WHOLE


def test_hardly_any_first_question_looks_as_if_it_depended_on_another() -> None:
    """The measured phrasings are all said without anything before them."""
    lines = (PROJECT / "evaluation" / "second.jsonl").read_text(encoding="utf-8").splitlines()
    measured = [json.loads(line)["text"] for line in lines]
    depending = [text for text in measured if dependence(text) is not Dependence.WHOLE]
    assert len(depending) <= len(measured) / 100


@pytest.mark.parametrize("text", ["いいの？", "OK?", "それはどうしてですか", "いつなの"])
def test_a_question_is_one_by_its_mark_or_by_its_word_and_ending(text: str) -> None:
    assert is_question(text)


@pytest.mark.parametrize("text", ["それでいいです", "いつもありがとう", "そうですか", ""])
def test_a_statement_is_no_question(text: str) -> None:
    assert not is_question(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("海外でも？", ["海外"]),
        ("ベルトの傷は？", ["ベルト", "傷"]),
        ("ｶｰﾄﾞは？", ["カード"]),
        ("いつまで？", []),
        ("捨てたら？", []),
        ("", []),
    ],
)
def test_things_are_what_a_message_names(text: str, named: list[str]) -> None:
    assert things(text) == named
