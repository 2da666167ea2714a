"""注文のキャンセル: what may be cancelled is, once and confirmed; the rest gets a way on."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import OrderState
from tests.actions.conftest import OpenTalk, prove
from tests.support.skills import Talk

CANCEL = ("注文をキャンセルしたいです", "act_order_cancel")


async def state_of(context: Context, number: str) -> OrderState:
    order = await context.systems.orders.get(number)
    assert order is not None
    return order.state


async def asked(talk: OpenTalk, number: str) -> Talk:
    """Return a talk in which the customer has proven the order and wants it cancelled."""
    customer = await talk(site="store")
    await customer.say(*CANCEL)
    await prove(customer, number)
    return customer


@pytest.mark.parametrize("name", ["bank-pending", "bank-ordered", "orico-pending", "jaccs-pending"])
async def test_an_order_that_awaits_its_payment_is_cancelled_when_confirmed(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], name: str
) -> None:
    customer = await asked(talk, numbers[name])
    assert (customer.last.kind, customer.last.act) == (Kind.ASK, "order_cancel")
    assert numbers[name] in customer.text
    assert await state_of(context, numbers[name]) is not OrderState.CANCELLED
    await customer.tap("キャンセルする")
    assert (customer.last.kind, customer.last.act) == (Kind.RESULT, "order_cancel")
    assert customer.text.startswith("ご注文をキャンセルしました。")
    assert await state_of(context, numbers[name]) is OrderState.CANCELLED


@pytest.mark.parametrize("no", ["やめておく", "いいえ", "やっぱりやめます"])
async def test_a_no_changes_nothing(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], no: str
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await customer.say(no, "smalltalk_deny" if no == "いいえ" else "nlu_fallback")
    assert "キャンセルはしていません" in customer.text
    assert await state_of(context, numbers["bank-pending"]) is OrderState.PENDING


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("card-preparing", "出荷の準備に入っているため、キャンセルできません"),
        ("card-shipped", "発送済みのため、キャンセルできません"),
        ("card-delivered", "返品サービスをご利用いただけます"),
        ("paypay-delivered", "返品サービスの対象にもなっていません"),
        ("cod-day-7", "自動でキャンセルになります"),
        ("card-cancelled", "すでにキャンセルになっています"),
        ("card-returned", "返品のお手続きが済んでいます"),
    ],
)
async def test_what_can_no_longer_be_cancelled_says_why_and_what_to_do(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await asked(talk, numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert customer.titles


@pytest.mark.parametrize(
    "name", ["card-ordered", "paypay-confirmed", "konbini-pending", "cod-confirmed"]
)
async def test_other_orders_before_preparing_are_cancelled_by_an_inquiry(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], name: str
) -> None:
    customer = await asked(talk, numbers[name])
    await customer.tap("担当者に送る")
    await customer.say("hanako@example.jp")
    assert "hanako@example.jp" in customer.text
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.subject, inquiry.topic) == (numbers[name], "cancellation")
    assert inquiry.number in customer.text
    assert await state_of(context, numbers[name]) is not OrderState.CANCELLED


async def test_an_order_that_changes_between_question_and_yes_is_not_cancelled(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    number = numbers["bank-pending"]
    customer = await asked(talk, number)
    await context.systems.orders.cancel(number, "somebody else's key")
    await customer.tap("キャンセルする")
    assert "できませんでした" in customer.text


async def test_a_yes_that_is_worked_on_twice_cancels_once_and_says_so_both_times(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    number = numbers["bank-pending"]
    customer = await asked(talk, number)
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    first = await customer.work(inbound, "smalltalk_affirm")
    second = await customer.work(inbound, "smalltalk_affirm")
    assert first[-1].text == second[-1].text
    assert first[-1].text.startswith("ご注文をキャンセルしました。")
    assert await state_of(context, number) is OrderState.CANCELLED


async def test_a_yes_that_is_worked_on_by_two_at_once_cancels_once(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    number = numbers["bank-pending"]
    customer = await asked(talk, number)
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    await asyncio.gather(*(customer.work(inbound, "smalltalk_affirm") for _ in range(2)))
    assert await state_of(context, number) is OrderState.CANCELLED


async def test_the_buttons_of_an_ended_dialogue_do_nothing(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    question = customer.last
    await customer.tap("やめておく")
    await customer.tap("キャンセルする", question)
    assert "すでに終わっています" in customer.text
    assert await state_of(context, numbers["bank-pending"]) is OrderState.PENDING


async def test_another_question_is_answered_and_the_dialogue_goes_on(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await customer.say("送料はいくらですか", "store_shipping_fee")
    answer, again = customer.replies
    assert answer.text == "utter_store_shipping_fee"
    assert "続きです" in again.text
    assert again.kind is Kind.ASK
    await customer.tap("キャンセルする")
    assert await state_of(context, numbers["bank-pending"]) is OrderState.CANCELLED


async def test_a_person_can_be_asked_for_in_the_middle(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await customer.say("オペレーターにつないで", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF
    await customer.say("はい", "smalltalk_affirm")
    assert "キャンセルしました" not in customer.text


async def test_another_matter_ends_this_one_politely(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await customer.say("やっぱり注文の状況を教えて", "act_order_status")
    assert customer.text.startswith("「注文をキャンセルする」は途中で終えました。")
    assert customer.last.act == "order_status"
