"""来店予約: items that stores show, on days on which they are open, at times that are free."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.conversations.store import ConversationStore
from madoguchi.dialogue.context import Context
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.tables import ProductRow, SlotRow, VisitRow
from madoguchi.systems.model import Slot
from tests.actions.conftest import OpenTalk, alter, take_down
from tests.support.skills import Talk, with_customer

VISIT = ("来店を予約したいです", "act_store_visit")
BAG, GINZA = "1002045871", "ALLU銀座店"
YES = "予約する"
# A Thursday, and what the demo shop's Ginza store takes on it.
THURSDAY = date(2026, 12, 3)
TIMES = ["11:00〜12:00", "13:00〜14:00", "15:00〜16:00", "17:00〜18:00"]


async def booked(database: AsyncEngine, item: str = BAG) -> Sequence[VisitRow]:
    """Return the visits for an item for which the demo shop has none."""
    async with AsyncSession(database) as session:
        found = await session.scalars(select(VisitRow).where(VisitRow.product_number == item))
        return found.all()


async def take(context: Context, store: str, day: date, time: str) -> None:
    """Have somebody else book a time."""
    await context.systems.stores.book_visit(
        "1003012938",
        store,
        Slot(day, time),
        name="伊藤",
        contact="ito@example.jp",
        member_id=None,
        key="somebody else's key",
    )


async def at_the_store(talk: OpenTalk, item: str = BAG, **customer: str) -> Talk:
    """Return a talk in which the item is named and the store is asked for."""
    visitor = await talk(site="store", **customer)
    await visitor.say(*VISIT)
    await visitor.say(item)
    return visitor


async def about_to_book(talk: OpenTalk, store: str = GINZA, time: str = "13:00〜14:00") -> Talk:
    """Return a guest's talk that waits for the last yes."""
    visitor = await at_the_store(talk)
    await visitor.tap(store)
    await visitor.tap("12月3日(木)")
    await visitor.tap(time)
    await visitor.say("山田 太郎")
    await visitor.say("０９０ー１１１１ー２２２２")
    assert "来店を予約します。よろしいですか？" in visitor.text
    return visitor


async def test_a_guest_books_with_name_and_contact(talk: OpenTalk, database: AsyncEngine) -> None:
    visitor = await about_to_book(talk)
    for said in ("12月3日(木) 13:00〜14:00", GINZA, BAG, "山田 太郎", "09011112222"):
        assert said in visitor.text
    assert await booked(database) == []
    await visitor.tap(YES)
    assert visitor.last.kind is Kind.RESULT
    assert "予約番号は V-" in visitor.text
    assert "12月3日(木) 13:00〜14:00" in visitor.text
    [visit] = await booked(database)
    assert (visit.store, visit.day, visit.time) == (GINZA, THURSDAY, "13:00〜14:00")
    assert (visit.name, visit.contact, visit.member_id) == ("山田 太郎", "09011112222", None)


async def test_a_member_is_asked_for_neither_name_nor_contact(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await at_the_store(talk, member_id="ALLU-1002")
    await visitor.tap("ALLU心斎橋店")
    await visitor.tap("12月3日(木)")
    await visitor.tap("14:00〜15:00")
    assert "会員登録のお名前" in visitor.text
    await visitor.tap(YES)
    [visit] = await booked(database)
    assert visit.member_id == "ALLU-1002"
    assert visit.name
    assert visit.contact


@pytest.mark.parametrize("no", ["予約しない", "いいえ", "やっぱりやめます"])
async def test_a_no_books_nothing(talk: OpenTalk, database: AsyncEngine, no: str) -> None:
    visitor = await about_to_book(talk)
    await visitor.say(no)
    assert "来店の予約はしていません" in visitor.text
    assert await booked(database) == []


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("1002039984", "売り切れています"),
        ("1005000061", "売り切れています"),
        ("1002047725", "店舗ではご覧いただけません"),
        ("1003013057", "ALLU心斎橋 ANNEX店にあり、この店舗へお越しになればご覧いただけます"),
        ("1005000011", "ALLU銀座店にあり"),
    ],
)
async def test_an_item_that_stores_do_not_show_is_not_booked(
    talk: OpenTalk, item: str, words: str
) -> None:
    visitor = await at_the_store(talk, item)
    assert visitor.last.kind is Kind.RESULT
    assert words in visitor.text
    assert item in visitor.text
    assert visitor.titles


