"""Every question of every skill can be left, and nothing has happened then."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from actions import SKILLS
from madoguchi.conversations.model import Kind
from madoguchi.dialogue.tables import DialogueRow
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.systems.embedded.tables import ChangeRow
from tests.actions.conftest import OpenTalk

# How each skill goes on to its last question, by a button's title or in words.
# {…} is a number of the demo shops.
LONGEST = {
    "order_status": ["", "{card-shipped}"],
    "order_cancel": ["", "{bank-pending}", "090-0000-0252"],
    "order_cancel by inquiry": ["{card-ordered} 090-0000-0201", "担当者に送る", "a@example.jp"],
    "receipt": ["", "{card-delivered}", "090-0000-0205"],
    "receipt by post": [
        "{bank-delivered} 090-0000-0257",
        "担当者に送る",
        "〇〇商店",
        "a@example.jp",
    ],
    "return_eligibility": ["{card-delivered} 090-0000-0205", "返品を申し込む", "イメージと違った"],
    "return_eligibility of what is damaged": [
        "{card-delivered} 090-0000-0205",
        "返品を申し込む",
        "届いたら壊れていました",
        "担当者に送る",
        "a@example.jp",
    ],
    "stock_location": [""],
    "restock_request": ["", "ケリー28", "a@example.jp", "ご希望を書き直す"],
    "restock_request to be changed": ["登録済みの希望を変更したい", "担当者に送る", "a@example.jp"],
    "store_transfer": ["取り寄せを取り消したい", "{inside-15-minutes}", "090-0000-0511"],
    "store_visit": [
        "",
        "1002045871",
        "ALLU銀座店",
        "12月10日",
        "13:00〜14:00",
        "佐藤",
        "a@example.jp",
    ],
    "store_visit to be changed": ["来店予約の日を変更したい", "はい"],
    "rental_status": ["", "R-000123"],
    "rental_billing": ["", "R-000123"],
    "rental_return": ["R-000123 090-1234-5678", "明日"],
    "rental_buyout": ["R-000123 090-1234-5678", "a@example.jp"],
    "rental_loss_report": ["", "なくした", "昨日、駅で", "届けました"],
    "rental_payment_error": ["{misaki-error} 08000002002", "一番上", "一番上"],
    "inquiry": ["", "そのほか", "付属品について", "a@example.jp"],
    "inquiry_status": ["", "Q-20261202-0001"],
}
PLACES = [(path, steps) for path in LONGEST for steps in range(1, len(LONGEST[path]) + 1)]


def act_of(path: str) -> str:
    return path.partition(" ")[0]


def test_every_skill_is_left() -> None:
    assert {act_of(path) for path in LONGEST} == {skill.act for skill in SKILLS}


@pytest.mark.parametrize(("path", "steps"), PLACES)
async def test_a_question_can_be_left(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], path: str, steps: int
) -> None:
    customer = await talk()
    first, *rest = (each.format(**numbers) for each in LONGEST[path][:steps])
    await customer.say(first or "お願いします", f"act_{act_of(path)}")
    for said in rest:
        assert customer.last.kind is Kind.ASK, customer.text
        await customer.say(said)
    assert customer.last.kind is Kind.ASK, customer.text
    await customer.say("やめます")
    assert customer.last.kind is not Kind.ASK, customer.text
    async with AsyncSession(database) as session:
        [row] = await session.scalars(select(DialogueRow))
        assert row.state is None
        assert list(await session.scalars(select(ChangeRow))) == []
        assert list(await session.scalars(select(InquiryRow))) == []
