"""注文の状況: every state of an order says where it stands and what can be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Kind
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.tables import OrderRow
from tests.actions.conftest import OpenTalk, alter, prove, take_down
from tests.support.databases import TestClock
from tests.support.skills import Talk

STATUS = ("注文した商品はいまどこですか", "act_order_status")


async def asked(talk: OpenTalk, number: str) -> Talk:
    """Return a talk in which the customer has proven the order and hears where it stands."""
    customer = await talk(site="store")
    await customer.say(*STATUS)
    await prove(customer, number)
    return customer


@pytest.mark.parametrize(
    ("name", "words", "way"),
    [
        ("card-ordered", "ご注文を受け付けています。", "注文をキャンセルする"),
        ("bank-pending", "ご入金の確認を待っています。", "注文をキャンセルする"),
        ("konbini-pending", "コンビニでのお支払いを待っています。", "注文をキャンセルする"),
        ("orico-pending", "ローン会社（オリコ）の審査を待っています。", "注文をキャンセルする"),
        ("jaccs-pending", "ローン会社（ジャックス）の審査を待っています。", "注文をキャンセルする"),
        ("orico-pending", "12月3日(木)までに確認が取れない場合は、当店で", "注文をキャンセルする"),
        ("orico-stuck", "までに確認できませんでした。", "注文をキャンセルする"),
        ("jaccs-stuck", "当店でキャンセルします。", "問い合わせる・担当者と話す"),
        ("card-confirmed", "ご注文は確定しています。", "注文をキャンセルする"),
        ("bank-preparing", "ただいま出荷の準備中です。", "問い合わせる・担当者と話す"),
        ("card-shipped", "お届け予定は12月3日(木) 午前中です。", "注文の領収書がほしい"),
        ("cod-shipped", "お届け予定は12月3日(木) 19時〜21時です。", "注文の領収書がほしい"),
        ("due-today", "お届け予定は12月2日(水) 16時〜18時です。", "買った商品を返品する"),
        ("late", "お届け予定の12月1日(火)を過ぎています。", "問い合わせる・担当者と話す"),
        ("cod-day-6", "を過ぎています。", "問い合わせる・担当者と話す"),
        ("cod-day-7", "自動でキャンセルになります。", "問い合わせる・担当者と話す"),
        ("card-delivered", "にお届け済みです。", "買った商品を返品する"),
        ("card-cancelled", "キャンセルになっています。", "問い合わせる・担当者と話す"),
        ("card-returned", "返品のお手続きが済んでいます。", "問い合わせる・担当者と話す"),
    ],
)
async def test_each_state_is_told_with_what_can_be_done(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str, way: str
) -> None:
    customer = await asked(talk, numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert way in customer.titles
    assert customer.last.card is not None
    assert numbers[name] in str(customer.last.card["rows"])


async def test_an_order_that_waits_for_a_card_says_only_that_it_waits(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await alter(database, OrderRow, numbers["card-ordered"], state=OrderState.PENDING)
    customer = await asked(talk, numbers["card-ordered"])
    assert customer.text.startswith("ご注文を受け付け、お支払いの確認を待っています。")


async def test_a_parcel_whose_day_is_unknown_promises_none(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await alter(database, OrderRow, numbers["card-shipped"], expected_on=None)
    customer = await asked(talk, numbers["card-shipped"])
    assert "お届け予定の日は、まだ分かっていません。" in customer.text


@pytest.mark.parametrize(
    ("now", "day"), [((2026, 12, 4), "12月4日(金)"), ((2026, 12, 5), "12月7日(月)")]
)
async def test_what_is_not_shipped_leaves_on_a_business_day(
    talk: OpenTalk,
    clock: TestClock,
    numbers: Mapping[str, str],
    now: tuple[int, int, int],
    day: str,
) -> None:
    clock.at = datetime(*now, 13, tzinfo=TOKYO)
    customer = await asked(talk, numbers["card-confirmed"])
    assert f"もっとも早くて{day}です。" in customer.text


async def test_a_parcel_on_its_way_links_to_the_carrier(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-shipped"])
    assert customer.last.card is not None
    [link] = customer.last.card["links"]
    assert link["title"] == "ヤマト運輸で配送状況を見る"
    assert "parcel/detail?pno=" in link["url"]


async def test_the_state_of_the_moment_is_told(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["card-preparing"])
    assert "準備中" in customer.text
    await alter(database, OrderRow, numbers["card-preparing"], state=OrderState.CANCELLED)
    await customer.say(*STATUS)
    assert "キャンセルになっています" in customer.text


async def test_the_answer_leads_on_to_cancelling_the_same_order(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await asked(talk, numbers["bank-pending"])
    await customer.tap("注文をキャンセルする")
    assert customer.last.kind is Kind.ASK
    assert numbers["bank-pending"] in customer.text


async def test_when_the_system_is_down_that_is_said(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await take_down(database)
    customer = await asked(talk, numbers["card-shipped"])
    assert customer.last.kind is Kind.FALLBACK
    assert "お手続きは何も変わっていません" in customer.text


async def test_another_order_can_be_looked_at(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say("A-20261103-0042の状況を教えて", "act_order_status")
    await customer.tap("ほかの注文を見る")
    assert customer.text == "どのご注文についてですか？"
    assert len(customer.titles) > 2
    await customer.tap("ほかの注文番号を入力する")
    assert "注文番号を教えてください" in customer.text


async def test_who_has_proven_one_order_is_asked_for_the_number_of_another(
    talk: OpenTalk,
) -> None:
    customer = await talk(site="store")
    await customer.say("注文の状況を教えて", "act_order_status")
    await prove(customer, "A-20261103-0042")
    await customer.tap("ほかの注文を見る")
    await customer.tap("ほかの注文番号を入力する")
    assert "注文番号を教えてください" in customer.text