@pytest.mark.parametrize("written", ["１００２０４５８７１", "商品番号は1002045871です"])
async def test_the_item_s_number_may_be_written_as_people_write_it(
    talk: OpenTalk, written: str
) -> None:
    visitor = await at_the_store(talk, written)
    assert "「レザー トートバッグ キャメル」を、どの店舗で" in visitor.text


async def test_the_item_that_was_talked_about_needs_no_number(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await talk(site="store", member_id="ALLU-1002")
    await visitor.say(f"{BAG}はどこにありますか", "act_stock_location")
    await visitor.tap("来店を予約する")
    assert "「レザー トートバッグ キャメル」を、どの店舗で" in visitor.text
    await visitor.say("1003012938のほうを銀座で")
    await visitor.say("明日")
    await visitor.say("13時")
    await visitor.tap(YES)
    assert await booked(database) == []
    assert len(await booked(database, "1003012938")) == 1


async def test_an_item_that_stores_do_not_show_is_not_taken_for_the_one_meant(
    talk: OpenTalk,
) -> None:
    visitor = await talk(site="store")
    await visitor.say("1002047725はどこにありますか", "act_stock_location")
    await visitor.say(*VISIT)
    assert "商品番号を教えてください" in visitor.text


async def test_an_unknown_number_is_asked_for_again(talk: OpenTalk) -> None:
    visitor = await at_the_store(talk, "9999999999")
    assert "9999999999 の商品は見つかりませんでした" in visitor.text
    await visitor.say(BAG)
    assert "どの店舗で" in visitor.text


async def test_the_store_that_holds_the_item_is_offered_first(talk: OpenTalk) -> None:
    visitor = await at_the_store(talk, "1003011246")
    assert visitor.titles[0] == "ALLU表参道店"


@pytest.mark.parametrize(
    ("said", "store"),
    [("銀座で", GINZA), ("心斎橋ANNEX", "ALLU心斎橋 ANNEX店"), ("なんぼやがいいです", "なんぼや")],
)
async def test_the_store_may_be_named_in_words(talk: OpenTalk, said: str, store: str) -> None:
    visitor = await at_the_store(talk)
    await visitor.say(said)
    assert f"{store}へ、いつお越しになりますか？" in visitor.text


async def test_only_days_with_free_times_are_offered(talk: OpenTalk) -> None:
    visitor = await at_the_store(talk)
    await visitor.tap("ブランドコンシェル")
    # Wednesdays; this one's time has begun, and the shop is closed on 30 December.
    days = ["12月9日(水)", "12月16日(水)", "12月23日(水)", "1月6日(水)", "1月13日(水)"]
    assert visitor.titles == days


async def test_a_closed_day_is_not_offered_whatever_the_store_s_system_says(
    context: Context, database: AsyncEngine
) -> None:
    knows_no_closures = EmbeddedSystems(database, context.clock)
    store = ConversationStore(database, context.clock)
    systems = replace(context, systems=knows_no_closures)
    visitor = await with_customer(systems, store, site="store").open()
    await visitor.say(f"{BAG}を銀座で見たい", "act_store_visit")
    await visitor.say("12月29日")
    assert "休業日です（年末年始休業）" in visitor.text
    await visitor.say("12月28日")
    assert visitor.titles == [*TIMES, "ほかの日を選ぶ"]


async def test_only_free_times_are_offered(talk: OpenTalk, context: Context) -> None:
    await take(context, "ALLU心斎橋店", THURSDAY, "11:00〜12:00")
    visitor = await at_the_store(talk)
    await visitor.tap("ALLU心斎橋店")
    await visitor.tap("12月3日(木)")
    assert visitor.titles == ["14:00〜15:00", "16:00〜17:00", "ほかの日を選ぶ"]


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("明日", "12月3日(木)"),
        ("来週の水曜でお願いします", "12月9日(水)"),
        ("１２／２０", "12月20日(日)"),
        ("来月9日", "1月9日(土)"),
        ("二十日", "12月20日(日)"),
    ],
)
async def test_the_day_may_be_said_in_words(talk: OpenTalk, said: str, day: str) -> None:
    visitor = await at_the_store(talk)
    await visitor.tap(GINZA)
    await visitor.say(said)
    assert f"{day}のALLU銀座店で予約できる時間" in visitor.text


