"""商品の在庫場所: any item by its number, for anybody, with how it can be seen."""

from __future__ import annotations

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Kind
from madoguchi.systems.embedded.tables import ProductRow
from tests.actions.conftest import OpenTalk, alter, take_down
from tests.support.skills import Talk

WHERE = ("この商品はどこの店にありますか", "act_stock_location")
AT_GINZA = "1002046310"
IN_WAREHOUSE = "1002045871"
ONLINE_ONLY = "1002047725"
SOLD = "1002039984"
ONLY_THERE = "1003013057"


async def asked(talk: OpenTalk) -> Talk:
    """Return a talk in which the number was asked for."""
    customer = await talk(site="store")
    await customer.say(*WHERE)
    assert customer.last.kind is Kind.ASK
    return customer


@pytest.mark.parametrize(
    "written",
    [
        AT_GINZA,
        f"商品番号{AT_GINZA}です",
        "１００２０４６３１０",
        "1002-046-310",
        "１００２ ０４６ ３１０ です",
        "一〇〇二〇四六三一〇",
        f"商品番号：{AT_GINZA}（バッグ）",
    ],
)
@pytest.mark.parametrize("when", ["unasked", "asked"])
async def test_a_number_is_read_however_it_is_written(
    talk: OpenTalk, written: str, when: str
) -> None:
    customer = await (talk(site="store") if when == "unasked" else asked(talk))
    await customer.say(f"{written}", WHERE[1] if when == "unasked" else "nlu_fallback")
    assert customer.last.kind is Kind.RESULT
    assert AT_GINZA in customer.text
    assert "ALLU銀座店にあります" in customer.text


@pytest.mark.parametrize(
    ("number", "words", "way"),
    [
        (IN_WAREHOUSE, "は、倉庫にあります。\n来店を予約していただくと", "来店を予約する"),
        (AT_GINZA, "は、ALLU銀座店にあります。\n来店を予約していただくと", "来店を予約する"),
        (ONLINE_ONLY, "は倉庫にあり、店舗ではご覧いただけません。", "商品の状態を確認したい"),
        (
            ONLY_THERE,
            "はALLU心斎橋 ANNEX店にあり、この店舗でご覧いただけます。",
            "問い合わせる・担当者と話す",
        ),
        (SOLD, "は売り切れています。", "入荷のお知らせを登録する"),
    ],
)
async def test_it_says_where_the_item_is_and_how_it_can_be_seen(
    talk: OpenTalk, number: str, words: str, way: str
) -> None:
    customer = await talk(site="store")
    await customer.say(f"{number}はどこにありますか", "act_stock_location")
    assert f"（商品番号 {number}）{words}" in customer.text
    assert customer.titles[0] == way
    assert "商品の在庫場所を調べる" in customer.titles
    assert customer.last.card is not None
    assert customer.last.topic == "store/product_location"


