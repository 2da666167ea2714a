"""Whatever we say is taken by Meta's limits, in order, and every choice can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.messenger.bubbles import Renderer
from madoguchi.channels.messenger.products import INSTAGRAM, MESSENGER, Product
from madoguchi.channels.messenger.texts import readable
from madoguchi.channels.messenger.words import words
from madoguchi.conversations.model import Choice, Message
from tests.channels.messenger.odd import ODD_JSON
from tests.channels.messenger.things import a_message, choices, sign
from tests.messenger_platform.limits import check_message

PRODUCTS = pytest.mark.parametrize("product", [MESSENGER, INSTAGRAM])
USER = "20000000000001"


def shown(*messages: Message, product: Product = MESSENGER) -> list[dict[str, Any]]:
    bubbles = Renderer(product, words(), sign).bubbles(messages, USER)
    for bubble in bubbles:
        check_message(bubble, product.object)
    return bubbles


def titles(bubble: dict[str, Any]) -> list[str]:
    return [reply["title"] for reply in bubble.get("quick_replies", [])]


def elements(bubble: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        bubble.get("attachment", {}).get("payload", {}).get("elements", [])
    )
    return found


def payloads(bubbles: list[dict[str, Any]]) -> Iterator[str]:
    for bubble in bubbles:
        for element in elements(bubble):
            for button in element.get("buttons", []):
                if button["type"] == "postback":
                    yield button["payload"]
        for reply in bubble.get("quick_replies", []):
            yield reply["payload"]


def test_a_text_is_a_text() -> None:
    assert shown(a_message("全品送料無料です。")) == [{"text": "全品送料無料です。"}]


def test_the_choices_of_the_last_message_are_quick_replies() -> None:
    [bubble] = shown(a_message("どちらですか？", choices=choices("注文", "レンタル")))
    assert bubble["text"] == "どちらですか？"
    assert titles(bubble) == ["注文", "レンタル"]
    assert list(payloads([bubble])) == [f"signed/choice-{n}/{USER}" for n in (1, 2)]


def test_the_choices_of_an_earlier_message_are_buttons_that_stay() -> None:
    bubbles = shown(
        a_message("一つ目のご質問です。", choices=choices("送料", "返品", "領収書", "店舗")),
        a_message("二つ目のご質問です。", choices=choices("はい", "いいえ")),
    )
    assert [bubble.get("text") for bubble in bubbles] == [
        "一つ目のご質問です。",
        None,
        "二つ目のご質問です。",
    ]
    assert [element["title"] for element in elements(bubbles[1])] == [
        "お選びください（1〜3）",
        "お選びください（4〜4）",
    ]
    assert titles(bubbles[2]) == ["はい", "いいえ"]


def test_long_titles_are_written_out_with_numbers() -> None:
    long = "返品サービスの対象になる商品と期限について知りたい"
    [bubble] = shown(a_message("次のどれについてですか？", choices=choices(long, "送料")))
    assert bubble["text"] == f"次のどれについてですか？\n\n1. {long}\n2. 送料"
    assert titles(bubble) == [f"1. {long[:16]}…", "2. 送料"]


def test_titles_that_look_alike_are_numbered() -> None:
    [bubble] = shown(a_message("どちらですか？", choices=choices("財布", "財布")))
    assert titles(bubble) == ["1. 財布", "2. 財布"]


def test_more_choices_than_quick_replies_are_buttons() -> None:
    many = choices(*(f"選択{number}" for number in range(32)))
    bubbles = shown(a_message("お選びください。", choices=many))
    assert [len(elements(bubble)) for bubble in bubbles] == [0, 10, 1]
    assert list(payloads(bubbles)) == [sign(choice, USER) for choice in many]


def test_choices_without_a_text_get_one() -> None:
    [bubble] = shown(a_message("", choices=choices("はい")))
    assert bubble["text"] == "下からお選びください。"


def test_a_message_without_anything_is_nothing() -> None:
    assert shown(a_message("  ")) == []


def test_a_card_comes_before_its_text_so_that_quick_replies_are_last() -> None:
    card = {"title": "財布", "state": {"label": "発送済み"}}
    bubbles = shown(a_message("発送済みです。", card=card, choices=choices("返品する")))
    assert elements(bubbles[0]) == [{"title": "財布", "subtitle": "発送済み"}]
    assert (bubbles[1]["text"], titles(bubbles[1])) == ("発送済みです。", ["返品する"])


def test_instagram_needs_more_messages_for_the_same_text() -> None:
    text = "ご返品は、商品の発送日から10日以内にお申し込みください。" * 15
    assert len(shown(a_message(text))) == 1
    assert len(shown(a_message(text), product=INSTAGRAM)) == 2


def test_quick_replies_are_with_the_last_piece() -> None:
    bubbles = shown(a_message("あ" * 3000, choices=choices("はい")))
    assert [titles(bubble) for bubble in bubbles] == [[], ["はい"]]


_TEXTS = st.text(max_size=60) | st.text("あ。\n", min_size=900, max_size=2500)
_CHOICES = st.lists(
    st.builds(
        Choice,
        title=st.text(max_size=40),
        payload=st.just("/x"),
        id=st.uuids().map(lambda each: each.hex),
    ),
    max_size=40,
    unique_by=lambda choice: choice.id,
)
_WORDS = st.text(max_size=120) | ODD_JSON
_CARDS = st.none() | st.fixed_dictionaries(
    {},
    optional={
        "title": _WORDS,
        "state": st.fixed_dictionaries({"label": _WORDS}) | ODD_JSON,
        "image": _WORDS | st.just("https://shop.example/1.jpg"),
        "rows": st.lists(st.fixed_dictionaries({"label": _WORDS, "value": _WORDS}), max_size=8)
        | ODD_JSON,
        "links": st.lists(
            st.fixed_dictionaries(
                {
                    "title": _WORDS,
                    "url": _WORDS
                    | st.sampled_from(["https://a.example/1", "tel:03", "mailto:a@b.example"]),
                }
            ),
            max_size=6,
        ),
    },
)
_MESSAGES = st.lists(
    st.builds(
        lambda text, offered, card: a_message(text, choices=tuple(offered), card=card),
        _TEXTS,
        _CHOICES,
        _CARDS,
    ),
    max_size=3,
)


@PRODUCTS
@given(messages=_MESSAGES)
def test_meta_takes_whatever_we_say(product: Product, messages: list[Message]) -> None:
    bubbles = shown(*messages, product=product)
    offered = [choice for message in messages for choice in message.choices]
    assert list(payloads(bubbles)) == [sign(choice, USER) for choice in offered]
    said = "".join("".join(bubble.get("text", "").split()) for bubble in bubbles)
    place = 0
    for message in messages:
        wanted = "".join(readable(message.text).split())
        place = said.index(wanted, place) + len(wanted)


@PRODUCTS
@given(messages=_MESSAGES)
def test_quick_replies_are_only_at_the_very_end(product: Product, messages: list[Message]) -> None:
    bubbles = shown(*messages, product=product)
    assert not any("quick_replies" in bubble for bubble in bubbles[:-1])


@given(messages=_MESSAGES)
def test_a_further_try_has_the_same_parts(messages: list[Message]) -> None:
    assert shown(*messages) == shown(*messages)
