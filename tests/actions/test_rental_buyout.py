"""買取: asked for by e-mail address, answered by e-mail only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import RentalState
from madoguchi.systems.embedded.tables import ChangeRow
from tests.actions.conftest import OpenTalk
from tests.actions.rentals import BUYOUT, bring_about, changes_of, started


@pytest.mark.parametrize("name", ["in-use", "shipped"])
async def test_the_price_comes_by_e_mail_and_never_by_telephone(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], name: str
) -> None:
    customer = await started(talk, "rental_buyout", numbers[name])
    assert "相場" in customer.text
    assert "お電話やこのチャットではお答えできません" in customer.text
    await customer.say("ｋａｉｔｏｒｉ＠ｅｘａｍｐｌｅ．ｊｐ でお願いします")
    assert "kaitori@example.jp" in customer.text
    await customer.tap(BUYOUT.yes)
    assert "kaitori@example.jp へメールでご案内します" in customer.text
    assert "ショッピングローン" in customer.text
    async with AsyncSession(database) as session:
        change = await session.scalar(select(ChangeRow).where(ChangeRow.subject == numbers[name]))
    assert change is not None
    assert change.details == {"email": "kaitori@example.jp"}


async def test_a_telephone_number_is_not_where_a_price_is_sent(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_buyout", numbers["in-use"])
    await customer.say("090-1234-5678に電話してください")
    assert "メールアドレスを教えてください" in customer.text
    assert await changes_of(database, numbers["in-use"]) == 0


async def test_the_price_may_be_asked_about_in_between(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_buyout", numbers["in-use"])
    await customer.tap("レンタル品の買取金額は？")
    answer, again = customer.replies
    assert answer.text == "utter_rental_buyout_price"
    assert "メールアドレスを教えてください" in again.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("buyout-asked", "買取のご希望は、11月30日(月)に承っています"),
        ("approved", "時計をお届けしたあとに承ります"),
        ("ended", "終了しているため"),
        ("rejected", "時計をお届けしていないレンタルのため"),
        ("sold", "時計をお届けしていないレンタルのため"),
        ("terminated", "時計は直ちにご返却ください"),
    ],
)
async def test_where_it_cannot_be_asked_for_it_is_said_why(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await started(talk, "rental_buyout", numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert numbers[name] in customer.text
    assert customer.titles


async def test_a_terminated_rentals_watch_that_is_back_need_not_be_returned(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await bring_about(
        database, numbers["in-use"], state=RentalState.TERMINATED, received_on=date(2026, 11, 30)
    )
    customer = await started(talk, "rental_buyout", numbers["in-use"])
    assert "終了しているため" in customer.text
    assert "直ちに" not in customer.text


@pytest.mark.parametrize("name", ["return-requested", "inspection", "lost"])
async def test_what_the_shop_decides_goes_to_it_as_an_inquiry(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str], name: str
) -> None:
    customer = await started(talk, "rental_buyout", numbers[name])
    await customer.tap("担当者に送る")
    await customer.say("kaitori@example.jp")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.subject, inquiry.topic) == (numbers[name], "buyout")
    assert inquiry.number in customer.text


async def test_an_inquiry_that_is_not_wanted_is_not_sent(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_buyout", numbers["inspection"])
    await customer.tap("やめておく")
    assert "買取のご希望は送っていません" in customer.text
    assert await context.inquiries.of_customer(customer.id, None) == []
