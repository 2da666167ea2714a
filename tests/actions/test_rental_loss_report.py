"""紛失・盗難: what to do now comes first; the report needs a proof, an urgent inquiry does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.inquiries.model import Inquiry
from madoguchi.systems.embedded.tables import ChangeRow
from tests.actions.conftest import OpenTalk, prove
from tests.actions.rentals import LOSS, changes_of, started, take_away_the_system
from tests.support.skills import Talk

ACT = "act_rental_loss_report"
HAPPENED = "昨日の夜、山手線の網棚に置き忘れました"


async def reported(database: AsyncEngine, number: str) -> dict[str, Any]:
    """Return what the system was told."""
    async with AsyncSession(database) as session:
        row = await session.scalar(select(ChangeRow).where(ChangeRow.subject == number))
        assert row is not None
        return row.details


async def inquired(context: Context, customer: Talk) -> Inquiry:
    """Tell the circumstances, have the inquiry sent and return it."""
    assert "緊急のお問い合わせとして承ります" in customer.text
    await customer.say(f"{HAPPENED}。オートマティック、山田花子です")
    await customer.say("hanako@example.jp")
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    assert "緊急のお問い合わせとして、担当者に送りました" in customer.text
    assert "警察" in customer.text
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert (inquiry.topic, inquiry.urgent, inquiry.subject) == ("loss", True, None)
    assert HAPPENED in inquiry.summary
    assert inquiry.number in customer.text
    return inquiry


async def test_what_a_loss_costs_is_answered_in_the_middle_of_the_report(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_loss_report", numbers["in-use"], "時計をなくしました")
    await customer.say("弁償っていくらくらいですか", ACT)
    answer, again = customer.replies
    assert answer.text == "utter_rental_loss_theft"
    assert "の続きです" in again.text


@pytest.mark.parametrize(
    ("opening", "first", "asked"),
    [
        ("時計をなくしました", "最寄りの警察へ紛失届を出してください", "レンタル番号"),
        ("時計が盗まれました", "最寄りの警察へ盗難届を出してください", "レンタル番号"),
        ("時計の紛失・盗難を届け出る", "最寄りの警察へ届け出てください", "盗まれましたか"),
        ("届け出をしたいです", "最寄りの警察へ届け出てください", "盗まれましたか"),
    ],
)
async def test_what_to_do_now_comes_before_any_question(
    talk: OpenTalk, opening: str, first: str, asked: str
) -> None:
    customer = await talk(site="rental")
    await customer.say(opening, ACT)
    now, question = customer.replies
    assert now.text.startswith("まず、")
    assert first in now.text
    assert question.kind is Kind.ASK
    assert asked in question.text


async def test_what_to_do_now_is_said_even_when_the_system_is_away(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    await take_away_the_system(database)
    customer = await talk(site="rental", member_id="KEIYA-2001")
    await customer.say("時計をなくしました", ACT)
    assert customer.replies[0].text.startswith("まず、最寄りの警察へ紛失届を")
    assert customer.last.kind is Kind.FALLBACK


async def test_what_to_do_now_is_said_once(talk: OpenTalk, numbers: Mapping[str, str]) -> None:
    customer = await talk(site="rental")
    await customer.say("届け出をしたいです", ACT)
    await customer.say("えっと")
    assert "まず、最寄りの警察" not in customer.text
    await customer.tap("盗まれた")
    assert "まず、最寄りの警察" not in customer.text


async def test_the_first_question_offers_a_person(talk: OpenTalk) -> None:
    customer = await talk(site="rental")
    await customer.say("届け出をしたいです", ACT)
    assert customer.titles == ["なくした", "盗まれた", "問い合わせる・担当者と話す"]


@pytest.mark.parametrize(
    ("opening", "police", "details"),
    [
        ("時計をなくしました", "番号はまだない", ("lost", None)),
        ("時計が盗まれました", "新宿署の第１２３４号", ("stolen", "新宿署の第1234号")),
        ("カバンごとひったくりに遭いました", "これから届けます", ("stolen", None)),
        ("どこかで落としました", "分かりません", ("lost", None)),
        ("腕時計が見当たりません", "いいえ", ("lost", None)),
    ],
)
async def test_what_happened_and_the_number_of_the_police_are_understood(
    talk: OpenTalk,
    database: AsyncEngine,
    numbers: Mapping[str, str],
    *,
    opening: str,
    police: str,
    details: tuple[str, str | None],
) -> None:
    customer = await started(talk, "rental_loss_report", numbers["in-use"], opening)
    await customer.say(HAPPENED)
    await customer.say(police, "smalltalk_deny" if police == "いいえ" else "nlu_fallback")
    await customer.tap(LOSS.yes)
    assert await reported(database, numbers["in-use"]) == {
        "kind": details[0],
        "circumstances": HAPPENED,
        "police_report": details[1],
    }


async def test_what_it_costs_is_said_before_and_after_the_report(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_loss_report", numbers["in-use"], "盗まれました")
    await customer.say(HAPPENED)
    await customer.tap("番号はまだない")
    cost = (
        "同等の時計の購入費用はお客様のご負担となり、"
        "弁済いただくまで月額29,800円の決済は通常どおり続きます"
    )
    assert cost in customer.text
    assert "届け出: 盗難" in customer.text
    assert "警察の受理番号: なし" in customer.text
    await customer.tap(LOSS.yes)
    assert cost in customer.text
    assert "警察への盗難届がまだの場合は、直ちに" in customer.text
    assert "問い合わせる・担当者と話す" in customer.titles


async def test_who_has_been_to_the_police_is_not_sent_there_again(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_loss_report", numbers["in-use"], "盗まれました")
    await customer.say(HAPPENED)
    await customer.say("第1234号")
    await customer.tap(LOSS.yes)
    assert "警察" not in customer.text


async def test_no_fee_runs_for_a_terminated_rental(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await started(talk, "rental_loss_report", numbers["terminated"], "なくしました")
    await customer.say(HAPPENED)
    await customer.tap("番号はまだない")
    assert "同等の時計の購入費用は、お客様のご負担となります" in customer.text
    assert "月額" not in customer.text


async def test_what_was_told_at_first_need_not_be_told_again(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    opening = "昨日の夜、電車の網棚に時計を置き忘れました"
    customer = await started(talk, "rental_loss_report", numbers["in-use"], opening)
    await customer.tap("先ほど書いたとおり")
    await customer.tap("番号はまだない")
    await customer.tap(LOSS.yes)
    assert (await reported(database, numbers["in-use"]))["circumstances"] == opening


async def test_number_and_contact_in_one_message_are_enough(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.say("アール000307、08000000307です")
    assert numbers["in-use"] in customer.text
    assert "お分かりの範囲で" in customer.text


async def test_everything_in_the_answer_to_the_first_question_is_heard(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say("届け出をしたいです", ACT)
    await customer.say("R-000307が盗まれました")
    assert "電話番号かメールアドレス" in customer.text


async def test_a_member_is_not_asked_for_the_number(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental", member_id="KEIYA-2001")
    await customer.say("時計が盗まれました", ACT)
    assert numbers["ken-in-use"] in customer.text
    assert "お分かりの範囲で" in customer.text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("lost", "届け出は、11月29日(日)に承っています"),
        ("inspection", "当社に返却されているため"),
        ("ended", "当社に返却されているため"),
        ("sold", "お届けしていないため"),
        ("approved", "まだ発送していないため"),
    ],
)
async def test_where_nothing_is_to_be_reported_it_is_said_why(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], *, name: str, words: str
) -> None:
    customer = await started(talk, "rental_loss_report", numbers[name], "なくしました")
    assert customer.last.kind is Kind.RESULT
    assert words in customer.text
    assert numbers[name] in customer.text
    assert "問い合わせる・担当者と話す" in customer.titles
    assert await changes_of(database, numbers[name]) == 0


@pytest.mark.parametrize("name", ["shipped", "return-requested", "terminated"])
async def test_every_watch_that_is_not_back_can_be_reported(
    talk: OpenTalk, database: AsyncEngine, numbers: Mapping[str, str], name: str
) -> None:
    customer = await started(talk, "rental_loss_report", numbers[name], "なくしました")
    await customer.say(HAPPENED)
    await customer.tap("番号はまだない")
    await customer.tap(LOSS.yes)
    assert customer.text.startswith(LOSS.done)
    assert (await reported(database, numbers[name]))["kind"] == "lost"


async def test_without_the_number_it_becomes_an_urgent_inquiry(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.tap("番号がわからない")
    inquiry = await inquired(context, customer)
    assert "レンタル番号: 不明" in inquiry.summary
    assert "紛失" in inquiry.summary


@pytest.mark.parametrize("words", ["番号がわかりません", "手元にありません"])
async def test_words_do_as_well_as_the_button(talk: OpenTalk, context: Context, words: str) -> None:
    customer = await talk(site="rental")
    await customer.say("時計が盗まれました", ACT)
    await customer.say(words)
    assert "盗難" in (await inquired(context, customer)).summary


async def test_without_the_contact_it_becomes_an_urgent_inquiry_with_the_number(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.say(numbers["in-use"])
    await customer.say("登録した電話番号がわかりません")
    inquiry = await inquired(context, customer)
    assert numbers["in-use"] in inquiry.summary
    assert "確認はできていません" in inquiry.summary
    assert await changes_of(database, numbers["in-use"]) == 0


async def test_after_too_many_wrong_tries_it_becomes_an_urgent_inquiry(
    talk: OpenTalk, context: Context, database: AsyncEngine, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.say(numbers["in-use"])
    for last in range(5):
        await customer.say(f"0901111000{last}")
    assert "確認を止めています" in customer.text
    await inquired(context, customer)
    assert await changes_of(database, numbers["in-use"]) == 0


async def test_an_urgent_inquiry_is_answered_a_day_earlier(
    talk: OpenTalk, context: Context
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.tap("番号がわからない")
    inquiry = await inquired(context, customer)
    assert inquiry.due_on == context.inquiries.due_on(inquiry.created_at.date(), urgent=True)


async def test_a_number_typed_after_all_leads_to_the_report(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.say("えっと")
    assert "うまく読み取れませんでした" in customer.text
    await prove(customer, numbers["in-use"])
    assert "お分かりの範囲で" in customer.text


async def test_another_number_can_be_given_for_a_wrong_one(
    talk: OpenTalk, numbers: Mapping[str, str]
) -> None:
    customer = await talk(site="rental")
    await customer.say("時計をなくしました", ACT)
    await customer.say("R-000999")
    await customer.tap("番号を入れ直す")
    await prove(customer, numbers["in-use"])
    assert numbers["in-use"] in customer.text


async def test_naming_the_loss_again_is_no_question_of_its_own(talk: OpenTalk) -> None:
    customer = await talk(site="rental")
    await customer.say("借りてた時計なくしたかも…", "act_rental_loss_report")
    await customer.say("なくした", "rental_loss_theft")
    assert [reply.act for reply in customer.replies] == ["rental_loss_report"]
    await customer.say("失くした場合の費用はどうなりますか", "rental_loss_theft")
    assert customer.replies[0].text == "utter_rental_loss_theft"
