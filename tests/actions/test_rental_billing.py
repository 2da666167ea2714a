"""レンタルの決済日: the day, the amount, why that day, and when it stops."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import RentalState
from tests.actions.conftest import OpenTalk
from tests.actions.rentals import bring_about, started, talk_on

IN_USE = RentalState.IN_USE


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "in-use",
            [
                "次回の決済日は12月22日(火)、金額は29,800円です",
                "7月22日(水)に発送したため、毎月22日",
            ],
        ),
        ("in-use", ["検品が終わると止まります。12月21日(月)までに当社に届けば"]),
        ("shipped", ["次回の決済日は1月1日(金)", "12月28日(月)までに当社に届けば"]),
        ("shipped-on-31st", ["12月31日(木)", "31日のない月は、その月の末日です"]),
        ("billing-tomorrow", ["12月3日(木)", "間に合わない見込みです（到着の期限は12月2日(水)）"]),
        ("two-errors", ["決済エラー（累計2回）のご報告を、まだいただいていません"]),
        ("lost", ["弁済いただくまで、月額の決済は通常どおり続きます"]),
        ("return-requested", ["次回の決済日は12月13日(日)", "返却のお申し込みを承っています"]),
        ("inspection", ["11月30日(月)に届き、期限の12月10日(木)に間に合っています"]),
        ("approved", ["決済日は、発送のあとに決まります", "引き落としはありません"]),
        ("ended", ["これからの決済はありません"]),
        ("rejected", ["これからの決済はありません"]),
        ("terminated", ["直ちにご返却ください", "返金はありません"]),
    ],
)
async def test_each_rental_is_told_what_is_charged_next(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: list[str]
) -> None:
    customer = await started(talk, "rental_billing", numbers[name])
    assert customer.last.kind is Kind.RESULT
    for each in words:
        assert each in customer.text
    assert numbers[name] in customer.text
    assert customer.titles


@pytest.mark.parametrize(
    ("values", "words"),
    [
        # Today is 2 December, a Wednesday.
        ({"shipped_on": date(2026, 11, 2)}, "今日（12月2日(水)）も決済日です"),
        ({"shipped_on": date(2026, 12, 2)}, "次回の決済日は1月2日(土)"),
        ({"shipped_on": date(2026, 11, 3)}, "毎月3日に、ご登録のカードから引き落とします。\n"),
        ({"shipped_on": date(2026, 8, 29)}, "29日のない月は、その月の末日です"),
        ({"shipped_on": None}, "発送日の記録がない"),
        (
            {"state": RentalState.INSPECTION, "received_on": None},
            "ただいま返却された時計の検品をしています",
        ),
        (
            {
                "state": RentalState.INSPECTION,
                "shipped_on": date(2026, 9, 1),
                "received_on": date(2026, 12, 1),
            },
            "期限の12月28日(月)に間に合っています",
        ),
        (
            {
                "state": RentalState.INSPECTION,
                "shipped_on": date(2026, 9, 6),
                "received_on": date(2026, 12, 5),
            },
            "期限の12月4日(金)を過ぎて12月5日(土)に届いたため、12月6日(日)に月額29,800円",
        ),
        (
            {"state": RentalState.TERMINATED, "received_on": date(2026, 11, 30)},
            "これからの決済はありません",
        ),
        (
            {"state": RentalState.RETURN_REQUESTED, "shipped_on": date(2026, 8, 5)},
            "12月4日(金)までに当社に届けば",
        ),
    ],
)
async def test_what_the_demo_data_has_no_rental_for(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    values: dict[str, Any],
    words: str,
) -> None:
    await bring_about(database, numbers["in-use"], **values)
    customer = await started(talk, "rental_billing", numbers["in-use"])
    assert words in customer.text


async def test_the_day_is_mentioned_as_todays_only_on_a_billing_day(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_billing", numbers["in-use"])
    assert "今日" not in customer.text


async def test_a_month_without_the_day_is_billed_on_its_last(
    context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    talk = talk_on(context, database, date(2027, 2, 1))
    customer = await started(talk, "rental_billing", numbers["shipped-on-31st"])
    assert "次回の決済日は2月28日(日)" in customer.text
    assert "2月には31日がないため、末日の2月28日(日)に前倒しで引き落とします" in customer.text


async def test_the_way_on_is_the_return(talk: OpenTalk, numbers: Mapping[str, str]) -> None:
    customer = await started(talk, "rental_billing", numbers["in-use"])
    await customer.tap("レンタルを返却・解約する")
    assert customer.last.kind is Kind.ASK
    assert "12月21日(月)までに当社に届けば" in customer.text


async def test_an_unreported_error_is_reported_from_here(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_billing", numbers["two-errors"])
    assert customer.titles[0] == "レンタルの決済エラーを報告する"
