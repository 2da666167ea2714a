"""Booked visits: a member sees them; whoever wants one changed gets an inquiry opened."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from tests.actions.conftest import OpenTalk

MEMBER = "ALLU-1001"


@pytest.mark.parametrize("said", ["来店予約の確認をしたい", "予約した日っていつだっけ"])
async def test_a_member_sees_the_visits_to_come(
    talk: OpenTalk, numbers: Mapping[str, str], said: str
) -> None:
    customer = await talk(site="store", member_id=MEMBER)
    await customer.say(said, "act_store_visit")
    assert customer.last.kind is Kind.RESULT
    assert "12月7日(月) 15:00〜16:00 ALLU表参道店" in customer.text
    assert numbers["hanako-visit"] in customer.text


async def test_a_member_without_visits_is_told_so(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id="ALLU-1002")
    await customer.say("来店予約の確認をしたい", "act_store_visit")
    assert "見つかりませんでした" in customer.text
    assert "来店を予約する" in customer.titles


async def test_nobody_else_sees_a_visit(talk: OpenTalk, numbers: Mapping[str, str]) -> None:
    customer = await talk(site="store")
    await customer.say(f"{numbers['hanako-visit']} 予約確認", "act_store_visit")
    assert "ログイン中の会員の方にだけ" in customer.text
    assert "表参道" not in customer.text


@pytest.mark.parametrize("member", [MEMBER, None])
@pytest.mark.parametrize(
    "said", ["来店予約をキャンセルしたい", "来店の予約、一日ずらしたいんですけど"]
)
async def test_a_change_is_taken_as_an_inquiry(
    talk: OpenTalk,
    context: Context,
    numbers: Mapping[str, str],
    *,
    member: str | None,
    said: str,
) -> None:
    customer = await talk(site="store", member_id=member)
    await customer.say(said, "act_store_visit")
    assert (numbers["hanako-visit"] in customer.text) == (member is not None)
    await customer.say("佐藤です。12月7日の分を取り消してください")
    await customer.tap("このチャットで受け取る")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, member)
    assert inquiry.topic == "store"
    assert said in inquiry.summary
    assert "12月7日の分を取り消してください" in inquiry.summary
    assert (numbers["hanako-visit"] in inquiry.summary) == (member is not None)


async def test_a_change_that_is_given_up_sends_nothing(talk: OpenTalk, context: Context) -> None:
    customer = await talk(site="store", member_id=MEMBER)
    await customer.say("来店予約をキャンセルしたい", "act_store_visit")
    await customer.say("やっぱりやめます")
    assert await context.inquiries.of_customer(customer.id, MEMBER) == []


async def test_the_choice_below_the_visits_leads_to_the_change(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id=MEMBER)
    await customer.say("来店予約の確認", "act_store_visit")
    await customer.tap("来店予約を変更・取り消したい")
    assert customer.last.kind is Kind.ASK
    assert "どのように変更したいか" in customer.text
