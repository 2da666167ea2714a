"""返品: who may return what until when, and the application with its reason, confirmed."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.returns import Reason
from madoguchi.systems.embedded.tables import ChangeRow, OrderRow
from tests.actions.conftest import TODAY, OpenTalk, alter, prove, take_down
from tests.support.skills import Talk

RETURN = ("返品したいのですが", "act_return_eligibility")
APPLY = "返品を申し込む"
REASON = "サイズが合わなかった"


async def applied_on(context: Context, number: str) -> date | None:
    order = await context.systems.orders.get(number)
    assert order is not None
    return order.return_applied_on


async def asked(talk: OpenTalk, number: str) -> Talk:
    """Return a talk in which the customer has proven the order and wants to return it."""
    customer = await talk(site="store")
    await customer.say(*RETURN)
    await prove(customer, number)
    return customer


async def about_to_apply(talk: OpenTalk, number: str, reason: str = REASON) -> Talk:
    """Return a talk that waits for the last yes."""
    customer = await asked(talk, number)
    await customer.tap(APPLY)
    await customer.say(reason)
    assert "よろしいですか" in customer.text
    return customer


@pytest.mark.parametrize(
    ("name", "apply_by", "arrive_by"),
    [
        ("card-shipped", "12月11日(金)", "12月15日(火)"),
        ("card-delivered", "12月7日(月)", "12月11日(金)"),
        ("price-below", "12月7日(月)", "12月11日(金)"),
        ("price-at", "12月7日(月)", "12月11日(金)"),
        ("return-day-10", "12月4日(金)", "12月8日(火)"),
    ],
)
async def test_what_may_be_returned_is_applied_for_with_a_reason_and_a_yes(
    talk: OpenTalk,
    context: Context,
    numbers: Mapping[str, str],
    name: str,
    *,
    apply_by: str,
    arrive_by: str,
) -> None:
    customer = await asked(talk, numbers[name])
    assert f"お申し込み期限: {apply_by}" in customer.text
    assert f"{arrive_by}必着" in customer.text
    await customer.tap(APPLY)
    await customer.tap(REASON)
    assert REASON in customer.text
    assert numbers[name] in customer.text
    assert await applied_on(context, numbers[name]) is None
    await customer.tap(APPLY)
    assert customer.last.kind is Kind.RESULT
    assert customer.text.startswith("返品のお申し込みを承りました。")
    assert f"{arrive_by}必着" in customer.text
    assert await applied_on(context, numbers[name]) == TODAY


async def test_the_reason_may_be_in_one_s_own_words(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"], "色が思ったより暗かったので")
    await customer.say("はい", "smalltalk_affirm")
    async with AsyncSession(database) as session:
        change = await session.scalar(
            select(ChangeRow).where(ChangeRow.operation == "apply_for_return")
        )
    assert change is not None
    assert change.details == {"reason": "色が思ったより暗かったので"}


async def test_a_question_is_not_taken_for_the_reason(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.tap(APPLY)
    await customer.say("送料は誰が払うんですか？", "store_shipping_fee")
    answer, again = customer.replies
    assert answer.text == "utter_store_shipping_fee"
    assert "返品の理由" in again.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("price-above", "価格は300,001円です"),
        ("paypay-delivered", "お支払い方法はPayPayです"),
        ("amazon-delivered", "お支払い方法はAmazon Payです"),
        ("konbini-delivered", "お支払い方法はコンビニ払いです"),
        ("cod-delivered", "お支払い方法は代金引換です"),
        ("bank-delivered", "お支払い方法は銀行振込です"),
        ("orico-delivered", "ショッピングローン（オリコ）です"),
        ("jaccs-delivered", "ショッピングローン（ジャックス）です"),
        ("card-confirmed", "発送前のため、返品のお申し込みはまだできません"),
        ("return-day-11", "お申し込み期限（11月30日(月)）を過ぎています"),
        ("return-applied", "返品のお申し込みを承っています"),
        ("return-day-15", "返品のお申し込みを承っています"),
        ("card-cancelled", "返品のお手続きは必要ありません"),
        ("card-returned", "返品のお手続きが済んでいます"),
    ],
)
async def test_what_may_not_be_returned_says_why_and_what_to_do(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await asked(talk, numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert numbers[name] in customer.text
    assert customer.titles


@pytest.mark.parametrize("no", ["今は申し込まない", "いいえ"])
async def test_a_no_to_the_offer_applies_for_nothing(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], no: str
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.say(no)
    assert "お申し込みはしていません" in customer.text
    assert await applied_on(context, numbers["card-delivered"]) is None


@pytest.mark.parametrize("no", ["申し込まない", "いいえ", "やめます"])
async def test_a_no_at_the_end_applies_for_nothing(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], no: str
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    await customer.say(no)
    assert "お申し込みはしていません" in customer.text
    assert await applied_on(context, numbers["card-delivered"]) is None


@pytest.mark.parametrize("reason", ["届いた商品に不備がある", "持ち手が壊れていました"])
async def test_what_arrived_damaged_is_fetched_by_the_shop(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], reason: str
) -> None:
    number = numbers["card-delivered"]
    customer = await asked(talk, number)
    await customer.tap(APPLY)
    await customer.say(reason)
    assert "お引き取りを手配します" in customer.text
    await customer.tap("担当者に送る")
    await customer.say("hanako@example.jp")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.topic, inquiry.subject, inquiry.urgent) == ("damaged", number, True)
    assert reason in inquiry.summary
    assert await applied_on(context, number) is None


async def test_the_pick_up_goes_on_when_the_days_of_the_return_end_meanwhile(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    number = numbers["card-delivered"]
    customer = await asked(talk, number)
    await customer.tap(APPLY)
    await customer.tap("届いた商品に不備がある")
    await customer.tap("担当者に送る")
    await alter(database, OrderRow, number, shipped_on=date(2026, 11, 1))
    await customer.say("hanako@example.jp")
    await customer.tap("この内容で送る")
    assert len(await context.inquiries.of_customer(customer.id, None)) == 1


async def test_what_arrived_damaged_may_go_back_by_the_return_service_too(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    number = numbers["card-delivered"]
    customer = await asked(talk, number)
    await customer.tap(APPLY)
    await customer.tap("届いた商品に不備がある")
    await customer.tap("返品サービスで進める")
    await customer.tap(APPLY)
    assert await applied_on(context, number) == TODAY


async def test_an_unknown_shipping_day_is_looked_into_by_a_person(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    number = numbers["card-delivered"]
    await alter(database, OrderRow, number, shipped_on=None)
    customer = await asked(talk, number)
    await customer.tap("担当者に送る")
    await customer.say("hanako@example.jp")
    await customer.tap("この内容で送る")
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.topic, inquiry.subject) == ("return", number)


async def test_an_unknown_shipping_day_is_left_alone_when_not_wanted(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await alter(database, OrderRow, numbers["card-delivered"], shipped_on=None)
    customer = await asked(talk, numbers["card-delivered"])
    await customer.tap("やめておく")
    assert await context.inquiries.of_customer(customer.id, None) == []


@pytest.mark.parametrize("written", ["Ａー２０２６１１０３ー００４２", "a 20261103 0042"])
async def test_the_number_may_be_written_as_people_write_it(talk: OpenTalk, written: str) -> None:
    customer = await talk(site="store")
    await customer.say(f"{written}を返品できますか", "act_return_eligibility")
    await customer.say("＋81 90-1234-5678")
    assert "A-20261103-0042" in customer.text
    assert "ご利用いただけます" in customer.text


async def test_a_member_with_several_orders_is_asked_which(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say(*RETURN)
    assert customer.text == "どのご注文についてですか？"
    [last_day] = [title for title in customer.titles if "オートマティック 36" in title]
    await customer.tap(last_day)
    assert "ご利用いただけます" in customer.text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"shipped_on": date(2026, 11, 21)}, "お申し込み期限（12月1日(火)）を過ぎています"),
        ({"return_applied_on": TODAY}, "返品のお申し込みを承っています"),
        ({"state": "returned"}, "返品のお手続きが済んでいます"),
    ],
)
async def test_the_rules_of_the_moment_of_the_yes_count(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    changed: dict[str, object],
    words: str,
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    await alter(database, OrderRow, numbers["card-delivered"], **changed)
    await customer.tap(APPLY)
    assert words in customer.text
    assert "お申し込みを承りました。" not in customer.text


async def test_the_last_day_is_a_day_to_apply(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    number = numbers["card-delivered"]
    customer = await about_to_apply(talk, number)
    await alter(database, OrderRow, number, shipped_on=date(2026, 11, 22))
    await customer.tap(APPLY)
    assert await applied_on(context, number) == TODAY


async def test_a_yes_that_is_worked_on_twice_applies_once_and_says_so_both_times(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    first = await customer.work(inbound, "smalltalk_affirm")
    second = await customer.work(inbound, "smalltalk_affirm")
    assert first[-1].text.startswith("返品のお申し込みを承りました。")
    assert first[-1].text == second[-1].text


async def test_a_yes_that_is_worked_on_by_two_at_once_applies_once(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    await asyncio.gather(*(customer.work(inbound, "smalltalk_affirm") for _ in range(2)))
    async with AsyncSession(database) as session:
        changes = await session.scalars(
            select(ChangeRow).where(ChangeRow.operation == "apply_for_return")
        )
        assert len(changes.all()) == 1


async def test_a_button_that_is_tapped_twice_applies_once(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    question = customer.last
    await customer.tap(APPLY)
    await customer.tap(APPLY, question)
    assert "すでに終わっています" in customer.text


async def test_an_older_question_s_button_is_no_yes_to_a_later_one(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    offer = customer.last
    await customer.tap(APPLY)
    await customer.tap(REASON)
    await customer.tap(APPLY, offer)
    assert "前のご質問" in customer.text
    assert await applied_on(context, numbers["card-delivered"]) is None


async def test_another_question_is_answered_and_the_dialogue_goes_on(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    await customer.say("着払いで送っていい？", "store_shipping_carrier")
    assert "続きです" in customer.last.text
    await customer.tap(APPLY)
    assert await applied_on(context, numbers["card-delivered"]) == TODAY


async def test_the_customer_can_leave_in_the_middle(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.tap(APPLY)
    await customer.say("やっぱりやめます")
    assert "ここで終えました" in customer.text
    assert await applied_on(context, numbers["card-delivered"]) is None


async def test_a_person_can_be_asked_for_in_the_middle(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    await customer.say("担当者お願い", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF
    await customer.say("はい", "smalltalk_affirm")
    assert await applied_on(context, numbers["card-delivered"]) is None


async def test_when_the_system_is_down_that_is_said(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await about_to_apply(talk, numbers["card-delivered"])
    await take_down(database)
    await customer.tap(APPLY)
    assert customer.last.kind is Kind.FALLBACK
    assert "何も変わっていません" in customer.text


@pytest.mark.parametrize(
    "reason", sorted(set(Reason) - {Reason.ONE_OF_A_KIND, Reason.PICK_UP, Reason.PICK_UP_OR_RETURN})
)
def test_every_reason_of_the_rule_has_its_words(context: Context, reason: Reason) -> None:
    assert context.words.has(f"return_eligibility.{reason}")


@pytest.mark.parametrize("said", ["お願いします", "はい", "いいえ"])
async def test_a_mere_yes_or_no_is_no_reason(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], said: str
) -> None:
    customer = await asked(talk, numbers["card-delivered"])
    await customer.tap(APPLY)
    await customer.say(said, "smalltalk_affirm" if said != "いいえ" else "smalltalk_deny")
    assert "よろしいですか" not in customer.text
    assert await applied_on(context, numbers["card-delivered"]) is None
