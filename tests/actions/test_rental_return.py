"""返却・解約: until when, what a late one costs, and the request for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.rules.states import RentalState
from madoguchi.systems.embedded.tables import ChangeRow
from tests.actions.conftest import OpenTalk
from tests.actions.rentals import RETURN, bring_about, changes_of, rental_of, started, talk_on

YES = RETURN.yes


async def sending_day(database: AsyncEngine, number: str) -> str | None:
    """Return the sending day that the system was told."""
    async with AsyncSession(database) as session:
        row = await session.scalar(select(ChangeRow).where(ChangeRow.subject == number))
        return str(row.details["sending_on"]) if row is not None else None


async def test_the_deadline_and_the_days_to_send_are_said_first(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    assert customer.text.startswith("返却・解約を申し込めます。12月21日(月)までに当社に届けば")
    assert "次回決済日（12月22日(火)）" in customer.text
    assert "12月17日(木)までにお送りいただくのが目安です" in customer.text
    assert customer.titles[:4] == [
        "今日、12月2日(水)",
        "12月3日(木)",
        "12月17日(木)（間に合う目安）",
        "今は申し込まない",
    ]


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("12月15日", "2026-12-15"),
        ("１２／１５に出します", "2026-12-15"),
        ("明日", "2026-12-03"),
        ("来週の水曜", "2026-12-09"),
        ("十二月十日です", "2026-12-10"),
        ("今日、12月2日(水)", "2026-12-02"),
        ("三番目", "2026-12-17"),
    ],
)
async def test_the_sending_day_is_understood_however_it_is_written(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    written: str,
    day: str,
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    await customer.say(written)
    await customer.tap(YES)
    assert await sending_day(database, numbers["in-use"]) == day


async def test_a_return_in_time_costs_nothing_more(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    await customer.tap("12月17日(木)（間に合う目安）")
    assert "12月21日(月)までに当社に届けば、次回決済日（12月22日(火)）からの月額" in customer.text
    await customer.tap(YES)
    assert "時計を12月17日(木)にお送りください" in customer.text
    assert "腕時計ケースと段ボール箱" in customer.text
    assert (await rental_of(context, numbers["in-use"])).state is RentalState.RETURN_REQUESTED
    assert "レンタルの箱をなくした" in customer.titles


async def test_too_late_is_said_with_its_cost_and_the_next_deadline(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["billing-tomorrow"])
    assert customer.text.startswith(
        "申し訳ありません、これから返却されても、次回決済日（12月3日(木)）"
    )
    assert "間に合わないと翌月分の15,800円がかかります" in customer.text
    assert "12月28日(月)までに届けば、そのあとの月額はかかりません" in customer.text
    await customer.tap("今日、12月2日(水)")
    assert "12月3日(木)の決済に間に合わず、月額15,800円がかかる見込みです" in customer.text
    await customer.tap(YES)
    assert "12月3日(木)の決済に間に合わず、月額15,800円がかかる見込みです" in customer.text
    rental = await rental_of(context, numbers["billing-tomorrow"])
    assert rental.state is RentalState.RETURN_REQUESTED


@pytest.mark.parametrize(
    ("day", "charged"),
    [
        ("12月8日", None),
        ("12月9日", "12月11日(金)の決済に間に合わず、月額15,800円"),
        ("12月11日", "12月11日(金)の決済に間に合わず、月額15,800円"),
        ("1月6日", "12月11日(金)の決済に間に合わず、月額15,800円"),
        # The 11 January is a holiday: by the Friday before it, the watch has to be back.
        ("1月7日", "12月11日(金)、1月11日(月)の決済に間に合わず、月額31,600円"),
    ],
)
async def test_a_day_after_the_advised_one_costs_every_fee_that_it_misses(
    talk: OpenTalk, numbers: Mapping[str, str], day: str, charged: str | None
) -> None:
    customer = await started(talk, "rental_return", numbers["billing-soon"])
    await customer.say(day)
    assert customer.titles[0] == YES
    if charged is None:
        assert "間に合わず" not in customer.text
    else:
        assert charged in customer.text


@pytest.mark.parametrize("day", ["昨日", "12月1日", "2027年2月1日", "2026年11月30日"])
async def test_a_day_that_is_over_or_too_far_is_asked_for_again(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], day: str
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    await customer.say(day)
    assert "今日から1月31日(日)までの日" in customer.text
    await customer.say("12月10日")
    await customer.tap(YES)
    assert await sending_day(database, numbers["in-use"]) == "2026-12-10"


async def test_words_without_a_day_are_asked_again(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    await customer.say("なるべく早く")
    assert "うまく読み取れませんでした" in customer.text
    assert "いつお送りになりますか" in customer.text


async def test_who_decides_not_to_now_keeps_the_rental(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    await customer.tap("今は申し込まない")
    assert "お申し込みはしていません" in customer.text
    assert await changes_of(database, numbers["in-use"]) == 0


async def test_no_day_after_the_last_one_in_time_is_offered(
    context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await started(
        talk_on(context, database, date(2026, 12, 17)), "rental_return", numbers["in-use"]
    )
    assert customer.titles[:2] == ["今日、12月17日(木)（間に合う目安）", "今は申し込まない"]


async def test_a_day_that_passes_before_the_yes_is_asked_for_again(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["in-use"])
    await customer.tap("今日、12月2日(水)")
    tomorrow = await talk_on(context, database, date(2026, 12, 3))(site="rental")
    tomorrow.id, tomorrow.replies, tomorrow._keys = customer.id, customer.replies, customer._keys
    await tomorrow.tap(YES)
    assert "今日から2月1日(月)までの日" in tomorrow.text
    assert await changes_of(database, numbers["in-use"]) == 0


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("return-requested", "12月11日(金)までに当社に届けば、次回決済日（12月13日(日)）"),
        ("inspection", "すでに届いています"),
        ("ended", "このレンタルは終了しています"),
        ("rejected", "審査の理由はお答えできません"),
        ("sold", "キャンセルになっているため"),
        ("terminated", "お手元の時計を、直ちにご返却ください"),
    ],
)
async def test_where_nothing_is_to_be_asked_for_it_is_said_why(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await started(talk, "rental_return", numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert numbers[name] in customer.text
    assert customer.titles


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (
            {"state": RentalState.TERMINATED, "received_on": date(2026, 11, 30)},
            "返却のお手続きは必要ありません",
        ),
        ({"state": RentalState.RETURN_REQUESTED, "shipped_on": None}, "担当者がお調べします"),
        (
            {"state": RentalState.RETURN_REQUESTED, "shipped_on": date(2026, 10, 3)},
            "12月2日(水)までに当社に届けば",
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
    customer = await started(talk, "rental_return", numbers["in-use"])
    assert words in customer.text


async def test_a_watch_that_can_only_arrive_late_is_told_so(
    context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    """The 13th is a Sunday: on Saturday the Friday by which it had to arrive is over."""
    talk = talk_on(context, database, date(2026, 12, 12))
    customer = await started(talk, "rental_return", numbers["return-requested"])
    assert "間に合う12月11日(金)は過ぎているため、12月13日(日)に月額29,800円" in customer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ordered", "発送前"),
        ("approved", "発送前"),
        ("lost", "紛失・盗難の届け出を承っているため"),
        ("day-unknown", "発送日の記録がない"),
    ],
)
async def test_what_the_shop_decides_goes_to_it_as_an_inquiry(
    talk: OpenTalk,
    context: Context,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    name: str,
    words: str,
) -> None:
    number = numbers.get(name, numbers["in-use"])
    if name == "day-unknown":
        await bring_about(database, number, shipped_on=None)
    customer = await started(talk, "rental_return", number)
    assert words in customer.text
    await customer.tap("担当者に送る")
    await customer.tap("このチャットで受け取る")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.subject, inquiry.topic) == (number, "rental_return")
    assert inquiry.number in customer.text
    assert await changes_of(database, number) == 0


async def test_an_inquiry_that_is_not_wanted_is_not_sent(
    talk: OpenTalk, context: Context, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_return", numbers["ordered"])
    await customer.tap("やめておく")
    assert "お申し込みはしていません" in customer.text
    assert await context.inquiries.of_customer(customer.id, None) == []
