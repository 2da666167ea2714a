"""レンタルの状況: every state says what it means, and what is most urgent comes first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.rules.states import RentalState
from tests.actions.conftest import OpenTalk, prove
from tests.actions.rentals import bring_about, started, take_away_the_system

STATUS = ("レンタルの状況を教えてください", "act_rental_status")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ordered", "お申し込みを受け付けています"),
        ("phone-verification", "携帯電話番号の認証をお待ちしています"),
        ("screening", "ただいま審査中です"),
        ("card-registered", "クレジットカードのご登録を確認しました"),
        ("approved", "発送は12月10日(木)までの予定です"),
        ("shipped", "12月1日(火)に発送しました"),
        ("in-use", "次回の決済日は12月22日(火)、月額は29,800円です"),
        ("billing-tomorrow", "この決済には間に合わない見込みです（到着の期限は12月2日(水)）"),
        ("two-errors", "決済エラー（累計2回）のご報告を、まだいただいていません"),
        ("one-error-reported", "次回の決済日は12月24日(木)"),
        ("lost", "紛失・盗難の届け出を、11月29日(日)に承っています"),
        ("buyout-asked", "買取のご希望を、11月30日(月)に承っています"),
        ("return-requested", "12月11日(金)までに当社に届けば、次回決済日（12月13日(日)）"),
        ("inspection", "返却された時計が11月30日(月)に届き、検品をしています"),
        ("ended", "10月20日(火)に終了しています"),
        ("rejected", "審査結果の再考はせず、理由もお答えできません"),
        ("sold", "購入のご注文が入ったため、このレンタルはキャンセルになりました"),
        ("terminated", "決済エラーが累計3回になり、契約は終了しています"),
    ],
)
async def test_every_state_is_told_with_its_days(
    talk: OpenTalk, numbers: Mapping[str, str], name: str, words: str
) -> None:
    customer = await started(talk, "rental_status", numbers[name])
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    # The text stands without its card, and there is a way on.
    assert numbers[name] in customer.text
    assert customer.last.card is not None
    assert customer.titles


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"screening_passed_on": date(2026, 11, 20)}, "発送は12月2日(水)までの予定です"),
        ({"screening_passed_on": date(2026, 11, 19)}, "予定の12月1日(火)を過ぎています"),
        ({"screening_passed_on": None}, "審査の通過後、原則として7営業日以内の平日"),
        ({"state": RentalState.SHIPPED, "shipped_on": date(2026, 12, 1)}, "12月1日(火)に発送"),
        (
            {
                "state": RentalState.SHIPPED,
                "shipped_on": date(2026, 12, 1),
                "tracking_number": None,
            },
            "が数日たっても届かない場合",
        ),
        ({"state": RentalState.IN_USE, "shipped_on": None}, "発送日の記録がない"),
        ({"state": RentalState.RETURN_REQUESTED, "shipped_on": None}, "担当者がお調べします"),
        (
            {"state": RentalState.RETURN_REQUESTED, "shipped_on": date(2026, 11, 3)},
            "12月2日(水)までに当社に届けば",
        ),
        (
            {"state": RentalState.RETURN_REQUESTED, "shipped_on": date(2026, 9, 6)},
            "12月4日(金)までに当社に届けば",
        ),
        ({"state": RentalState.INSPECTION, "received_on": None}, "返却された時計が届き"),
        ({"state": RentalState.ENDED, "ended_on": None}, "このレンタルは、終了しています"),
        ({"state": RentalState.TERMINATED}, "直ちにご返却ください"),
        (
            {"state": RentalState.TERMINATED, "received_on": date(2026, 11, 30)},
            "返却された時計は、11月30日(月)に届いています",
        ),
        (
            {"state": RentalState.IN_USE, "shipped_on": date(2026, 9, 6), "payment_errors": 3},
            "決済エラーが累計3回になり",
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
    number = numbers["approved"]
    await bring_about(database, number, **values)
    customer = await started(talk, "rental_status", number)
    assert words in customer.text
    assert number in customer.text


@pytest.mark.parametrize(
    "written",
    ["R-000307", "r000307", "Ｒ－０００３０７", "アール 000-307", "000307", "番号はR 000 307です"],
)
async def test_the_number_is_understood_however_it_is_written(
    talk: OpenTalk, numbers: Mapping[str, str], written: str
) -> None:
    customer = await talk(site="rental")
    await customer.say(*STATUS)
    await customer.say(written)
    assert "電話番号かメールアドレス" in customer.text
    await customer.say("０８０－００００－０３０７")
    assert numbers["in-use"] in customer.text


async def test_a_member_with_one_running_rental_is_not_asked_which(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental", member_id="KEIYA-2001")
    await customer.say(*STATUS)
    assert customer.last.kind is Kind.RESULT
    assert numbers["ken-in-use"] in customer.text


async def test_a_member_with_several_chooses_among_them(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await bring_about(database, numbers["in-use"], member_id="KEIYA-2001")
    customer = await talk(site="rental", member_id="KEIYA-2001")
    await customer.say(*STATUS)
    assert customer.text == "どのレンタルについてですか？"
    assert len(customer.titles) == 3
    await customer.tap("Belmonte クラシック 38 ゴールド（7月16日申込）")
    assert numbers["in-use"] in customer.text


async def test_the_rental_spoken_of_is_not_asked_for_again(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_status", numbers["in-use"])
    await customer.tap("レンタルの決済日を確認する")
    assert customer.last.kind is Kind.RESULT
    assert numbers["in-use"] in customer.text


async def test_somebody_elses_contact_shows_nothing(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say(*STATUS)
    await customer.say(numbers["in-use"])
    await customer.say("08000000308")
    assert "確認できませんでした" in customer.text
    assert "Belmonte" not in customer.text


async def test_an_unreported_payment_error_leads_to_its_report(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_status", numbers["two-errors"])
    await customer.tap("レンタルの決済エラーを報告する")
    assert customer.last.kind is Kind.ASK
    assert "原因" in customer.text


async def test_a_system_that_is_away_is_said(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    await take_away_the_system(database)
    customer = await talk(site="rental")
    await customer.say(*STATUS)
    await prove(customer, numbers["in-use"])
    assert customer.last.kind is Kind.FALLBACK
    assert "お問い合わせ" in customer.text
