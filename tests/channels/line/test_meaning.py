"""What the service makes of everything that customers do on LINE."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.channels.line.events import raw_events
from madoguchi.channels.line.meaning import Meaning, MenuChoice
from madoguchi.channels.postbacks import Postbacks, command
from madoguchi.conversations.channel import Incident, Incoming, MediaRef, RawEvent
from tests.channels.line.conftest import NOW
from tests.channels.line.test_events import json_values
from tests.line_platform.content import Content
from tests.line_platform.courier import Delivery
from tests.line_platform.customer import Customer
from tests.line_platform.events import Event
from tests.line_platform.fake import FakeLine

POSTBACKS = Postbacks("a secret of the service")
MENU = {"order_status": MenuChoice("注文の状況", "/act_order_status")}
MEANING = Meaning(POSTBACKS, MENU)
HANA = "U" + "a" * 32


def meant(delivery: Delivery) -> Incoming:
    [raw] = raw_events(delivery.body, NOW + timedelta(hours=1))
    incoming = MEANING.understand(raw)
    assert incoming.reply_token == delivery.event.get("replyToken")
    return replace(incoming, reply_token=None)


def understood(kind: str, **content: Any) -> Incoming:
    return MEANING.understand(RawEvent("1", HANA, NOW, {"type": kind, **content}))


def message(**content: Any) -> Incoming:
    return understood("message", message=content)


async def test_a_text(hana: Customer) -> None:
    sent = await hana.says("送料は\nいくら？")
    assert meant(sent) == Incoming(
        Incident.TEXT, text="送料は\nいくら？", message_id=sent.message_id
    )


async def test_an_empty_text_asks_for_nothing(hana: Customer) -> None:
    assert meant(await hana.says(" \n　")).kind is Incident.NOTHING


@pytest.mark.parametrize("text", ["連携を解除", " 連携を解除する\n"])
async def test_a_text_may_be_for_the_channel_itself(hana: Customer, text: str) -> None:
    sent = await hana.says(text)
    assert meant(sent) == Incoming(Incident.COMMAND, payload="unlink", message_id=sent.message_id)


async def test_a_text_about_the_command_is_a_text(hana: Customer) -> None:
    assert meant(await hana.says("連携を解除するとどうなりますか")).kind is Incident.TEXT


@pytest.mark.parametrize(
    ("keywords", "shown"),
    [((), "（スタンプ）"), (("ok", "happy", "cony", "sally"), "（スタンプ：ok、happy、cony）")],
)
async def test_a_sticker_is_shown_by_its_words(
    hana: Customer, keywords: tuple[str, ...], shown: str
) -> None:
    sent = await hana.sends_sticker(keywords=keywords)
    assert meant(sent) == Incoming(Incident.STICKER, text=shown, message_id=sent.message_id)


def test_a_sticker_may_have_been_written_on() -> None:
    assert message(type="sticker", id="1", text="助かります", keywords=["a"]).text == (
        "（スタンプ：助かります）"
    )


async def test_media_are_fetched_by_their_message(hana: Customer) -> None:
    sends = {
        Incident.IMAGE: ("（画像）", hana.sends_image),
        Incident.VIDEO: ("（動画）", hana.sends_video),
        Incident.AUDIO: ("（音声）", hana.sends_audio),
    }
    for kind, (shown, send) in sends.items():
        sent = await send()
        media = MediaRef(sent.message_id)
        assert meant(sent) == Incoming(kind, shown, sent.message_id, media=media)


async def test_a_file_has_a_name_and_a_size(hana: Customer) -> None:
    sent = await hana.sends_file("領収書.pdf", Content(b"%PDF", "application/pdf", "file"))
    media = MediaRef(sent.message_id, name="領収書.pdf", size=4)
    assert meant(sent) == Incoming(
        Incident.FILE, "（ファイル：領収書.pdf）", sent.message_id, media=media
    )


def test_a_file_s_name_leads_nowhere() -> None:
    incoming = message(type="file", id="1", fileName="../../etc/\x07passwd\n", fileSize=-1)
    assert incoming.media == MediaRef("1", name="....etcpasswd")


def test_a_file_without_a_name_is_a_file() -> None:
    assert message(type="file", id="1").text == "（ファイル）"


def test_a_picture_may_lie_elsewhere() -> None:
    provider = {"type": "external", "originalContentUrl": "https://img.example.jp/a.jpg"}
    incoming = message(type="image", id="1", contentProvider=provider)
    assert incoming.media == MediaRef("1", url="https://img.example.jp/a.jpg")


@pytest.mark.parametrize(
    "url", ["http://img.example.jp/a.jpg", "https://127.0.0.1/a.jpg", "https://localhost/a", "", 3]
)
def test_a_picture_is_not_fetched_from_just_anywhere(url: object) -> None:
    provider = {"type": "external", "originalContentUrl": url}
    incoming = message(type="image", id="1", contentProvider=provider)
    assert (incoming.kind, incoming.media) == (Incident.IMAGE, MediaRef("1"))


def test_a_picture_that_cannot_be_fetched_asks_for_nothing() -> None:
    assert message(type="image").kind is Incident.NOTHING


async def test_a_place_is_its_title_and_address(hana: Customer) -> None:
    sent = await hana.sends_location("東京駅", "東京都千代田区丸の内1丁目")
    assert meant(sent).text == "（位置情報：東京駅 東京都千代田区丸の内1丁目）"
    assert message(type="location", id="1", address="東京都").text == "（位置情報：東京都）"
    assert message(type="location", id="1", latitude=35.6, longitude=139.7).text == "（位置情報）"


async def test_a_choice_is_known_by_its_id(hana: Customer) -> None:
    data = POSTBACKS.sign("the-choice", hana.id, NOW)
    sent = await hana.does({"type": "postback", "data": data})
    assert meant(sent) == Incoming(Incident.CHOICE, choice_id="the-choice")


async def test_the_moment_of_the_tap_counts(line: FakeLine, hana: Customer) -> None:
    data = POSTBACKS.sign("the-choice", hana.id, NOW)
    line.clock.advance(timedelta(hours=24))
    assert meant(await hana.does({"type": "postback", "data": data})).kind is Incident.CHOICE
    line.clock.advance(1)
    assert meant(await hana.does({"type": "postback", "data": data})).kind is Incident.EXPIRED


async def test_another_customer_s_choice_has_expired(line: FakeLine, hana: Customer) -> None:
    data = POSTBACKS.sign("the-choice", hana.id, NOW)
    taro = line.user("鈴木 太郎")
    assert meant(await taro.does({"type": "postback", "data": data})).kind is Incident.EXPIRED


async def test_the_rich_menu_asks_the_assistant(hana: Customer) -> None:
    sent = await hana.does({"type": "postback", "data": command("order_status")})
    assert meant(sent) == Incoming(Incident.CHOICE, text="注文の状況", payload="/act_order_status")


async def test_some_buttons_are_for_the_channel_itself(hana: Customer) -> None:
    found = {
        name: meant(await hana.does({"type": "postback", "data": command(name)}))
        for name in ("fetch", "link", "unlink", "no_longer_there")
    }
    assert found == {
        "fetch": Incoming(Incident.FETCH),
        "link": Incoming(Incident.COMMAND, payload="link"),
        "unlink": Incoming(Incident.COMMAND, payload="unlink"),
        "no_longer_there": Incoming(Incident.EXPIRED),
    }


@pytest.mark.parametrize("data", ["", "/act_order_status", "menu:/restart", "c1.a.b.c"])
async def test_nobody_can_name_an_intent(hana: Customer, data: str) -> None:
    assert understood("postback", postback={"data": data}).kind is Incident.EXPIRED


def test_a_tab_of_the_rich_menu_asks_for_nothing() -> None:
    switched = {"data": "tab", "params": {"newRichMenuAliasId": "b", "status": "SUCCESS"}}
    assert understood("postback", postback=switched).kind is Incident.NOTHING


async def test_following_and_blocking(hana: Customer) -> None:
    assert meant(await hana.follows()).kind is Incident.FOLLOW
    assert meant(await hana.blocks()).kind is Incident.UNFOLLOW
    assert meant(await hana.unblocks()).kind is Incident.FOLLOW


async def test_a_message_is_taken_back(hana: Customer) -> None:
    written = await hana.says("間違えました")
    assert meant(await hana.unsends(written)) == Incoming(
        Incident.UNSEND, message_id=written.message_id
    )


async def test_a_link_carries_its_proof_and_a_failed_one_nothing(
    line: FakeLine, hana: Customer
) -> None:
    for opener in (hana.id, "somebody else"):
        token = line.platform.link_token(hana.id)
        await line.link_account(token, "the-shop-s-nonce", opened_by=opener)
    linked, failed = (meant(each) for each in line.courier.deliveries)
    assert linked == Incoming(Incident.LINK, nonce="the-shop-s-nonce")
    assert failed == Incoming(Incident.NOTHING)


async def test_on_standby_it_is_noted_that_nothing_may_be_sent(
    line: FakeLine, hana: Customer
) -> None:
    line.platform.events.standby = True
    sent = await hana.says("係の方はいますか")
    incoming = meant(sent)
    assert (incoming.kind, incoming.standby) == (Incident.TEXT, True)


async def test_groups_ask_for_nothing(line: FakeLine, hana: Customer) -> None:
    family = line.group("家族", [hana])
    [raw] = raw_events((await hana.says("ここでも", group=family)).body, NOW)
    assert MEANING.understand(raw) == Incoming(Incident.NOTHING)


@pytest.mark.parametrize(
    "kind",
    [
        "join",
        "leave",
        "memberJoined",
        "memberLeft",
        "beacon",
        "videoPlayComplete",
        "messageEdited",
        "membership",
        "delivery",
        "anything",
        "",
    ],
)
async def test_events_of_other_kinds_ask_for_nothing(
    line: FakeLine, hana: Customer, kind: str
) -> None:
    other: Event = line.platform.events.event(kind, hana.user.source)
    assert meant(await line.deliver(other)).kind is Incident.NOTHING


async def test_messages_of_other_kinds_ask_for_nothing(hana: Customer) -> None:
    assert meant(await hana.sends({"type": "hologram"})).kind is Incident.NOTHING


KINDS = ["message", "postback", "follow", "accountLink", "unsend", "other"]
MESSAGES = ["text", "sticker", "image", "video", "audio", "file", "location", "other"]
PARTS = ["message", "postback", "link", "unsend", "mode", "replyToken"]
NAMES = [
    "id",
    "text",
    "keywords",
    "contentProvider",
    "fileName",
    "fileSize",
    "title",
    "address",
    "data",
    "nonce",
]


@given(json_values, st.sampled_from(KINDS), st.data())
def test_nothing_breaks_it(value: Any, kind: str, data: st.DataObject) -> None:
    inner = data.draw(st.dictionaries(st.sampled_from(NAMES), json_values))
    content = data.draw(st.dictionaries(st.sampled_from(PARTS), json_values | st.just(inner)))
    typed = {"type": data.draw(st.sampled_from(MESSAGES)), **inner}
    for payload in ({"type": kind, **content}, {"type": kind, **content, "message": typed}, value):
        odd = payload if isinstance(payload, dict) else {"type": kind, "message": payload}
        assert isinstance(MEANING.understand(RawEvent("1", HANA, NOW, odd)), Incoming)
