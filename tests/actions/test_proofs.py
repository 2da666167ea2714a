"""What a customer has proven can be seen and ended by them at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest

from madoguchi.clock import TOKYO
from madoguchi.dialogue.context import Context
from tests.actions.conftest import OpenTalk, prove
from tests.support.databases import TestClock
from tests.support.skills import Talk

SHOW = ("このチャットで何が確認済みですか", "proofs_show")
END = ("本人確認を終了して", "proofs_end")
MINE = "・ログイン中の会員の、ご注文・レンタル・取り寄せ・ご来店予約"


async def proven(talk: OpenTalk, number: str, **customer: str) -> Talk:
    """Return a talk in which the order is proven."""
    visitor = await talk(**({"site": "store"} | customer))
    await visitor.say(f"{number}の状況", "act_order_status")
    await prove(visitor, number)
    return visitor


async def test_what_is_proven_is_listed(talk: OpenTalk, numbers: Mapping[str, str]) -> None:
    customer = await proven(talk, numbers["card-shipped"])
    await customer.say("レンタルの状況", "act_rental_status")
    await prove(customer, "R-000123")
    await customer.say(*SHOW)
    assert f"・注文 {numbers['card-shipped']}\n・レンタル R-000123\n" in customer.text
    assert customer.titles == ["ご本人の確認を終了する", "ほかの質問をする"]


@pytest.mark.parametrize(("member", "line"), [(None, "・なし"), ("ALLU-1001", MINE)])
async def test_without_a_proof_it_says_what_can_be_seen(
    talk: OpenTalk, member: str | None, line: str
) -> None:
    customer = await talk(site="store", member_id=member)
    await customer.say(*SHOW)
    assert "ご本人の確認はしていません" in customer.text
    assert customer.text.endswith(line)


async def test_a_members_proof_of_anothers_order_stands_beside_their_own(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await proven(talk, numbers["card-shipped"], member_id="ALLU-1001")
    await customer.say(*SHOW)
    assert f"・注文 {numbers['card-shipped']}\n{MINE}" in customer.text


async def test_the_reply_after_a_proof_shows_the_way_to_see_and_end_it(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await proven(talk, numbers["card-shipped"])
    assert customer.titles[-1] == "ご本人の確認の状況"
    await customer.tap("ご本人の確認の状況")
    await customer.tap("ご本人の確認を終了する")
    assert customer.text.startswith("ご本人の確認を終了しました。")


@pytest.mark.parametrize("member", [None, "ALLU-1001"])
async def test_what_is_ended_is_no_longer_seen(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], member: str | None
) -> None:
    customer = await proven(
        talk, numbers["card-shipped"], **({"member_id": member} if member else {})
    )
    await customer.say(*END)
    assert ("ログアウトするまで" in customer.text) == (member is not None)
    assert await context.proofs.of(customer.id) == []
    await customer.say(f"{numbers['card-shipped']}の状況", "act_order_status")
    assert "ご本人の確認のため" in customer.text


async def test_a_proof_is_one_of_its_conversation_alone(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    await proven(talk, numbers["card-shipped"])
    other = await talk(site="store")
    await other.say(*SHOW)
    assert "ご本人の確認はしていません" in other.text
    await other.say(f"{numbers['card-shipped']}の状況", "act_order_status")
    assert "ご本人の確認のため" in other.text


async def test_a_proof_lasts_until_the_day_is_over(
    talk: OpenTalk, clock: TestClock, numbers: Mapping[str, str]
) -> None:
    clock.at = datetime(2026, 12, 2, 23, 50, tzinfo=TOKYO)
    customer = await proven(talk, numbers["card-shipped"])
    clock.at += timedelta(minutes=9)
    await customer.say("注文の状況", "act_order_status")
    assert "発送済みです。" in customer.text
    clock.at += timedelta(minutes=1)
    await customer.say("注文の状況", "act_order_status")
    assert "注文番号を教えてください" in customer.text


async def test_a_look_at_the_proofs_in_the_middle_leaves_the_question_standing(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say("注文をキャンセルしたい", "act_order_cancel")
    await prove(customer, numbers["bank-pending"])
    await customer.tap("ご本人の確認の状況")
    shown, again = customer.replies
    assert numbers["bank-pending"] in shown.text
    assert again.text.startswith("では、「注文をキャンセルする」の続きです。")
    await customer.tap("キャンセルする")
    assert customer.text.startswith("ご注文をキャンセルしました。")


async def test_the_end_of_the_proofs_ends_what_needed_them(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="store")
    await customer.say("注文をキャンセルしたい", "act_order_cancel")
    await prove(customer, numbers["bank-pending"])
    question = customer.last
    await customer.say(*END)
    assert customer.text.startswith("ご本人の確認を終了しました。")
    await customer.tap("キャンセルする", question)
    assert "すでに終わっています" in customer.text
    order = await context.systems.orders.get(numbers["bank-pending"])
    assert order is not None
    assert order.cancelled_on is None
