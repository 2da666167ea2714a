"""お問い合わせ: the customer's words for a person, shown back, sent once, with a number."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.inquiries.model import Inquiry, InquiryState
from tests.actions.conftest import OpenTalk, each_way_of_a_yes_twice, prove, say_yes_twice
from tests.support.skills import Talk

ASK = ("問い合わせたい", "act_inquiry")
STORY = "先週届いたバッグの留め具が、使っているうちに外れてしまいました。"
SEND = "この内容で送る"


async def opened(context: Context, customer: Talk) -> list[Inquiry]:
    return await context.inquiries.of_customer(customer.id, customer.customer.member_id)


async def about_to_send(talk: OpenTalk, **customer: str) -> Talk:
    """Return a talk in which the inquiry is shown back."""
    visitor = await talk(**({"site": "store"} | customer))
    await visitor.say(*ASK)
    await visitor.tap("商品")
    await visitor.say("付属品の有無を知りたいです")
    await visitor.say("hanako@example.jp")
    assert visitor.last.kind is Kind.ASK
    return visitor


@pytest.mark.parametrize(
    "said", ["このチャットで", "ここでお願いします", "チャットがいいです", "このチャットで受け取る"]
)
async def test_the_answer_may_be_wished_for_in_the_chat_in_words(talk: OpenTalk, said: str) -> None:
    customer = await talk(site="store")
    await customer.say(*ASK)
    await customer.tap("商品")
    await customer.say("付属品の有無を知りたいです")
    await customer.say(said, "proofs_show")
    assert "ご返信先: このチャット" in customer.text


async def test_it_asks_for_all_shows_it_back_and_gives_a_number(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="store")
    await customer.say(*ASK)
    assert customer.titles[:2] == ["ご注文・配送", "返品"]
    await customer.tap("商品")
    await customer.say("付属品の有無を知りたいです")
    assert "ご返信先を教えてください" in customer.text
    await customer.say("hanako@example.jp")
    assert (
        "ご用件: 商品\n内容: 付属品の有無を知りたいです\nご返信先: hanako@example.jp"
        in customer.text
    )
    assert await opened(context, customer) == []
    await customer.tap(SEND)
    [inquiry] = await opened(context, customer)
    assert customer.last.kind is Kind.HANDOFF
    assert inquiry.number in customer.text
    assert "担当者が12月4日(金)までにご返信します" in customer.text
    assert inquiry.state is InquiryState.OPEN
    assert (inquiry.topic, inquiry.summary, inquiry.contact, inquiry.site) == (
        "product",
        "付属品の有無を知りたいです",
        "hanako@example.jp",
        "store",
    )


@pytest.mark.parametrize(
    ("site", "topics"),
    [
        (
            "store",
            ["ご注文・配送", "返品", "お支払い・領収書", "店舗・取り寄せ", "商品", "そのほか"],
        ),
        (
            "rental",
            [
                "お申し込み・審査",
                "毎月の決済",
                "ご返却・解約",
                "買取",
                "紛失・盗難・破損",
                "そのほか",
            ],
        ),
        (
            None,
            [
                "ご注文・配送",
                "返品",
                "お支払い・領収書",
                "お申し込み・審査",
                "毎月の決済",
                "ご返却・解約",
                "そのほか",
            ],
        ),
    ],
)
async def test_each_site_has_topics_of_its_own(
    talk: OpenTalk, site: str | None, topics: list[str]
) -> None:
    customer = await talk(site=site)
    await customer.say(*ASK)
    assert customer.titles == topics


async def test_who_tells_at_once_is_not_asked_to_tell_again(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="store")
    await customer.say(STORY, "act_inquiry")
    assert "ご返信先を教えてください" in customer.text
    await customer.say("090-1234-5678")
    await customer.tap(SEND)
    [inquiry] = await opened(context, customer)
    assert (inquiry.summary, inquiry.contact) == (STORY, "09012345678")


async def test_who_tells_where_the_topic_is_asked_for_has_told_it(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="store")
    await customer.say(*ASK)
    await customer.say(STORY, "store_damaged_on_arrival")
    await customer.tap("このチャットで受け取る")
    await customer.tap(SEND)
    [inquiry] = await opened(context, customer)
    assert (inquiry.topic, inquiry.contact) == ("damaged", "chat")
    assert "ご返信先: このチャットで受け取る" in customer.text


async def test_a_long_yes_is_no_matter(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    await customer.say("はい" * 13, "act_inquiry")
    assert "どのようなご用件ですか" in customer.text


async def test_what_was_proven_goes_along(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say("注文の状況は", "act_order_status")
    await prove(customer, numbers["card-shipped"])
    await customer.say(STORY, "act_inquiry")
    await customer.tap("このチャットで受け取る")
    assert customer.last.card is not None
    assert {"label": "注文番号", "value": numbers["card-shipped"]} in customer.last.card["rows"]
    await customer.tap(SEND)
    [inquiry] = await opened(context, customer)
    assert inquiry.subject == numbers["card-shipped"]


async def test_what_is_no_longer_proven_does_not_go_along(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say("注文の状況は", "act_order_status")
    await prove(customer, numbers["card-shipped"])
    await context.proofs.end(customer.id)
    await customer.say(STORY, "act_inquiry")
    await customer.tap("このチャットで受け取る")
    await customer.tap(SEND)
    [inquiry] = await opened(context, customer)
    assert inquiry.subject is None


@pytest.mark.parametrize("no", ["送らない", "いいえ", "やめます"])
async def test_a_no_sends_nothing(talk: OpenTalk, context: Context, no: str) -> None:
    customer = await about_to_send(talk)
    await customer.say(no, "smalltalk_deny" if no == "いいえ" else "nlu_fallback")
    assert "お問い合わせは送っていません" in customer.text
    assert await opened(context, customer) == []


@each_way_of_a_yes_twice
async def test_it_is_sent_once(talk: OpenTalk, context: Context, how: str) -> None:
    customer = await about_to_send(talk)
    await say_yes_twice(customer, how, SEND)
    assert len(await opened(context, customer)) == 1


async def test_two_inquiries_are_two(talk: OpenTalk, context: Context) -> None:
    customer = await about_to_send(talk)
    await customer.tap(SEND)
    await customer.say(STORY, "act_inquiry")
    await customer.tap("このチャットで受け取る")
    await customer.tap(SEND)
    assert len({each.number for each in await opened(context, customer)}) == 2


async def test_what_is_long_is_sent_whole_and_shown_short(talk: OpenTalk, context: Context) -> None:
    customer = await talk(site="store")
    long = "バッグの留め具が外れました。" * 20
    await customer.say(long, "act_inquiry")
    await customer.tap("このチャットで受け取る")
    assert long not in customer.text
    assert "…\n" in customer.text
    await customer.tap(SEND)
    [inquiry] = await opened(context, customer)
    assert inquiry.summary == long


async def test_a_question_in_the_middle_is_answered_and_the_inquiry_goes_on(
    talk: OpenTalk, context: Context
) -> None:
    customer = await about_to_send(talk)
    await customer.say("営業時間は？", "store_contact_phone")
    answer, again = customer.replies
    assert answer.text == "utter_store_contact_phone"
    assert again.text.startswith("では、「問い合わせる・担当者と話す」の続きです。")
    await customer.tap(SEND)
    assert len(await opened(context, customer)) == 1


async def test_the_button_of_another_message_is_not_the_customers_words(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="store")
    await customer.say("注文の状況は", "act_order_status")
    await customer.say("やめる")
    await customer.say("担当者と話したい", "smalltalk_human")
    person = customer.last
    await customer.say(*ASK)
    await customer.tap("商品")
    await customer.tap("ほかの質問をする", person)
    answer, again = customer.replies
    assert answer.text == "utter_smalltalk_help"
    assert "くわしくお書きください" in again.text


async def test_leaving_sends_nothing(talk: OpenTalk, context: Context) -> None:
    customer = await talk(site="store")
    await customer.say(*ASK)
    await customer.tap("商品")
    await customer.say("やっぱりやめます")
    assert "ここで終えました" in customer.text
    assert await opened(context, customer) == []
