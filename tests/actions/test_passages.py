"""Ways between the skills: to a person, by the hours of those who answer; and old buttons."""

from __future__ import annotations

from datetime import datetime

import pytest

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Kind
from tests.actions.conftest import OpenTalk
from tests.support.databases import TestClock

PERSON = ("担当者と話したい", "smalltalk_human")
WEDNESDAY_AT_ONE = datetime(2026, 12, 2, 13, tzinfo=TOKYO)
WEDNESDAY_AT_TEN = datetime(2026, 12, 2, 10, tzinfo=TOKYO)
WEDNESDAY_AT_SIX = datetime(2026, 12, 2, 18, tzinfo=TOKYO)
SATURDAY = datetime(2026, 12, 5, 13, tzinfo=TOKYO)
HOLIDAY = datetime(2026, 11, 23, 13, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("site", "at", "words"),
    [
        ("store", WEDNESDAY_AT_ONE, "お電話 0120-778-407（本日17:00まで）"),
        ("store", WEDNESDAY_AT_TEN, "次は12月2日(水) 12:00からです（0120-778-407）"),
        ("store", WEDNESDAY_AT_SIX, "次は12月3日(木) 12:00からです（0120-778-407）"),
        ("store", SATURDAY, "次は12月7日(月) 12:00からです"),
        ("store", HOLIDAY, "次は11月24日(火) 12:00からです"),
        ("rental", WEDNESDAY_AT_ONE, "担当者がメールで承ります（customer@10keiya.jp）"),
        ("rental", SATURDAY, "次の営業は12月7日(月) 10:00からです"),
        (None, WEDNESDAY_AT_ONE, "お電話 0120-778-407（本日17:00まで）"),
        (None, SATURDAY, "次の受付は12月7日(月) 12:00からです"),
    ],
)
async def test_it_says_when_somebody_is_there_and_takes_the_inquiry_meanwhile(
    talk: OpenTalk, clock: TestClock, site: str | None, at: datetime, words: str
) -> None:
    clock.at = at
    customer = await talk(site=site)
    await customer.say(*PERSON)
    assert customer.last.kind is Kind.HANDOFF
    assert words in customer.text
    assert customer.titles == ["問い合わせる・担当者と話す", "ほかの質問をする"]
    await customer.tap("問い合わせる・担当者と話す")
    assert (customer.last.act, customer.last.kind) == ("inquiry", Kind.ASK)


async def test_a_button_whose_skill_has_ended_says_so(talk: OpenTalk) -> None:
    customer = await talk(site="store", member_id="ALLU-1001")
    await customer.say("注文の状況", "act_order_status")
    question = customer.last
    await customer.say("やめる")
    await customer.tap(question.choices[0].title, question)
    assert customer.last.kind is Kind.NOTICE
    assert customer.text.startswith("そのお手続きは、すでに終わっています。")
