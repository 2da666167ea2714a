"""入荷のお知らせ: the customer's own words, shown back, registered once."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Kind
from madoguchi.dialogue.context import Context
from madoguchi.systems.embedded.tables import RestockRow
from tests.actions.conftest import OpenTalk, each_way_of_a_yes_twice, say_yes_twice, take_down
from tests.support.skills import Talk

REGISTER = ("入荷したら教えてほしい", "act_restock_request")
WISH, EMAIL = "ケリー28の黒、金の金具", "hanako@example.jp"
YES = "登録する"
SOLD, ON_SALE = "1002039984", "1002045871"


async def registered(database: AsyncEngine) -> list[tuple[str, str]]:
    """Return what is registered: wishes and addresses."""
    async with AsyncSession(database) as session:
        rows = await session.scalars(select(RestockRow).order_by(RestockRow.id))
        return [(row.wish, row.email) for row in rows]


async def asked(talk: OpenTalk) -> Talk:
    """Return a talk in which the wish was asked for."""
    customer = await talk(site="store")
    await customer.say(*REGISTER)
    assert customer.text.startswith("お探しの商品を教えてください。")
    return customer


async def about_to_register(talk: OpenTalk) -> Talk:
    """Return a talk in which the wish is shown back."""
    customer = await asked(talk)
    await customer.say(WISH)
    await customer.say(EMAIL)
    assert customer.last.kind is Kind.ASK
    return customer


@pytest.mark.parametrize("site", ["store", "rental", None])
async def test_a_wish_is_asked_for_shown_back_and_registered(
    talk: OpenTalk, database: AsyncEngine, site: str | None
) -> None:
    customer = await talk(site=site)
    await customer.say(*REGISTER)
    await customer.say(WISH)
    assert "メールアドレスを教えて" in customer.text
    await customer.say(f"{EMAIL}にお願いします")
    assert f"ご希望: {WISH}\nお知らせ先: {EMAIL}\n" in customer.text
    assert await registered(database) == []
    await customer.tap(YES)
    assert customer.last.kind is Kind.RESULT
    assert "登録番号は W-000001 です。" in customer.text
    assert await registered(database) == [(WISH, EMAIL)]


@pytest.mark.parametrize("step", ["confirmation", "result"])
async def test_it_never_promises_that_the_item_comes(talk: OpenTalk, step: str) -> None:
    customer = await about_to_register(talk)
    if step == "result":
        await customer.tap(YES)
    assert (
        "ご希望に添えない場合もあります" in customer.text
        or "お約束することはできません" in customer.text
    )


@pytest.mark.parametrize(
    "said",
    [
        "ロエベのパズルバッグ、水色が入ったら教えてください",
        "入荷通知 バーキン30",
        "IWCの革ベルトの時計を待っています",
        "ﾀﾝｸﾌﾗﾝｾｰｽﾞが出たらメールください",
    ],
)
async def test_who_names_the_item_at_once_is_not_asked_for_it(talk: OpenTalk, said: str) -> None:
    customer = await talk(site="store")
    await customer.say(said, "act_restock_request")
    assert "メールアドレスを教えて" in customer.text
    await customer.say(EMAIL)
    assert f"ご希望: {said}\n" in customer.text


@pytest.mark.parametrize(
    "said",
    [
        "ONEGAI ALLUへの登録をお願いします",
        "入荷のお知らせを登録する",
        "SOLDOUTの商品、入ったらメールください",
        "ﾆｭｳｶ ﾂｳﾁ ﾄｳﾛｸ",
        "このカートのバッグ、リストに登録して",
    ],
)
async def test_who_names_no_item_is_asked_for_it(talk: OpenTalk, said: str) -> None:
    customer = await talk(site="store")
    await customer.say(said, "act_restock_request")
    assert customer.text.startswith("お探しの商品を教えてください。")


async def test_who_says_all_at_once_only_confirms(talk: OpenTalk, database: AsyncEngine) -> None:
    customer = await talk(site="store")
    said = f"ケリー28が入荷したら {EMAIL} に知らせてください"
    await customer.say(said, "act_restock_request")
    await customer.tap(YES)
    assert await registered(database) == [(said, EMAIL)]


async def test_a_number_alone_stands_for_what_is_like_it(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await asked(talk)
    await customer.say(f"商品番号 {SOLD}です")
    await customer.say(EMAIL)
    await customer.tap(YES)
    wish = f"「ハンドバッグ 30 ゴールド金具」と同じような商品（{SOLD}）"
    assert await registered(database) == [(wish, EMAIL)]


async def test_the_number_of_an_unknown_item_is_the_customers_own_word(talk: OpenTalk) -> None:
    customer = await talk(site="store")
    await customer.say("9999999999の再入荷通知", "act_restock_request")
    await customer.say(EMAIL)
    assert "ご希望: 9999999999\n" in customer.text


@pytest.mark.parametrize("when", ["unasked", "asked"])
async def test_an_item_that_is_on_sale_needs_no_notice(
    talk: OpenTalk, database: AsyncEngine, when: str
) -> None:
    customer = await (talk(site="store") if when == "unasked" else asked(talk))
    await customer.say(ON_SALE, REGISTER[1] if when == "unasked" else "nlu_fallback")
    assert "売り切れていません" in customer.text
    assert customer.last.kind is Kind.RESULT
    assert "商品の在庫場所を調べる" in customer.titles
    assert await registered(database) == []


@pytest.mark.parametrize("no", ["登録しない", "いいえ", "やっぱりやめます"])
async def test_a_no_registers_nothing(talk: OpenTalk, database: AsyncEngine, no: str) -> None:
    customer = await about_to_register(talk)
    await customer.say(no, "smalltalk_deny" if no == "いいえ" else "nlu_fallback")
    assert "登録していません" in customer.text
    assert await registered(database) == []


async def test_the_wish_can_be_put_right_before_it_is_registered(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await about_to_register(talk)
    await customer.tap("ご希望を書き直す")
    await customer.say("やはりケリー25がいいです")
    assert f"ご希望: やはりケリー25がいいです\nお知らせ先: {EMAIL}" in customer.text
    await customer.tap(YES)
    assert await registered(database) == [("やはりケリー25がいいです", EMAIL)]


async def test_the_address_can_be_put_right_before_it_is_registered(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await about_to_register(talk)
    await customer.say("メールアドレスを直す")
    await customer.say("taro@example.jp")
    await customer.tap(YES)
    assert await registered(database) == [(WISH, "taro@example.jp")]


async def test_a_yes_to_the_old_wish_is_no_yes_to_the_new_one(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await about_to_register(talk)
    shown = customer.last
    await customer.tap("ご希望を書き直す")
    await customer.say("ケリー25")
    await customer.tap(YES, shown)
    assert customer.text.startswith("その選択肢は、前のご質問のものです。")
    assert await registered(database) == []
    await customer.tap(YES)
    assert await registered(database) == [("ケリー25", EMAIL)]


async def test_a_telephone_number_is_no_address(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say(WISH)
    await customer.say("090-1234-5678")
    assert customer.text.startswith("入荷のお知らせは、メールだけでお送りしています。")
    await customer.say("メールは分かりません")
    assert customer.text.startswith("メールアドレスは「")
    await customer.say(EMAIL)
    assert f"お知らせ先: {EMAIL}" in customer.text


async def test_who_does_not_know_more_hears_that_little_is_enough(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("型番がわかりません")
    assert customer.text.startswith("お分かりのことだけで構いません。")
    await customer.say("型番はわからないけどケリーの黒")
    assert "メールアドレスを教えて" in customer.text


async def test_a_wish_may_have_the_form_of_a_question(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("エブリンの青を探していただけますか", "act_restock_request")
    assert "メールアドレスを教えて" in customer.text


async def test_another_question_is_no_wish(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("送料はいくらですか？", "store_shipping_fee")
    answer, again = customer.replies
    assert answer.text == "utter_store_shipping_fee"
    assert again.text.startswith("では、「入荷のお知らせを登録する」の続きです。")


async def test_another_matter_is_no_wish(talk: OpenTalk) -> None:
    customer = await asked(talk)
    await customer.say("注文をキャンセルしたい", "act_order_cancel")
    assert customer.last.act == "order_cancel"


async def test_a_wish_fits_in_one_line_and_is_not_endless(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await asked(talk)
    await customer.say("ケリー\n28\t黒" + "あ" * 600)
    await customer.say(EMAIL)
    await customer.tap(YES)
    [(wish, _)] = await registered(database)
    assert wish.startswith("ケリー 28 黒あ")
    assert len(wish) <= 500


@each_way_of_a_yes_twice
async def test_it_is_registered_once(talk: OpenTalk, database: AsyncEngine, how: str) -> None:
    customer = await about_to_register(talk)
    await say_yes_twice(customer, how, YES)
    assert await registered(database) == [(WISH, EMAIL)]


@pytest.mark.parametrize(
    "said",
    [
        "登録済みの入荷希望の内容を、黒から青へ修正していただけますか。",
        "前に入れた希望を取り下げてください",
        "入荷のお知らせの登録を解除したい",
    ],
)
async def test_a_change_of_an_earlier_wish_goes_to_a_person(
    talk: OpenTalk, context: Context, database: AsyncEngine, said: str
) -> None:
    customer = await talk(site="store")
    await customer.say(said, "act_restock_request")
    await customer.tap("担当者に送る")
    await customer.tap("このチャットで受け取る")
    assert said in customer.text
    await customer.tap("この内容で送る")
    assert customer.last.kind is Kind.HANDOFF
    [inquiry] = await context.inquiries.of_customer(customer.id, None)
    assert inquiry.topic == "product"
    assert said in inquiry.summary
    assert await registered(database) == []


async def test_what_sounds_like_a_change_may_be_a_new_wish(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await talk(site="store")
    await customer.say("前の希望は取り下げて、ロエベの水色を登録して", "act_restock_request")
    await customer.tap("新しく登録する")
    await customer.say(EMAIL)
    await customer.tap(YES)
    assert len(await registered(database)) == 1


@pytest.mark.parametrize("step", ["wish", "email", "change"])
async def test_leaving_in_the_middle_registers_nothing(
    talk: OpenTalk, database: AsyncEngine, step: str
) -> None:
    customer = await asked(talk)
    if step == "email":
        await customer.say(WISH)
    if step == "change":
        await customer.say("やめる")
        await customer.say("お知らせの登録を解除したい", "act_restock_request")
    await customer.say("やめる")
    assert "ここで終えました" in customer.text
    await customer.say(EMAIL)
    assert await registered(database) == []


async def test_a_person_can_be_asked_for(talk: OpenTalk, database: AsyncEngine) -> None:
    customer = await about_to_register(talk)
    await customer.say("担当者と話したい", "smalltalk_human")
    assert customer.last.kind is Kind.HANDOFF
    await customer.say("はい", "smalltalk_affirm")
    assert await registered(database) == []


async def test_when_the_system_is_down_it_does_not_say_that_all_is_well(
    talk: OpenTalk, database: AsyncEngine
) -> None:
    customer = await about_to_register(talk)
    await take_down(database, "shop_restock_requests")
    await customer.tap(YES)
    assert customer.last.kind is Kind.FALLBACK
    assert "確認できませんでした" in customer.text
