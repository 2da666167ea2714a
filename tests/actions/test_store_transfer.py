"""店舗取り寄せ: where it stands, taken back within 15 minutes, and who changes the visit."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import as_utc
from madoguchi.conversations.model import Kind
from madoguchi.conversations.store import ConversationStore
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.tables import OrderRow, TransferRow
from madoguchi.systems.model import TransferState
from tests.actions.conftest import NOW, OpenTalk, alter, prove, take_down
from tests.support.skills import Talk, with_customer

STATUS = ("取り寄せの状況を教えてください", "act_store_transfer")
CANCEL = ("取り寄せを取り消したい", "act_store_transfer")
STORE = ("取り寄せ先の店舗を変更したい", "act_store_transfer")
VISIT = ("取り寄せの来店日を変更したい", "act_store_transfer")
YES, SEND = "取り寄せを取り消す", "担当者に送る"
INSIDE, OUTSIDE = "inside-15-minutes", "outside-15-minutes"


async def state_of(context: Context, number: str) -> TransferState:
    transfer = await context.systems.stores.transfer(number)
    assert transfer is not None
    return transfer.state


async def asked(talk: OpenTalk, number: str, wish: tuple[str, str] = CANCEL) -> Talk:
    """Return a talk in which the customer has proven the order and said what they want."""
    customer = await talk(site="store")
    await customer.say(*wish)
    await prove(customer, number)
    return customer


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (INSIDE, "ALLU銀座店への取り寄せを受け付けています"),
        (OUTSIDE, "ALLU表参道店への取り寄せを受け付けています"),
        ("on-the-way", "ALLU心斎橋店へ移動中です"),
        ("annex-arrived", "ALLU心斎橋 ANNEX店に到着しています"),
        ("nanboya-inside", "12月9日(水) 15:00〜16:00"),
        ("concier-on-the-way", "ブランドコンシェル 新宿店へ移動中です"),
    ],
)
async def test_where_a_transfer_stands_is_told_with_what_can_be_done(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await asked(talk, numbers[name], STATUS)
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert "ご来店予定: 12月" in customer.text
    assert numbers[name] in customer.text
    assert customer.titles[:3] == [
        "来店日時を変更したい",
        "取り寄せ先の店舗を変更したい",
        "取り寄せを取り消したい",
    ]


@pytest.mark.parametrize("wish", [STATUS, CANCEL, STORE, VISIT])
@pytest.mark.parametrize(
    ("name", "words"),
    [("visited", "ご来店が済んでいます"), ("transfer-cancelled", "キャンセルになっています")],
)
async def test_what_is_over_is_said_to_be_over_whatever_is_wanted(
    talk: OpenTalk, numbers: Mapping[str, str], *, wish: tuple[str, str], name: str, words: str
) -> None:
    customer = await asked(talk, numbers[name], wish)
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert "取り寄せを取り消したい" not in customer.titles


async def test_an_order_without_a_transfer_has_none(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-delivered"], STATUS)
    assert "店舗への取り寄せはありません" in customer.text
    assert customer.titles


@pytest.mark.parametrize(
    ("wish", "done"),
    [(CANCEL, "取り寄せを取り消しました。"), (STORE, "希望の店舗への取り寄せをご注文ください")],
)
@pytest.mark.parametrize("name", [INSIDE, "nanboya-inside"])
async def test_within_15_minutes_it_is_taken_back_when_confirmed(
    talk: OpenTalk,
    context: Context,
    numbers: Mapping[str, str],
    *,
    wish: tuple[str, str],
    done: str,
    name: str,
) -> None:
    customer = await asked(talk, numbers[name], wish)
    question = customer.last
    assert question.kind is Kind.ASK
    assert "13:10まで" in customer.text
    assert await state_of(context, numbers[name]) is TransferState.REQUESTED
    await customer.tap(YES)
    assert customer.last.kind is Kind.RESULT
    assert done in customer.text
    assert await state_of(context, numbers[name]) is TransferState.CANCELLED
    order = await context.systems.orders.get(numbers[name])
    assert order is not None
    assert order.state is OrderState.CANCELLED


@pytest.mark.parametrize("no", ["やめておく", "いいえ", "やっぱりやめます"])
async def test_a_no_changes_nothing(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], no: str
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    await customer.say(no)
    assert "取り寄せは変更していません" in customer.text
    assert await state_of(context, numbers[INSIDE]) is TransferState.REQUESTED


@pytest.mark.parametrize(
    ("wish", "words"),
    [(CANCEL, "ここでは取り消せません"), (STORE, "店舗の変更はできません")],
)
@pytest.mark.parametrize("name", [OUTSIDE, "on-the-way", "nanboya-arrived"])
async def test_after_15_minutes_it_is_taken_back_by_a_person(
    talk: OpenTalk,
    context: Context,
    numbers: Mapping[str, str],
    *,
    wish: tuple[str, str],
    words: str,
    name: str,
) -> None:
    before = await state_of(context, numbers[name])
    customer = await asked(talk, numbers[name], wish)
    assert words in customer.text
    await customer.tap(SEND)
    await customer.say("hanako@example.jp")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.topic, inquiry.subject) == ("store", numbers[name])
    assert await state_of(context, numbers[name]) is before


async def test_an_inquiry_that_is_not_wanted_is_not_sent(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[OUTSIDE])
    await customer.tap("やめておく")
    assert "取り寄せは変更していません" in customer.text
    assert await context.inquiries.of_customer(customer.id, None) == []


@pytest.mark.parametrize(("seconds", "late"), [(0, False), (1, True)])
async def test_the_15_minutes_count_at_the_moment_of_the_yes(
    talk: OpenTalk,
    context: Context,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    seconds: int,
    late: bool,
) -> None:
    number = numbers[INSIDE]
    customer = await asked(talk, number)
    requested_at = as_utc(NOW - timedelta(minutes=15, seconds=seconds))
    await alter(database, TransferRow, number, requested_at=requested_at)
    await customer.tap(YES)
    assert ("ここでは取り消せません" in customer.text) == late
    expected = TransferState.REQUESTED if late else TransferState.CANCELLED
    assert await state_of(context, number) is expected


async def test_what_leaves_between_question_and_yes_is_taken_back_by_a_person(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    number = numbers[INSIDE]
    customer = await asked(talk, number)
    await alter(database, TransferRow, number, state="on_the_way")
    await customer.tap(YES)
    assert "準備が始まっているため" in customer.text
    await customer.tap(SEND)
    await customer.tap("このチャットで受け取る")
    await customer.tap("この内容で送る")
    assert len(await context.inquiries.of_customer(customer.id, None)) == 1
    assert await state_of(context, number) is TransferState.ON_THE_WAY


async def test_what_was_cancelled_elsewhere_meanwhile_is_said_to_be(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    await context.systems.stores.cancel_transfer(numbers[INSIDE], "somebody else's key")
    await customer.tap(YES)
    assert "この取り寄せは、キャンセルになっています" in customer.text


async def test_a_yes_that_is_worked_on_twice_cancels_once_and_says_so_both_times(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    first = await customer.work(inbound, "smalltalk_affirm")
    second = await customer.work(inbound, "smalltalk_affirm")
    assert first[-1].text.startswith("取り寄せを取り消しました。")
    assert first[-1].text == second[-1].text


async def test_a_yes_that_is_worked_on_by_two_at_once_cancels_once(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    works = (customer.work(inbound, "smalltalk_affirm") for _ in range(2))
    for said in await asyncio.gather(*works):
        assert said[-1].text.startswith("取り寄せを取り消しました。")
    assert await state_of(context, numbers[INSIDE]) is TransferState.CANCELLED


async def test_a_button_that_is_tapped_twice_cancels_once(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    question = customer.last
    await customer.tap(YES)
    await customer.tap(YES, question)
    assert "すでに終わっています" in customer.text


@pytest.mark.parametrize(
    ("name", "store"),
    [("annex-arrived", "ALLU心斎橋 ANNEX店"), (OUTSIDE, "ALLU表参道店")],
)
async def test_an_allu_store_changes_its_visits_itself(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, store: str
) -> None:
    customer = await asked(talk, numbers[name], VISIT)
    assert customer.last.kind is Kind.RESULT
    assert f"取り寄せ先の{store}へ直接お問い合わせください" in customer.text


async def test_a_store_s_telephone_number_is_told_when_it_is_known(
    context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    shop = context.business
    known = replace(shop.stores["ALLU表参道店"], phone="03-0000-0000")
    with_phone = replace(shop, stores={**shop.stores, known.name: known})
    store = ConversationStore(database, context.clock)
    customer = with_customer(replace(context, business=with_phone), store, site="store")
    await (await customer.open()).say(*VISIT)
    await prove(customer, numbers[OUTSIDE])
    assert "ALLU表参道店（03-0000-0000）へ" in customer.text


@pytest.mark.parametrize(
    ("wished", "taken"),
    [
        ("12月10日の15時", "12月10日(木)（12月10日の15時）"),
        ("もう少し遅い時間", "もう少し遅い時間"),
    ],
)
@pytest.mark.parametrize("name", ["nanboya-arrived", "concier-on-the-way"])
async def test_the_online_store_changes_the_visits_of_the_sister_shops(
    talk: OpenTalk,
    context: Context,
    numbers: Mapping[str, str],
    *,
    wished: str,
    taken: str,
    name: str,
) -> None:
    customer = await asked(talk, numbers[name], VISIT)
    assert "ALLUオンラインストアの担当者が承ります" in customer.text
    await customer.say(wished)
    await customer.say("090-1234-5678")
    await customer.tap("この内容で送る")
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert taken in inquiry.summary
    assert inquiry.subject == numbers[name]


@pytest.mark.parametrize(
    ("wished", "words"),
    [
        ("次の土曜", "土日祝や休業日はお選びいただけません"),
        ("12月30日", "土日祝や休業日はお選びいただけません"),
        ("今日の17時", "明日からの日でお願いします"),
    ],
)
async def test_a_day_that_the_sister_shops_do_not_take_is_asked_for_again(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], *, wished: str, words: str
) -> None:
    customer = await asked(talk, numbers["nanboya-arrived"], VISIT)
    await customer.say(wished)
    assert words in customer.text
    await customer.say("12月10日")
    await customer.tap("このチャットで受け取る")
    await customer.tap("この内容で送る")
    assert len(await context.inquiries.of_customer(customer.id, None)) == 1


async def test_an_unknown_store_s_visit_is_changed_by_a_person(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    number = numbers["nanboya-arrived"]
    await alter(database, TransferRow, number, store="渋谷の店", visit_on=None, visit_slot=None)
    customer = await asked(talk, number, VISIT)
    assert "担当者がお調べします" in customer.text
    assert "まだ決まっていません" in customer.text
    await customer.say("土曜日")
    await customer.tap("このチャットで受け取る")
    await customer.tap("この内容で送る")
    assert len(await context.inquiries.of_customer(customer.id, None)) == 1


@pytest.mark.parametrize("written", ["Ａー２０２６１２０２ー０５１１", "a20261202 0511"])
async def test_the_number_may_be_written_as_people_write_it(
    talk: OpenTalk, numbers: Mapping[str, str], written: str
) -> None:
    customer = await talk(site="store")
    await customer.say(f"{written}の取り寄せは？", "act_store_transfer")
    await customer.say("order0511@example.jp")
    assert numbers[INSIDE] in customer.text


async def test_a_member_s_one_transfer_needs_no_number(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say(*STATUS)
    assert numbers["hanako-arrived"] in customer.text
    await customer.tap("来店日時を変更したい")
    assert "取り寄せ先のALLU表参道店へ直接お問い合わせください" in customer.text


async def test_a_member_with_several_transfers_is_asked_which(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await give_to_hanako(database, numbers[INSIDE])
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say(*STATUS)
    assert customer.text == "どの取り寄せについてですか？"
    await customer.tap("レザー トートバッグ（ALLU銀座店）")
    assert "ALLU銀座店への取り寄せを受け付けています" in customer.text


async def test_a_guest_s_transfer_can_be_named_instead_of_the_member_s_own(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await give_to_hanako(database, numbers[INSIDE])
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say(*STATUS)
    await customer.tap("ほかの注文番号を入力する")
    await prove(customer, numbers["on-the-way"])
    assert "ALLU心斎橋店へ移動中です" in customer.text


async def test_a_member_without_transfers_may_name_a_number(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store", member_id="ALLU-1002")
    await customer.say(*STATUS)
    assert "取り寄せは見つかりませんでした" in customer.text
    await prove(customer, numbers["on-the-way"])
    assert "ALLU心斎橋店へ移動中です" in customer.text


async def test_a_proven_transfer_is_known_without_its_number(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[OUTSIDE], STATUS)
    await customer.tap("取り寄せを取り消したい")
    assert "ここでは取り消せません" in customer.text


async def test_another_order_that_was_talked_about_is_not_taken_for_the_transfer(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say("注文の状況は？", "act_order_status")
    await prove(customer, numbers["card-delivered"])
    await customer.say(*STATUS)
    assert "注文番号を教えてください" in customer.text
    await prove(customer, numbers["on-the-way"])
    assert "ALLU心斎橋店へ移動中です" in customer.text


async def test_another_question_is_answered_and_the_dialogue_goes_on(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    await customer.say("送料はいくらですか", "store_shipping_fee")
    assert "続きです" in customer.last.text
    await customer.tap(YES)
    assert await state_of(context, numbers[INSIDE]) is TransferState.CANCELLED


async def test_the_customer_can_leave_in_the_middle(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say(*CANCEL)
    await customer.say("もういいです")
    assert "ここで終えました" in customer.text
    assert await state_of(context, numbers[INSIDE]) is TransferState.REQUESTED


async def test_a_person_can_be_asked_for_in_the_middle(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    await customer.say("人に代わって", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF
    await customer.say("はい", "smalltalk_affirm")
    assert await state_of(context, numbers[INSIDE]) is TransferState.REQUESTED


async def test_when_the_system_is_down_that_is_said(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers[INSIDE])
    await take_down(database, "shop_transfers")
    await customer.tap(YES)
    assert customer.last.kind is Kind.FALLBACK
    assert "何も変わっていません" in customer.text


async def give_to_hanako(database: AsyncEngine, number: str) -> None:
    await alter(database, OrderRow, number, member_id="ALLU-1001")