async def test_what_is_sold_leads_to_a_notice_for_the_like(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    await customer.say(f"{SOLD}はどこにありますか", "act_stock_location")
    await customer.tap("入荷のお知らせを登録する")
    assert customer.last.kind is Kind.ASK
    await customer.tap("「ハンドバッグ 30 ゴールド金具」と同じような商品")
    await customer.say("hanako@example.jp")
    assert f"「ハンドバッグ 30 ゴールド金具」と同じような商品（{SOLD}）" in customer.text


async def test_several_items_are_told_in_one_message(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    await customer.say(
        f"{AT_GINZA}と{ONLINE_ONLY}と{SOLD}、{ONLY_THERE}と9999999999はどこですか",
        "act_stock_location",
    )
    [reply] = customer.replies
    lines = reply.text.splitlines()
    assert lines[0] == "お調べした5点の在庫の場所は、次のとおりです。"
    for line, words in zip(
        lines[1:],
        [
            f"（{AT_GINZA}）: ALLU銀座店。来店を予約して",
            f"（{ONLINE_ONLY}）: 倉庫在庫。店舗ではご覧いただけません。",
            f"（{SOLD}）: 売り切れています。",
            f"（{ONLY_THERE}）: ALLU心斎橋 ANNEX店。この店舗でだけ",
            "・商品番号 9999999999: 見つかりませんでした。",
        ],
        strict=True,
    ):
        assert words in line
    assert customer.titles[:2] == ["来店を予約する", "入荷のお知らせを登録する"]


async def test_of_more_items_than_fit_the_first_ten_are_told(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    numbers = [AT_GINZA, *(str(4_000_000_000 + each) for each in range(11))]
    await customer.say("、".join(numbers), "act_stock_location")
    assert "お調べした10点" in customer.text
    assert customer.text.endswith("・ほかの2点は、続けて番号をお書きください。")
    assert numbers[9] in customer.text
    assert numbers[10] not in customer.text


@pytest.mark.parametrize("when", ["unasked", "asked"])
async def test_an_unknown_number_is_said_to_be_unknown_and_asked_again(
    talk: OpenTalk, when: str
) -> None:
    customer = await (talk(site="store") if when == "unasked" else asked(talk))
    await customer.say("9999999999の場所", WHERE[1] if when == "unasked" else "nlu_fallback")
    assert customer.text.startswith("商品番号 9999999999 の商品は見つかりませんでした。")
    assert "商品ページに書かれている" in customer.text
    assert customer.last.kind is Kind.ASK
    await customer.say(AT_GINZA)
    assert "ALLU銀座店にあります" in customer.text


@pytest.mark.parametrize("written", ["8801234", "品番AB-45120です", "20045678はどこ"])
async def test_a_number_of_another_length_is_told_how_long_it_has_to_be(
    talk: OpenTalk, written: str
) -> None:
    customer = await talk(site="store")
    for intent in ("act_stock_location", "nlu_fallback"):
        await customer.say(written, intent)
        assert customer.text.startswith("商品番号は10桁の数字です。")
        assert customer.last.kind is Kind.ASK


async def test_who_does_not_know_the_number_hears_where_it_stands(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("番号がわかりません")
    assert customer.text.startswith("商品番号は、商品ページに書かれている10桁の数字です。")
    assert customer.last.kind is Kind.ASK


async def test_a_price_is_no_number_of_an_item(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    await customer.say("58000円の財布はどこですか", "act_stock_location")
    assert customer.text.startswith("お調べします。")


@pytest.mark.parametrize("customer", [{}, {"site": "rental"}, {"member_id": "ALLU-1001"}])
async def test_anybody_may_ask(talk: OpenTalk, customer: dict[str, str]) -> None:
    visitor = await talk(**customer)
    await visitor.say(f"{AT_GINZA}はどこ", "act_stock_location")
    assert "ALLU銀座店にあります" in visitor.text


async def test_each_message_meets_fresh_facts(talk: OpenTalk, database: AsyncEngine) -> None:
    customer = await asked(talk)
    await alter(database, ProductRow, AT_GINZA, location=None)
    await customer.say(AT_GINZA)
    assert "売り切れています" in customer.text


async def test_leaving_ends_it(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("やめます")
    assert customer.text.startswith("承知しました。")
    await customer.say(AT_GINZA)
    assert "にあります" not in customer.text


async def test_another_question_is_answered_and_the_number_asked_again(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("店舗で見られますか", "store_see_in_store")
    answer, again = customer.replies
    assert answer.text == "utter_store_see_in_store"
    assert again.text.startswith("では、「商品の在庫場所を調べる」の続きです。")
    await customer.say(AT_GINZA)
    assert "ALLU銀座店にあります" in customer.text


async def test_a_person_can_be_asked_for(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("担当者と話したい", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF


async def test_when_the_system_is_down_that_is_said(talk: OpenTalk, database: AsyncEngine) -> None:
    customer = await asked(talk)
    await take_down(database, "shop_products")
    await customer.say(AT_GINZA)
    assert customer.last.kind is Kind.FALLBACK
    assert "お調べできませんでした" in customer.text
