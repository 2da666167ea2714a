"""領収書: every way to pay has its own receipt; My Page's is shown once, when confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.receipts import Reason
from madoguchi.systems.embedded.tables import OrderRow
from tests.actions.conftest import NOW, TODAY, OpenTalk, alter, prove, take_down
from tests.support.skills import Talk

RECEIPT = ("領収書をください", "act_receipt")
YES, NO, SEND = "領収書を表示する", "あとにする", "担当者に送る"


async def shown_on(context: Context, number: str) -> date | None:
    order = await context.systems.orders.get(number)
    assert order is not None
    return order.receipt_shown_on


async def asked(talk: OpenTalk, number: str) -> Talk:
    """Return a talk in which the customer has proven the order and wants its receipt."""
    customer = await talk(site="store")
    await customer.say(*RECEIPT)
    await prove(customer, number)
    return customer


@pytest.mark.parametrize(
    ("name", "until"),
    [
        ("card-shipped", "12月30日(水)"),
        ("paypay-delivered", "12月26日(土)"),
        ("amazon-delivered", "12月26日(土)"),
        ("receipt-day-29", "12月3日(木)"),
        ("receipt-day-29-paypay", "12月3日(木)"),
    ],
)
async def test_a_receipt_on_my_page_is_shown_when_confirmed(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], name: str, until: str
) -> None:
    customer = await asked(talk, numbers[name])
    question = customer.last
    assert question.kind is Kind.ASK
    assert f"{until}まで、1回だけ" in customer.text
    assert "内容の変更もできません" in customer.text
    assert await shown_on(context, numbers[name]) is None
    await customer.tap(YES)
    assert customer.last.kind is Kind.RESULT
    address = f"https://www.example.jp/mypage/orders/{numbers[name]}/receipt"
    assert address in customer.text
    assert customer.last.card is not None
    assert customer.last.card["links"][0] == {
        "title": "領収書を表示する（1回のみ）",
        "url": address,
    }
    assert await shown_on(context, numbers[name]) == TODAY


@pytest.mark.parametrize("no", [NO, "いいえ", "やっぱりやめます"])
async def test_a_no_shows_nothing(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], no: str
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.say(no)
    assert "まだ表示していません" in customer.text
    assert "https" not in customer.text
    assert await shown_on(context, numbers["card-delivered"]) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("card-confirmed", "商品の発送後に表示できます"),
        ("paypay-preparing", "商品の発送後に表示できます"),
        ("receipt-day-30", "表示できる期限は過ぎています"),
        ("receipt-day-30-amazon", "表示できる期限は過ぎています"),
        ("receipt-shown", "すでに表示されています"),
        ("konbini-pending", "お支払いのときに、お受け取りください"),
        ("konbini-delivered", "受領書かレシートを、領収書としてご利用ください"),
        ("cod-shipped", "お届けのときに、控えをお受け取りください"),
        ("cod-delivered", "配送伝票の控えを、領収書としてご利用ください"),
        ("bank-preparing", "商品に同梱してお届けします"),
        ("bank-delivered-requested", "お届けした商品に同梱しています"),
        ("bank-shipped", "到着後にお問い合わせいただければ、郵送します"),
        ("orico-delivered", "完済証明書をオリコが発行します"),
        ("jaccs-delivered", "ジャックスが発行します"),
        ("card-cancelled", "キャンセルになっているため、領収書は発行できません"),
    ],
)
async def test_other_receipts_are_told_at_once(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await asked(talk, numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert numbers[name] in customer.text
    assert customer.titles


@pytest.mark.parametrize(
    ("addressee", "expected"),
    [
        ("注文者名のままでよい", "注文者名のままでよい"),
        ("宛名は株式会社みどりで、\n但し書きは品代", "宛名は株式会社みどりで、 但し書きは品代"),
    ],
)
async def test_a_receipt_by_post_is_sent_by_a_person(
    talk: OpenTalk,
    context: Context,
    numbers: Mapping[str, str],
    addressee: str,
    expected: str,
) -> None:
    customer = await asked(talk, numbers["bank-delivered"])
    assert "郵送でお送りできます" in customer.text
    await customer.tap(SEND)
    await customer.say(addressee)
    await customer.say("このチャットで")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.topic, inquiry.subject) == ("receipt", numbers["bank-delivered"])
    assert expected in inquiry.summary
    assert inquiry.number in customer.text


@pytest.mark.parametrize("name", ["card-returned", "card-delivered"])
async def test_what_the_rules_leave_open_is_looked_into_by_a_person(
    talk: OpenTalk,
    context: Context,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    name: str,
) -> None:
    await alter(database, OrderRow, numbers[name], shipped_on=None)
    customer = await asked(talk, numbers[name])
    assert "担当者がお調べします" in customer.text
    await customer.tap(SEND)
    await customer.say("090-1234-5678")
    await customer.tap("この内容で送る")
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.topic, inquiry.contact) == ("receipt", "09012345678")


async def test_an_inquiry_that_is_not_wanted_is_not_sent(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-delivered"])
    await customer.tap("やめておく")
    assert "送っていません" in customer.text
    assert await context.inquiries.of_customer(customer.id, None) == []


@pytest.mark.parametrize(
    "written", ["Ａー２０２６１１０３ー００４２", "a20261103 0042", "20261103-0042です"]
)
async def test_the_number_may_be_written_as_people_write_it(talk: OpenTalk, written: str) -> None:
    customer = await talk(site="store")
    await customer.say(f"{written}の領収書", "act_receipt")
    await customer.say("HANAKO@example.jp")
    assert "A-20261103-0042" in customer.text
    assert "表示してよろしいですか" in customer.text


async def test_a_member_with_several_orders_is_asked_which(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say(*RECEIPT)
    assert customer.text == "どのご注文についてですか？"
    # What is not sent yet is not offered, only reached by its number.
    assert not any("チェーンバッグ" in title for title in customer.titles)
    await customer.say(numbers["hanako-receipt-shown"])
    assert "すでに表示されています" in customer.text


async def test_a_receipt_that_is_shown_elsewhere_meanwhile_is_not_shown_again(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    number = numbers["card-delivered"]
    customer = await asked(talk, number)
    await context.systems.orders.receipt_link(number, "somebody else's key")
    await customer.tap(YES)
    assert "すでに表示されています" in customer.text
    assert "https" not in customer.text


@pytest.mark.parametrize(
    ("shipped_on", "words"),
    [
        (date(2026, 11, 3), "次のマイページのアドレスで1回だけ表示できます"),
        (date(2026, 11, 2), "表示できる期限は過ぎています"),
    ],
)
async def test_the_last_day_counts_at_the_moment_of_the_yes(
    talk: OpenTalk,
    context: Context,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    shipped_on: date,
    words: str,
) -> None:
    number = numbers["receipt-day-29"]
    customer = await asked(talk, number)
    await alter(database, OrderRow, number, shipped_on=shipped_on)
    await customer.tap(YES)
    assert words in customer.text
    assert (await shown_on(context, number) is None) == (shipped_on < date(2026, 11, 3))


async def test_a_yes_that_is_worked_on_twice_shows_the_same_address(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    first = await customer.work(inbound, "smalltalk_affirm")
    second = await customer.work(inbound, "smalltalk_affirm")
    assert "https" in first[-1].text
    assert first[-1].text == second[-1].text


async def test_a_yes_that_is_worked_on_by_two_at_once_is_answered_alike(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    works = (customer.work(inbound, "smalltalk_affirm") for _ in range(2))
    first, second = await asyncio.gather(*works)
    assert "https" in first[-1].text
    assert "https" in second[-1].text


async def test_a_tapped_twice_button_shows_it_once(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    question = customer.last
    await customer.tap(YES)
    await customer.tap(YES, question)
    assert "すでに終わっています" in customer.text


async def test_another_question_is_answered_and_the_dialogue_goes_on(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.say("送料はいくらですか", "store_shipping_fee")
    answer, again = customer.replies
    assert answer.text == "utter_store_shipping_fee"
    assert "続きです" in again.text
    await customer.tap(YES)
    assert await shown_on(context, numbers["card-delivered"]) == NOW.date()


async def test_a_question_is_not_taken_for_the_name_on_the_receipt(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-delivered"])
    await customer.tap(SEND)
    await customer.say("送料はかかりますか？", "store_shipping_fee")
    answer, again = customer.replies
    assert answer.text == "utter_store_shipping_fee"
    assert "宛名と但し書き" in again.text


async def test_the_customer_can_leave_in_the_middle(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say(*RECEIPT)
    await customer.say("やっぱりいいです")
    assert "ここで終えました" in customer.text
    await customer.say(numbers["card-delivered"], "out_of_scope")
    assert customer.last.act is None


async def test_a_person_can_be_asked_for_in_the_middle(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.say("人と話したい", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF
    await customer.say("はい", "smalltalk_affirm")
    assert await shown_on(context, numbers["card-delivered"]) is None


async def test_when_the_system_is_down_nothing_is_lost(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await take_down(database)
    await customer.tap(YES)
    assert customer.last.kind is Kind.FALLBACK
    assert "つながらず" in customer.text


@pytest.mark.parametrize("reason", sorted(set(Reason) - {Reason.MY_PAGE_NOW}))
def test_every_reason_of_the_rule_has_its_words(context: Context, reason: Reason) -> None:
    assert context.words.has(f"receipt.{reason}")
