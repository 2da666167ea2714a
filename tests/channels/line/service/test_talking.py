"""A talk on LINE: every message answered once, in order, for free as long as it can be."""

from __future__ import annotations

import asyncio

import pytest

from tests.channels.line.service.conftest import Shop
from tests.line_platform.content import Content
from tests.line_platform.customer import Customer
from tests.support.engine import rasa_message, says
from tests.support.waiting import until


async def test_a_question_is_answered_with_a_free_reply(shop: Shop, hana: Customer) -> None:
    delivery = await hana.says("送料はいくらですか")
    assert delivery.ok
    [answer] = await hana.receives()
    assert answer.text == "答え: 送料はいくらですか"
    assert (answer.via, answer.counted) == ("reply", False)
    [entry] = await shop.ended()
    assert (entry.state, entry.via, entry.counted) == ("sent", "reply", 0)


async def test_the_same_event_five_times_at_once_is_answered_once(
    shop: Shop, hana: Customer
) -> None:
    with shop.line.holding() as held:
        await hana.says("一回だけ")
    await asyncio.gather(*(shop.line.deliver(*held) for _ in range(5)))
    await hana.receives()
    await shop.line.redeliver(held[0])
    await shop.ended()
    assert await shop.texts(hana) == ["一回だけ", "答え: 一回だけ"]
    assert len(shop.line.sent(hana)) == 1


async def test_reversed_events_are_answered_in_the_order_they_were_written(
    shop: Shop, hana: Customer
) -> None:
    with shop.line.holding() as held:
        for number in range(1, 6):
            await hana.says(f"質問{number}")
            shop.line.clock.advance(0.01)
    await asyncio.gather(*(shop.line.deliver(each) for each in reversed(held)))
    answers = await hana.receives(5)
    assert [answer.text for answer in answers] == [f"答え: 質問{n}" for n in range(1, 6)]


async def test_ten_messages_in_a_second_get_ten_answers_in_order(
    shop: Shop, hana: Customer
) -> None:
    for number in range(10):
        await hana.says(f"質問{number}")
    answers = await hana.receives(10)
    assert [answer.text for answer in answers] == [f"答え: 質問{n}" for n in range(10)]
    assert {answer.via for answer in answers} == {"reply"}


async def test_customers_do_not_wait_for_each_other(shop: Shop, hana: Customer) -> None:
    ichiro = shop.line.user("鈴木 一郎")
    shop.service.engine.will(shop.service.engine.hangs)
    await hana.says("遅い質問")
    await shop.service.engine.was_asked(1)
    await ichiro.says("速い質問")
    [answer] = await ichiro.receives()
    assert answer.text == "答え: 速い質問"
    shop.service.engine.go_on.set()
    [answer] = await hana.receives()
    assert answer.text == "答え: 遅い質問"


async def test_while_the_bot_thinks_the_customer_sees_it(shop: Shop, hana: Customer) -> None:
    shop.service.engine.will(shop.service.engine.hangs)
    await hana.says("遅い質問")
    await shop.line.called("loading")
    assert hana.sees_loading
    shop.service.engine.go_on.set()
    await hana.receives()
    assert not hana.sees_loading


async def test_a_choice_is_tapped_and_stays_readable(shop: Shop, hana: Customer) -> None:
    button = {"title": "配送先の変更について", "payload": "/store_shipping_address"}
    shop.service.engine.will(says(rasa_message("送料は無料です。", buttons=[button])))
    await hana.says("送料は")
    await hana.receives()
    await hana.taps("配送先の変更について")
    await hana.receives()
    assert shop.service.engine.payloads == [None, "/store_shipping_address"]
    assert "配送先の変更について" in await shop.texts(hana)


async def test_a_choice_of_yesterday_does_nothing_but_say_so(shop: Shop, hana: Customer) -> None:
    button = {"title": "キャンセルする", "payload": "/smalltalk_affirm"}
    shop.service.engine.will(says(rasa_message("よろしいですか", buttons=[button])))
    await hana.says("キャンセルしたい")
    await hana.receives()
    shop.line.clock.advance(25 * 60 * 60)
    await hana.taps("キャンセルする")
    [told] = await hana.receives()
    assert "有効期限" in told.text
    assert shop.service.engine.payloads == [None]


async def test_nobody_taps_another_customer_s_button(shop: Shop, hana: Customer) -> None:
    button = {"title": "はい", "payload": "/smalltalk_affirm"}
    shop.service.engine.will(says(rasa_message("よろしいですか", buttons=[button])))
    await hana.says("キャンセルしたい")
    await hana.receives()
    action = hana.find("はい").action
    ichiro = shop.line.user("鈴木 一郎")
    await ichiro.does(action)
    [told] = await ichiro.receives()
    assert "有効期限" in told.text
    assert shop.service.engine.payloads == [None]


async def test_who_adds_the_account_is_greeted(shop: Shop, hana: Customer) -> None:
    await hana.follows()
    [greeting] = await hana.receives()
    assert "友だち追加ありがとうございます" in greeting.text
    assert "注文の状況" in " ".join(greeting.labels)
    assert not greeting.counted


@pytest.mark.parametrize("what", ["sticker", "image", "video", "audio", "file", "location"])
async def test_what_is_no_text_is_answered_sensibly_and_never_asked_of_the_engine(
    shop: Shop, hana: Customer, what: str
) -> None:
    match what:
        case "sticker":
            await hana.sends_sticker(keywords=("ありがとう",))
        case "image":
            await hana.sends_image()
        case "video":
            await hana.sends_video()
        case "audio":
            await hana.sends_audio()
        case "file":
            await hana.sends_file("請求書.pdf", Content())
        case _:
            await hana.sends_location("銀座", "東京都中央区銀座1-1", 35.6, 139.7)
    [answer] = await hana.receives()
    assert "受け取りました" in answer.text or "スタンプ" in answer.text
    assert answer.labels
    assert shop.service.engine.asked == []
    assert (await shop.texts(hana))[0].startswith("（")


async def test_an_unknown_event_is_recorded_and_nothing_is_said(shop: Shop, hana: Customer) -> None:
    odd = shop.line.platform.events.event("somethingNew", hana.user.source)
    assert (await shop.line.deliver(odd)).ok
    await shop.worked_on()
    assert shop.line.sent(hana) == []


async def test_in_a_group_the_bot_keeps_silent(shop: Shop, hana: Customer) -> None:
    group = shop.line.group("家族", [hana])
    await hana.says("送料は", group=group)
    await shop.worked_on()
    assert shop.line.sent(group) == []


async def test_while_another_system_has_the_chat_nothing_is_sent(
    shop: Shop, hana: Customer
) -> None:
    shop.line.platform.events.standby = True
    await hana.says("担当者さん")
    await shop.worked_on()
    assert await shop.texts(hana) == ["担当者さん"]
    assert shop.line.calls("reply") + shop.line.calls("push") == []


async def test_a_connection_check_is_answered(shop: Shop) -> None:
    assert (await shop.line.check_connection()).ok


async def test_the_customer_s_name_is_learnt(shop: Shop, hana: Customer) -> None:
    await hana.says("こんにちは")
    await hana.receives()

    async def named() -> bool:
        person = await shop.service.parts.messaging.people.find("line", hana.id)
        return person is not None and person.recipient.name == "佐藤 花子"

    await until(named)


async def test_the_month_s_figures_are_read_at_the_start(shop: Shop) -> None:
    await shop.line.called("quota")
    await shop.line.called("consumption")
