"""The bot's own account, its customers' profiles, the waiting animation, and account links."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from tests.line_platform import ids
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.tests.bot import TinyBot
from tests.line_platform.tests.conftest import PUSH, push
from tests.support.server import client_of

LOADING = "/v2/bot/chat/loading/start"
NONCE = "n" * 10


async def test_a_bot_learns_about_itself(line: FakeLine, api: httpx.AsyncClient) -> None:
    told = (await api.get("/v2/bot/info")).json()
    assert told["userId"] == line.channel.user_id
    assert told["displayName"] == line.channel.name
    endpoint = await api.get("/v2/bot/channel/webhook/endpoint")
    assert endpoint.json() == {"endpoint": line.channel.bot_url, "active": True}


async def test_a_friend_has_a_profile(hana: Customer, api: httpx.AsyncClient) -> None:
    told = await api.get(f"/v2/bot/profile/{hana.id}")
    assert told.json() == {"userId": hana.id, "displayName": "佐藤 花子", "language": "ja"}
    hana.user.picture_url = "https://profile.example.com/1"
    told = await api.get(f"/v2/bot/profile/{hana.id}")
    assert told.json()["pictureUrl"] == "https://profile.example.com/1"


async def test_who_is_no_friend_or_blocks_or_is_unknown_has_none(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    await hana.blocks()
    stranger = line.user("通りがかりの人", friend=False)
    for user_id in (hana.id, stranger.id, ids.user_id("知らない人")):
        told = await api.get(f"/v2/bot/profile/{user_id}")
        assert (told.status_code, told.json()) == (404, {"message": "Not found"})
    await hana.unblocks()
    await stranger.follows()
    for user_id in (hana.id, stranger.id):
        assert (await api.get(f"/v2/bot/profile/{user_id}")).status_code == 200


async def test_what_is_no_user_id_is_an_invalid_parameter(api: httpx.AsyncClient) -> None:
    for path in ("/v2/bot/profile/hanako", "/v2/bot/user/hanako/richmenu"):
        told = await api.get(path)
        assert (told.status_code, told.json()) == (
            400,
            {"message": "The value for the 'userId' parameter is invalid"},
        )


async def test_a_user_is_found_by_id_and_by_name(line: FakeLine) -> None:
    by_id = line.user("U" + "1" * 32, "鈴木 一郎")
    assert line.user(by_id.id) is by_id
    assert by_id.user.name == "鈴木 一郎"
    by_name = line.user("田中 美咲")
    assert line.user("田中 美咲") is by_name
    assert by_name.id != by_id.id
    assert line.customers == [by_id, by_name]


async def test_the_waiting_animation_is_seen_for_its_time(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    started = await api.post(LOADING, json={"chatId": hana.id, "loadingSeconds": 10})
    assert (started.status_code, started.json()) == (202, {})
    assert hana.sees_loading
    line.clock.advance(9)
    assert hana.sees_loading
    line.clock.advance(1)
    assert not hana.sees_loading


async def test_the_waiting_animation_ends_with_a_message_and_lasts_twenty_seconds(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    await api.post(LOADING, json={"chatId": hana.id})
    line.clock.advance(19)
    assert hana.sees_loading
    await api.post(PUSH, json=push(hana.id))
    assert not hana.sees_loading


@pytest.mark.parametrize(
    ("changed", "messages"),
    [
        ({"loadingSeconds": 7}, ["must be a multiple of five"]),
        ({"loadingSeconds": 0}, ["Must be between 5 and 60"]),
        ({"loadingSeconds": 65}, ["Must be between 5 and 60"]),
        ({"loadingSeconds": 3}, ["Must be between 5 and 60", "must be a multiple of five"]),
        ({"chatId": "C" + "0" * 32}, ["Only user id is acceptable"]),
        ({"chatId": None}, ["Only user id is acceptable"]),
    ],
)
async def test_the_waiting_animation_wants_a_user_and_steps_of_five_seconds(
    hana: Customer, api: httpx.AsyncClient, changed: dict[str, Any], messages: list[str]
) -> None:
    refused = await api.post(LOADING, json={"chatId": hana.id, "loadingSeconds": 5, **changed})
    assert refused.status_code == 400
    details = refused.json()["details"]
    assert len(details) == len(messages)
    assert all(
        detail["message"].startswith(message)
        for detail, message in zip(details, messages, strict=True)
    )


async def test_who_blocks_sees_no_waiting_animation(hana: Customer, api: httpx.AsyncClient) -> None:
    await hana.blocks()
    assert (await api.post(LOADING, json={"chatId": hana.id})).status_code == 202
    assert not hana.sees_loading


async def test_messages_are_marked_as_read_by_their_token(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    await hana.says("読みましたか")
    token = bot.events[0]["message"]["markAsReadToken"]
    path = "/v2/bot/chat/markAsRead"
    assert (await api.post(path, json={"markAsReadToken": token})).status_code == 200
    assert (await api.post(path, json={})).status_code == 400


async def link_token(api: httpx.AsyncClient, user_id: str) -> str:
    """Return a new link token of a user."""
    return str((await api.post(f"/v2/bot/user/{user_id}/linkToken")).json()["linkToken"])


def dialog(token: str, nonce: str = NONCE) -> str:
    """Return the page a shop sends its customer to after signing in."""
    asked = urlencode({"linkToken": token, "nonce": nonce})
    return f"https://access.line.me/dialog/bot/accountLink?{asked}"


async def test_an_account_is_linked(hana: Customer, bot: TinyBot, api: httpx.AsyncClient) -> None:
    assert await hana.opens(dialog(await link_token(api, hana.id)))
    [event] = bot.events
    assert event["type"] == "accountLink"
    assert event["link"] == {"result": "ok", "nonce": NONCE}
    assert event["source"]["userId"] == hana.id
    assert event["replyToken"]
    assert hana.user.linked_nonce == NONCE


async def test_a_link_that_another_user_opens_fails_and_names_nobody(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    """The attack that LINE's account link stops: sending one's own link to somebody else."""
    token = await link_token(api, hana.id)
    assert await line.user("鈴木 一郎").opens(dialog(token))
    [event] = bot.events
    assert event["link"]["result"] == "failed"
    assert "source" not in event
    assert "replyToken" not in event
    assert hana.user.linked_nonce is None


async def test_a_link_works_once_and_for_ten_minutes(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    used = await link_token(api, hana.id)
    assert await hana.opens(dialog(used))
    assert not await hana.opens(dialog(used))
    old = await link_token(api, hana.id)
    line.clock.advance(601)
    assert not await hana.opens(dialog(old))
    assert not await hana.opens(dialog("unknown"))
    assert len(bot.events) == 1


@pytest.mark.parametrize("length", [9, 256])
async def test_a_nonce_has_ten_to_255_characters(
    hana: Customer, bot: TinyBot, api: httpx.AsyncClient, length: int
) -> None:
    assert not await hana.opens(dialog(await link_token(api, hana.id), "n" * length))
    assert bot.events == []


async def test_a_browser_can_open_the_link_s_last_page(
    line: FakeLine, hana: Customer, bot: TinyBot, api: httpx.AsyncClient
) -> None:
    token = await link_token(api, hana.id)
    asked = {"linkToken": token, "nonce": NONCE}
    async with client_of(line.url) as browser:
        first = await browser.get("/dialog/bot/accountLink", params=asked)
        second = await browser.get("/dialog/bot/accountLink", params=asked)
    assert (first.status_code, second.status_code) == (200, 400)
    assert [event["link"]["result"] for event in bot.events] == ["ok"]


async def test_who_blocks_gets_no_link_token(hana: Customer, api: httpx.AsyncClient) -> None:
    await hana.blocks()
    assert (await api.post(f"/v2/bot/user/{hana.id}/linkToken")).status_code == 404


async def test_only_line_s_own_page_is_opened(hana: Customer) -> None:
    with pytest.raises(ValueError, match="is not LINE's"):
        await hana.opens("https://shop.example.com/login")
