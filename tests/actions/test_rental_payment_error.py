"""決済エラー: cause, next week, the photo, and what the third error means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.rules.states import RentalState
from madoguchi.systems.embedded.tables import ChangeRow
from tests.actions.conftest import OpenTalk
from tests.actions.rentals import PAYMENT_ERROR, bring_about, changes_of, started

ACT = "rental_payment_error"


async def reported(database: AsyncEngine, number: str) -> dict[str, Any]:
    """Return what the system was told."""
    async with AsyncSession(database) as session:
        row = await session.scalar(select(ChangeRow).where(ChangeRow.subject == number))
        assert row is not None
        return row.details


async def test_the_count_and_what_is_wanted_are_said_first(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, ACT, numbers["two-errors"])
    assert customer.text.startswith("決済エラー（累計2回）の原因と、次週の再決済の見込みを、直ちに")
    assert customer.titles[:4] == [
        "利用枠や残高の不足",
        "カードの有効期限切れ",
        "カードの再発行・番号の変更",
        "原因が分からない",
    ]


@pytest.mark.parametrize(
    ("cause", "outlook", "details"),
    [
        (
            "カードの有効期限切れ",
            "カードを変更したい",
            {"cause": "カードの有効期限切れ", "next_week": "カードを変更したい"},
        ),
        (
            "給料日前で足りませんでした",
            "金曜に入金します",
            {"cause": "給料日前で足りませんでした", "next_week": "金曜に入金します"},
        ),
        (
            "原因がわかりません",
            "わかりません",
            {"cause": "原因がわかりません", "next_week": "まだ分からない"},
        ),
        (
            "一番上",
            "大丈夫です",
            {"cause": "利用枠や残高の不足", "next_week": "問題なく決済できる"},
        ),
    ],
)
async def test_cause_and_outlook_are_taken_by_button_or_in_own_words(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    cause: str,
    outlook: str,
    details: dict[str, str],
) -> None:
    customer = await started(talk, ACT, numbers["two-errors"])
    await customer.say(cause)
    await customer.say(outlook)
    assert f"原因: {details['cause']}" in customer.text
    assert f"次週の再決済: {details['next_week']}" in customer.text
    await customer.tap(PAYMENT_ERROR.yes)
    assert await reported(database, numbers["two-errors"]) == details


async def test_a_mere_yes_is_no_cause(talk: OpenTalk, numbers: Mapping[str, str]) -> None:
    customer = await started(talk, ACT, numbers["two-errors"])
    await customer.say("はい", "smalltalk_affirm")
    assert "うまく読み取れませんでした" in customer.text
    assert "原因は、次のどれですか" in customer.text


@pytest.mark.parametrize(
    ("errors", "warning"),
    [
        (1, "決済エラーが累計3回になると契約は終了し"),
        (2, "次の決済エラーで累計3回となり、契約は終了します"),
    ],
)
async def test_the_photo_is_asked_for_by_e_mail_and_the_third_error_is_warned_of(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    errors: int,
    warning: str,
) -> None:
    await bring_about(database, numbers["two-errors"], payment_errors=errors)
    customer = await started(talk, ACT, numbers["two-errors"])
    await customer.tap("利用枠や残高の不足")
    await customer.tap("問題なく決済できる")
    await customer.tap(PAYMENT_ERROR.yes)
    assert "現物の写真を customer@10keiya.jp へメールで" in customer.text
    assert numbers["two-errors"] in customer.text
    assert warning in customer.text
    assert "問い合わせる・担当者と話す" in customer.titles


async def test_a_member_with_an_error_is_asked_at_once(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental", member_id="KEIYA-2002")
    await customer.say("決済エラーの連絡が来ました", "act_rental_payment_error")
    assert numbers["misaki-error"] in customer.text
    assert "累計1回" in customer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("in-use", "決済エラーの記録はありません"),
        ("ended", "決済エラーの記録はありません"),
        ("one-error-reported", "ご報告は、11月28日(土)に承っています"),
        ("terminated", "累計3回になり、契約は終了しています"),
    ],
)
async def test_where_nothing_is_to_be_reported_it_is_said_why(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], *, name: str, words: str
) -> None:
    customer = await started(talk, ACT, numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert numbers[name] in customer.text
    assert "問い合わせる・担当者と話す" in customer.titles
    assert await changes_of(database, numbers[name]) == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"payment_errors": 3}, "まず、お手元の時計を直ちにご返却ください"),
        (
            {"state": RentalState.TERMINATED},
            "まず、お手元の時計を直ちにご返却ください。このレンタルの契約は終了しています",
        ),
        (
            {"state": RentalState.TERMINATED, "received_on": date(2026, 11, 30)},
            "時計はすでに返却されているため",
        ),
        ({"state": RentalState.INSPECTION}, "時計はすでに返却されているため"),
        ({"state": RentalState.ENDED, "payment_errors": 3}, "時計はすでに返却されているため"),
        ({"state": RentalState.RETURN_REQUESTED}, "原因は、次のどれですか"),
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
    await bring_about(database, numbers["two-errors"], **values)
    customer = await started(talk, ACT, numbers["two-errors"])
    assert words in customer.text


async def test_the_third_error_between_question_and_yes_ends_the_contract(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, ACT, numbers["two-errors"])
    await customer.tap("利用枠や残高の不足")
    await customer.tap("問題なく決済できる")
    await bring_about(
        database, numbers["two-errors"], payment_errors=3, state=RentalState.TERMINATED
    )
    await customer.tap(PAYMENT_ERROR.yes)
    assert customer.text.startswith("まず、お手元の時計を直ちにご返却ください")
    assert await changes_of(database, numbers["two-errors"]) == 0
