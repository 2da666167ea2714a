"""Webhooks: signed, complete, and on their way as a test wants them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json

import pytest

from tests.line_platform import ids
from tests.line_platform.content import Content
from tests.line_platform.courier import Signing
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.tests.bot import TinyBot


async def test_a_webhook_is_signed_over_its_very_bytes(line: FakeLine, hana: Customer) -> None:
    delivery = await hana.says("「送料」っていくら？\n😀")
    expected = hmac.new(line.channel.secret.encode(), delivery.body, hashlib.sha256).digest()
    assert delivery.signature == base64.b64encode(expected).decode()
    assert delivery.ok


async def test_a_webhook_names_the_bot_and_is_json(hana: Customer, bot: TinyBot) -> None:
    await hana.says("こんにちは")
    [webhook], [headers] = bot.webhooks, bot.headers
    assert ids.USER_ID.fullmatch(webhook["destination"])
    assert headers["content-type"] == "application/json; charset=utf-8"


async def test_every_event_says_what_line_promises(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    await hana.says("こんにちは")
    [event] = bot.events
    assert event["type"] == "message"
    assert event["timestamp"] == line.clock.milliseconds()
    assert event["source"] == {"type": "user", "userId": hana.id}
    assert event["mode"] == "active"
    assert ids.ULID.fullmatch(event["webhookEventId"])
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert event["replyToken"]


async def test_ulids_tell_the_time_and_differ(line: FakeLine) -> None:
    first, second = ids.ulid(1_700_000_000_000), ids.ulid(1_700_000_000_000)
    assert first != second
    assert first[:10] == second[:10] == "01HF7YAT00"
    assert ids.ulid(1_700_000_000_001) > max(first, second)


async def test_a_text_can_be_quoted_and_can_quote(hana: Customer, bot: TinyBot) -> None:
    first = await hana.says("これはいくらですか")
    await hana.says("こちらです", quoting=first.message_id)
    asked, quoting = (event["message"] for event in bot.events)
    assert asked["quoteToken"]
    assert asked["markAsReadToken"]
    assert "quotedMessageId" not in asked
    assert quoting["quotedMessageId"] == asked["id"]


async def test_stickers_places_and_media_are_as_line_writes_them(
    hana: Customer, bot: TinyBot
) -> None:
    await hana.sends_sticker("11537", "52002738", ("hello", "wave"))
    await hana.sends_location("東京駅", "東京都千代田区", 35.5, 139.5)
    await hana.sends_image()
    await hana.sends_video(duration=1500)
    await hana.sends_audio(duration=2500)
    await hana.sends_file("見積.pdf", Content(b"%PDF", "application/pdf", "file"))
    sticker, place, image, video, audio, file = (event["message"] for event in bot.events)
    assert (sticker["packageId"], sticker["stickerId"]) == ("11537", "52002738")
    assert sticker["keywords"] == ["hello", "wave"]
    assert (place["latitude"], place["longitude"]) == (35.5, 139.5)
    assert image["contentProvider"] == {"type": "line"}
    assert "duration" not in image
    assert (video["duration"], audio["duration"]) == (1500, 2500)
    assert "quoteToken" in video
    assert "quoteToken" not in audio
    assert (file["fileName"], file["fileSize"]) == ("見積.pdf", 4)


async def test_blocking_and_coming_back_are_told(hana: Customer, bot: TinyBot) -> None:
    await hana.follows()
    await hana.blocks()
    await hana.unblocks()
    followed, unfollowed, unblocked = bot.events
    assert followed["follow"] == {"isUnblocked": False}
    assert unfollowed["type"] == "unfollow"
    assert "replyToken" not in unfollowed
    assert unblocked["follow"] == {"isUnblocked": True}
    assert unblocked["replyToken"]


async def test_a_message_taken_back_is_told_by_its_id(hana: Customer, bot: TinyBot) -> None:
    written = await hana.says("電話番号は090…")
    await hana.unsends(written)
    _, unsend = bot.events
    assert unsend["unsend"] == {"messageId": written.message_id}
    assert "replyToken" not in unsend
    [bubble] = hana.chat
    assert bubble.unsent


async def test_a_group_is_the_source_of_what_is_said_in_it(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    group = line.group("家族", [hana])
    room = line.group("R" + "0" * 32, [hana])
    await line.deliver(line.platform.events.join(group.source()))
    await hana.says("@お店 送料は？", group=group)
    await hana.says("ここでも", group=room)
    joined, said, in_room = bot.events
    assert joined["source"] == {"type": "group", "groupId": group.id}
    assert said["source"] == {"type": "group", "groupId": group.id, "userId": hana.id}
    assert in_room["source"] == {"type": "room", "roomId": room.id, "userId": hana.id}


async def test_on_standby_there_is_no_reply_token(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    line.platform.events.standby = True
    await hana.says("こんにちは")
    [event] = bot.events
    assert event["mode"] == "standby"
    assert "replyToken" not in event


async def test_types_that_line_does_not_have_yet_can_be_sent(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    await line.deliver(line.platform.events.event("stampRally", hana.user.source, stampRally={}))
    await hana.sends({"type": "hologram", "beam": 3})
    await line.deliver(line.platform.events.edited(hana.user.source, "1", "直しました"))
    unknown, hologram, edited = bot.events
    assert unknown["type"] == "stampRally"
    assert hologram["message"]["type"] == "hologram"
    assert edited["type"] == "messageEdited"


@pytest.mark.parametrize("signing", ["wrong", "missing"])
async def test_a_webhook_can_come_from_somebody_else(
    line: FakeLine, hana: Customer, bot: TinyBot, signing: Signing
) -> None:
    line.habits.signing = signing
    delivery = await hana.says("偽物です")
    assert delivery.status == 401
    assert not delivery.ok
    assert (delivery.signature is None) == (signing == "missing")
    assert (bot.refused, bot.webhooks) == (1, [])


async def test_the_connection_is_checked_with_no_events(line: FakeLine, bot: TinyBot) -> None:
    delivery = await line.check_connection()
    assert json.loads(delivery.body)["events"] == []
    assert delivery.ok
    assert bot.webhooks == [{"destination": line.channel.user_id, "events": []}]


async def test_one_webhook_can_carry_several_customers_events(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    ichiro = line.user("鈴木 一郎")
    with line.holding() as held:
        await hana.says("送料は？")
        await ichiro.says("返品は？")
        await ichiro.blocks()
    assert bot.webhooks == []
    await line.deliver(*held)
    [webhook] = bot.webhooks
    assert [event["type"] for event in webhook["events"]] == ["message", "message", "unfollow"]


async def test_webhooks_can_overtake_each_other(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    with line.holding() as held:
        await hana.says("1つ目")
        line.clock.advance(1)
        await hana.says("2つ目")
    for event in reversed(held):
        await line.deliver(event)
    assert bot.texts == ["2つ目", "1つ目"]
    late, early = (event["timestamp"] for event in bot.events)
    assert late - early == 1000


async def test_every_second_webhook_overtakes_while_they_swap(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    line.habits.swaps = True
    for number in "1234":
        await hana.says(number)
    assert bot.texts == ["2", "1", "4", "3"]


async def test_a_webhook_can_be_late(line: FakeLine, hana: Customer, bot: TinyBot) -> None:
    line.habits.delay_seconds = 3600
    saying = asyncio.create_task(hana.says("遅れます"))
    await line.check_connection()
    assert (bot.events, saying.done()) == ([], False)
    line.platform.closing.set()  # what is late is not waited for when the platform stops
    assert (await saying).ok
    assert bot.texts == ["遅れます"]


async def test_a_webhook_can_come_twice_at_once(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    with line.holding() as held:
        await hana.says("1回だけ書きました")
    first, second = await line.deliver_twice(*held)
    assert first.body == second.body
    assert bot.texts == ["1回だけ書きました"] * 2
    line.habits.copies = 2
    await hana.says("もう1回")
    assert bot.texts[2:] == ["もう1回"] * 2


async def test_a_redelivered_webhook_is_the_same_but_for_its_mark(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    delivery = await hana.says("届きましたか")
    line.clock.advance(30)
    await line.redeliver(delivery)
    first, again = bot.events
    assert again["deliveryContext"] == {"isRedelivery": True}
    assert {**again, "deliveryContext": first["deliveryContext"]} == first


async def test_what_the_bot_did_not_take_is_delivered_again(
    line: FakeLine, hana: Customer, bot: TinyBot
) -> None:
    bot.answers = 503
    lost = await hana.says("落ちています")
    assert lost.status == 503
    bot.answers = 200
    await hana.says("直りました")
    await line.redeliver_failed()
    assert bot.texts == ["直りました", "落ちています"]
    assert await line.redeliver_failed() == []


async def test_a_bot_that_is_not_there_is_a_failed_delivery(line: FakeLine, hana: Customer) -> None:
    line.connect("http://127.0.0.1:9/webhook")
    delivery = await hana.says("だれかいますか")
    assert (delivery.ok, delivery.status, delivery.error) == (False, None, "ConnectError")


async def test_a_platform_without_a_bot_says_so() -> None:
    async with FakeLine() as line:
        with pytest.raises(RuntimeError, match="no bot is connected"):
            await line.user("佐藤 花子").says("こんにちは")
