"""Tapping: what a customer's finger makes LINE send."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.line_platform.customer import Customer
from tests.line_platform.tests.bot import TinyBot
from tests.line_platform.tests.conftest import PUSH, push, text

type Json = dict[str, Any]


def choices(*actions: Json) -> Json:
    """Return a text with quick replies."""
    items = [{"type": "action", "action": action} for action in actions]
    return {**text("どれですか"), "quickReply": {"items": items}}


def template(*actions: Json) -> Json:
    """Return buttons."""
    content = {"type": "buttons", "text": "どれですか", "actions": list(actions)}
    return {"type": "template", "altText": "どれですか", "template": content}


SHIPPING = {"type": "message", "label": "送料", "text": "送料について教えて"}
CANCEL = {"type": "postback", "label": "取消", "data": "cancel=1", "displayText": "取り消す"}
SHOP = {"type": "uri", "label": "お店", "uri": "https://shop.example.com/"}
WHEN = {"type": "datetimepicker", "label": "日付", "data": "day", "mode": "date"}


async def test_a_message_action_writes_for_the_customer(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, choices(SHIPPING)))
    await hana.taps("送料")
    assert bot.texts == ["送料について教えて"]
    assert hana.chat[-1].text == "送料について教えて"
    assert not hana.chat[-1].from_bot


async def test_a_postback_sends_its_data_and_shows_its_words(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, choices(CANCEL)))
    await hana.taps("取消")
    [event] = bot.events
    assert (event["type"], event["postback"]) == ("postback", {"data": "cancel=1"})
    assert event["replyToken"]
    assert hana.chat[-1].text == "取り消す"


async def test_a_postback_without_words_leaves_no_bubble(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, choices({**CANCEL, "displayText": None})))
    await hana.taps("取消")
    assert [bubble.from_bot for bubble in hana.chat] == [True]


async def test_the_old_way_of_showing_words_sends_them_too(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    old = {"type": "postback", "label": "取消", "data": "cancel=1", "text": "取り消す"}
    await api.post(PUSH, json=push(hana.id, template(old)))
    await hana.taps("取消")
    assert [event["type"] for event in bot.events] == ["postback", "message"]


async def test_a_date_picker_sends_what_was_picked(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, template(WHEN)))
    await hana.taps("日付", {"date": "2026-12-11"})
    [event] = bot.events
    assert event["postback"] == {"data": "day", "params": {"date": "2026-12-11"}}


async def test_a_link_is_looked_at_and_not_tapped(hana: Customer, api: httpx.AsyncClient) -> None:
    await api.post(PUSH, json=push(hana.id, template(SHOP, SHIPPING)))
    assert hana.link("お店") == "https://shop.example.com/"
    with pytest.raises(ValueError, match="opens https://shop"):
        await hana.taps("お店")
    with pytest.raises(ValueError, match="opens nothing"):
        hana.link("送料")


async def test_quick_replies_are_gone_with_the_next_bubble(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, choices(SHIPPING)))
    assert [each.label for each in hana.quick_replies] == ["送料"]
    await hana.says("あの、")
    assert hana.quick_replies == []
    with pytest.raises(LookupError, match="called '送料', only"):
        await hana.taps("送料")


async def test_only_the_last_message_s_quick_replies_are_shown(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, choices(SHIPPING), choices(CANCEL)))
    assert [each.label for each in hana.quick_replies] == ["取消"]


async def test_buttons_stay_and_the_newest_of_a_name_is_tapped(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, template({**CANCEL, "data": "old"})))
    await api.post(PUSH, json=push(hana.id, template({**CANCEL, "data": "new"})))
    await hana.says("あの、")
    await hana.taps("取消")
    assert bot.events[-1]["postback"]["data"] == "new"


async def test_nothing_can_be_tapped_in_an_empty_chat(hana: Customer) -> None:
    with pytest.raises(LookupError):
        await hana.taps("送料")