@pytest.mark.parametrize(
    ("store", "said", "words"),
    [
        (GINZA, "昨日", "12月1日(火)は過ぎています"),
        (GINZA, "2月28日", "まだお受けしていません"),
        (GINZA, "12月31日", "休業日です（年末年始休業）"),
        ("なんぼや", "12月30日", "休業日です（年末年始休業）"),
        ("なんぼや", "土曜日", "平日の指定日のみです"),
        ("なんぼや", "1月11日", "平日の指定日のみです"),
        ("なんぼや", "金曜日", "予約できる時間がありません"),
    ],
)
async def test_a_day_that_is_not_to_be_had_says_why_and_asks_again(
    talk: OpenTalk, *, store: str, said: str, words: str
) -> None:
    visitor = await at_the_store(talk)
    await visitor.tap(store)
    offered = visitor.titles
    await visitor.say(said)
    assert words in visitor.text
    assert visitor.titles == offered
    await visitor.tap(offered[0])
    assert "予約できる時間は、次のとおりです" in visitor.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("13時", "ご来店になる方のお名前"),
        ("午後1時半でお願いします", "ご来店になる方のお名前"),
        ("3時", "ご来店になる方のお名前"),
        ("14時", "12月3日(木)の14:00は、ALLU銀座店ではご予約いただけません"),
        ("ほかの日を選ぶ", "いつお越しになりますか"),
        ("やっぱり20日で", "12月20日(日)のALLU銀座店で予約できる時間"),
        ("昨日がいい", "12月1日(火)は過ぎています"),
        ("なるべく静かなとき", "うまく読み取れませんでした"),
    ],
)
async def test_the_time_may_be_said_in_words_and_the_day_changed(
    talk: OpenTalk, said: str, words: str
) -> None:
    visitor = await at_the_store(talk)
    await visitor.tap(GINZA)
    await visitor.tap("12月3日(木)")
    assert visitor.titles == [*TIMES, "ほかの日を選ぶ"]
    await visitor.say(said)
    assert words in visitor.text


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("1002045871を土曜の1時に銀座で見たい", "ご来店になる方のお名前"),
        ("1002045871を土曜の2時に銀座で見たい", "12月5日(土)の14:00は"),
        ("1002045871を銀座で見たい", "いつお越しになりますか"),
        ("1002045871を12月31日に銀座で見たい", "年末年始休業"),
        ("土曜の1時に銀座で見たい", "商品番号を教えてください"),
    ],
)
async def test_what_is_said_at_once_is_not_asked_for(talk: OpenTalk, said: str, words: str) -> None:
    visitor = await talk(site="store")
    await visitor.say(said, "act_store_visit")
    assert words in visitor.text


async def test_what_was_said_at_first_is_still_known_after_the_number(talk: OpenTalk) -> None:
    visitor = await talk(site="store", member_id="ALLU-1002")
    await visitor.say("土曜の1時に銀座で見たい", "act_store_visit")
    await visitor.say(BAG)
    assert "日時: 12月5日(土) 13:00〜14:00" in visitor.text
    assert "店舗: ALLU銀座店" in visitor.text


async def test_a_store_without_any_free_time_leads_to_another(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    async with AsyncSession(database) as session, session.begin():
        for row in await session.scalars(select(SlotRow).where(SlotRow.store == GINZA)):
            await session.delete(row)
    visitor = await at_the_store(talk)
    await visitor.tap(GINZA)
    assert "ALLU銀座店で予約できる日時がいまはありません" in visitor.text
    await visitor.tap("ALLU表参道店")
    assert "ALLU表参道店へ、いつ" in visitor.text


@pytest.mark.parametrize("when", ["before the yes", "before the question"])
async def test_a_time_that_is_taken_meanwhile_leads_to_the_others_of_the_day(
    talk: OpenTalk, context: Context, database: AsyncEngine, when: str
) -> None:
    store, time = "ALLU心斎橋店", "14:00〜15:00"
    visitor = await at_the_store(talk)
    await visitor.tap(store)
    await visitor.tap("12月3日(木)")
    await visitor.tap(time)
    await visitor.say("山田")
    if when == "before the question":
        await take(context, store, THURSDAY, time)
        await visitor.say("yamada@example.jp")
    else:
        await visitor.say("yamada@example.jp")
        await take(context, store, THURSDAY, time)
        await visitor.tap(YES)
    assert "先にほかのご予約が入りました" in visitor.text
    assert visitor.titles == ["11:00〜12:00", "16:00〜17:00", "ほかの日を選ぶ"]
    await visitor.tap("16:00〜17:00")
    await visitor.tap(YES)
    [visit] = await booked(database)
    assert (visit.time, visit.name, visit.contact) == ("16:00〜17:00", "山田", "yamada@example.jp")


async def test_a_day_that_fills_up_meanwhile_leads_to_other_days(
    talk: OpenTalk, context: Context, database: AsyncEngine
) -> None:
    store = "ブランドコンシェル"
    visitor = await at_the_store(talk, member_id="ALLU-1002")
    await visitor.tap(store)
    await visitor.tap("12月9日(水)")
    await visitor.tap("13:00〜14:00")
    await take(context, store, date(2026, 12, 9), "13:00〜14:00")
    await visitor.tap(YES)
    assert "12月9日(水) 13:00〜14:00は先にほかのご予約が入りました" in visitor.text
    assert visitor.titles[0] == "12月16日(水)"
    await visitor.tap("12月16日(水)")
    await visitor.tap("13:00〜14:00")
    await visitor.tap(YES)
    assert [visit.day for visit in await booked(database)] == [date(2026, 12, 16)]


async def test_an_item_that_is_sold_meanwhile_is_not_booked(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await about_to_book(talk)
    await alter(database, ProductRow, BAG, location=None)
    await visitor.tap(YES)
    assert "売り切れています" in visitor.text
    assert await booked(database) == []


async def test_a_yes_that_is_worked_on_twice_books_once_and_says_so_both_times(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await about_to_book(talk, "ALLU心斎橋店", "11:00〜12:00")
    inbound, _ = await visitor.store.receive(visitor.id, "yes", text="はい")
    first = await visitor.work(inbound, "smalltalk_affirm")
    second = await visitor.work(inbound, "smalltalk_affirm")
    assert "予約番号は V-" in first[-1].text
    assert first[-1].text == second[-1].text
    assert len(await booked(database)) == 1


async def test_a_yes_that_is_worked_on_by_two_at_once_books_once(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await about_to_book(talk, "ALLU心斎橋店", "11:00〜12:00")
    inbound, _ = await visitor.store.receive(visitor.id, "yes", text="はい")
    works = (visitor.work(inbound, "smalltalk_affirm") for _ in range(2))
    for said in await asyncio.gather(*works):
        assert "予約番号は V-" in said[-1].text
    assert len(await booked(database)) == 1


async def test_a_button_that_is_tapped_twice_books_once(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await about_to_book(talk)
    question = visitor.last
    await visitor.tap(YES)
    await visitor.tap(YES, question)
    assert "すでに終わっています" in visitor.text
    assert len(await booked(database)) == 1


@pytest.mark.parametrize("stop", ["at the store", "at the yes"])
async def test_another_question_is_answered_and_the_dialogue_goes_on(
    talk: OpenTalk, stop: str
) -> None:
    visitor = await (at_the_store(talk) if stop == "at the store" else about_to_book(talk))
    waiting = visitor.titles
    await visitor.say("送料はいくらですか", "store_shipping_fee")
    answer, again = visitor.replies
    assert answer.text == "utter_store_shipping_fee"
    assert "続きです" in again.text
    assert visitor.titles == waiting


async def test_a_question_is_not_taken_for_a_name(talk: OpenTalk) -> None:
    visitor = await at_the_store(talk)
    await visitor.say("銀座")
    await visitor.say("明日")
    await visitor.say("13時")
    await visitor.say("会員登録は必要ですか", "store_member_required")
    assert visitor.replies[0].text == "utter_store_member_required"
    assert "お名前を教えてください" in visitor.last.text


async def test_the_customer_can_leave_in_the_middle(talk: OpenTalk) -> None:
    visitor = await at_the_store(talk)
    await visitor.say("やっぱりいいです")
    assert "ここで終えました" in visitor.text


async def test_a_person_can_be_asked_for_in_the_middle(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    visitor = await about_to_book(talk)
    await visitor.say("担当者と話したい", "smalltalk_human")
    assert visitor.last.kind is Kind.HANDOFF
    await visitor.say("はい", "smalltalk_affirm")
    assert await booked(database) == []


async def test_when_the_system_is_down_that_is_said(talk: OpenTalk, database: AsyncEngine) -> None:
    visitor = await about_to_book(talk)
    await take_down(database, "shop_visits")
    await visitor.tap(YES)
    assert visitor.last.kind is Kind.FALLBACK
    assert "完了したかどうかを確認できませんでした" in visitor.text


async def test_what_is_said_before_it_is_asked_for_is_kept_and_the_question_comes_again(
    talk: OpenTalk,
) -> None:
    customer = await talk(site="store")
    await customer.say("商品番号1003011246を見に行きたいです", "act_store_visit")
    await customer.say("土曜の3時", "store_delivery_time_slots")
    [again] = customer.replies
    assert again.text.endswith("どの店舗でご覧になりますか？")
    await customer.tap("ALLU銀座店")
    assert customer.text == "ご来店になる方のお名前を教えてください。"
