"""LINE's own client understands the stand-in: an opinion from somebody who did not write it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
from linebot.v3 import WebhookParser
from linebot.v3.exceptions import InvalidSignatureError
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    ButtonsTemplate,
    Configuration,
    FlexContainer,
    FlexMessage,
    MarkMessagesAsReadByTokenRequest,
    MessageAction,
    PostbackAction,
    PushMessageRequest,
    QuickReply,
    QuickReplyItem,
    ReplyMessageRequest,
    RichMenuArea,
    RichMenuBounds,
    RichMenuRequest,
    RichMenuSize,
    ShowLoadingAnimationRequest,
    TemplateMessage,
    TextMessage,
    ValidateMessageRequest,
)
from linebot.v3.models import UnknownEvent
from linebot.v3.webhooks import (
    AccountLinkEvent,
    AudioMessageContent,
    FileMessageContent,
    FollowEvent,
    GroupSource,
    ImageMessageContent,
    JoinEvent,
    LocationMessageContent,
    MessageEvent,
    PostbackEvent,
    StickerMessageContent,
    TextMessageContent,
    UnfollowEvent,
    UnsendEvent,
    UserSource,
    VideoMessageContent,
)

from tests.line_platform import faults
from tests.line_platform.content import Content
from tests.line_platform.courier import Delivery
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.people import DEMO_SECRET, DEMO_TOKEN
from tests.line_platform.pictures import png
from tests.line_platform.tests.test_flex import CARD


class PointedClient(AsyncApiClient):  # type: ignore[misc] # the client comes without types
    """LINE's client; its address for media is fixed, so that one is replaced as it is called."""

    def __init__(self, url: str, data_url: str) -> None:
        """Point it at a platform."""
        super().__init__(Configuration(host=url, access_token=DEMO_TOKEN))
        self._data_url = data_url

    def call_api(self, *args: Any, _host: str | None = None, **more: Any) -> Any:
        """Call the platform instead of LINE."""
        return super().call_api(*args, _host=None if _host is None else self._data_url, **more)


@pytest.fixture
async def client(line: FakeLine) -> AsyncIterator[AsyncApiClient]:
    """LINE's client, pointed at the stand-in."""
    async with PointedClient(line.url, line.data_url) as client:
        yield client


@pytest.fixture
async def sdk(client: AsyncApiClient) -> AsyncMessagingApi:
    """LINE's client of the API."""
    return AsyncMessagingApi(client)


@pytest.fixture
async def blobs(client: AsyncApiClient) -> AsyncMessagingApiBlob:
    """LINE's client of media."""
    return AsyncMessagingApiBlob(client)


def parsed(delivery: Delivery) -> list[Any]:
    """Return a webhook's events as LINE's client reads them."""
    parser = WebhookParser(DEMO_SECRET)
    return list(parser.parse(delivery.body.decode(), delivery.signature))


async def test_every_event_is_one_that_the_client_knows(line: FakeLine, hana: Customer) -> None:
    group = line.group("家族", [hana])
    written = await hana.says("送料は？")
    with line.holding() as held:
        await hana.sends_image()
        await hana.sends_video()
        await hana.sends_audio()
        await hana.sends_file("a.pdf", Content(b"%PDF", "application/pdf", "file"))
        await hana.sends_location()
        await hana.sends_sticker()
        await hana.does({"type": "postback", "label": "はい", "data": "yes"})
        await hana.follows()
        await hana.blocks()
        await hana.unsends(written)
        await line.deliver(line.platform.events.join(group.source()))
        await hana.says("ここでも", group=group)
    events = parsed(await line.deliver(*held))
    assert [type(event) for event in events] == [
        *[MessageEvent] * 6,
        PostbackEvent,
        FollowEvent,
        UnfollowEvent,
        UnsendEvent,
        JoinEvent,
        MessageEvent,
    ]
    assert [type(event.message) for event in events[:6]] == [
        ImageMessageContent,
        VideoMessageContent,
        AudioMessageContent,
        FileMessageContent,
        LocationMessageContent,
        StickerMessageContent,
    ]
    assert isinstance(events[0].source, UserSource)
    assert isinstance(events[-1].source, GroupSource)
    assert events[6].postback.data == "yes"
    assert events[7].follow.is_unblocked is False


async def test_a_text_is_read_with_all_it_carries(line: FakeLine, hana: Customer) -> None:
    first = await hana.says("1つ目")
    [event] = parsed(await hana.says("2つ目😀", quoting=first.message_id))
    assert isinstance(event.message, TextMessageContent)
    assert event.message.text == "2つ目😀"
    assert event.message.quoted_message_id == first.message_id
    assert event.message.quote_token
    assert event.message.mark_as_read_token
    assert event.source.user_id == hana.id
    assert event.mode == "active"
    assert event.timestamp == line.clock.milliseconds()
    assert event.delivery_context.is_redelivery is False


async def test_standby_redelivery_and_links_are_read(
    line: FakeLine, hana: Customer, sdk: AsyncMessagingApi
) -> None:
    line.platform.events.standby = True
    delivery = await hana.says("待機中です")
    [event] = parsed(await line.redeliver(delivery))
    assert (event.mode, event.reply_token) == ("standby", None)
    assert event.delivery_context.is_redelivery is True
    line.platform.events.standby = False
    token = (await sdk.issue_link_token(hana.id)).link_token
    await line.link_account(token, "n" * 10)
    token = (await sdk.issue_link_token(hana.id)).link_token
    await line.link_account(token, "n" * 10, opened_by="somebody else")
    ok, failed = (parsed(each)[0] for each in line.courier.deliveries[-2:])
    assert isinstance(ok, AccountLinkEvent)
    assert (ok.link.result, ok.source.user_id) == ("ok", hana.id)
    assert (failed.link.result, failed.source, failed.reply_token) == ("failed", None, None)


async def test_what_line_does_not_have_yet_is_unknown_to_the_client(
    line: FakeLine, hana: Customer
) -> None:
    future = line.platform.events.event("stampRally", hana.user.source, stampRally={})
    [event] = parsed(await line.deliver(future))
    assert isinstance(event, UnknownEvent)


async def test_the_client_refuses_a_wrong_signature(line: FakeLine, hana: Customer) -> None:
    line.habits.signing = "wrong"
    with pytest.raises(InvalidSignatureError):
        parsed(await hana.says("偽物です"))


async def test_the_connection_s_check_has_no_events(line: FakeLine) -> None:
    assert parsed(await line.check_connection()) == []


async def test_the_client_replies(line: FakeLine, hana: Customer, sdk: AsyncMessagingApi) -> None:
    [event] = parsed(await hana.says("送料は？"))
    choice = QuickReplyItem(action=MessageAction(label="返品", text="返品は？"))
    answer = TextMessage(text="無料です。", quick_reply=QuickReply(items=[choice]))
    request = ReplyMessageRequest(reply_token=event.reply_token, messages=[answer])
    sent = await sdk.reply_message(request)
    [bubble] = await hana.receives()
    assert sent.sent_messages[0].id == bubble.id
    assert (bubble.text, bubble.labels) == ("無料です。", ["返品"])
    with pytest.raises(ApiException) as refused:
        await sdk.reply_message(request)
    assert (refused.value.status, json.loads(refused.value.body)) == (
        400,
        {"message": "Invalid reply token"},
    )


async def test_the_client_pushes_and_tries_again_with_its_key(
    line: FakeLine, hana: Customer, sdk: AsyncMessagingApi
) -> None:
    template = ButtonsTemplate(text="どれですか", actions=[PostbackAction(label="a", data="a")])
    request = PushMessageRequest(
        to=hana.id,
        messages=[
            TemplateMessage(alt_text="どれですか", template=template),
            FlexMessage(alt_text="ご注文", contents=FlexContainer.from_dict(CARD)),
        ],
    )
    key = str(uuid.uuid4())
    sent = await sdk.push_message_with_http_info(request, x_line_retry_key=key)
    assert len(await hana.receives(2)) == 2
    with pytest.raises(ApiException) as again:
        await sdk.push_message(request, x_line_retry_key=key)
    assert again.value.status == 409
    headers = {name.lower(): value for name, value in again.value.headers.items()}
    accepted = {name.lower(): value for name, value in sent.headers.items()}
    assert headers["x-line-accepted-request-id"] == accepted["x-line-request-id"]
    ids = [each["id"] for each in json.loads(again.value.body)["sentMessages"]]
    assert ids == [each.id for each in sent.data.sent_messages]


async def test_the_client_reads_quota_profile_and_bot(
    line: FakeLine, hana: Customer, sdk: AsyncMessagingApi
) -> None:
    await sdk.push_message(PushMessageRequest(to=hana.id, messages=[TextMessage(text="a")]))
    quota = await sdk.get_message_quota()
    assert (quota.type.value, quota.value) == ("limited", 200)
    assert (await sdk.get_message_quota_consumption()).total_usage == 1
    profile = await sdk.get_profile(hana.id)
    assert (profile.display_name, profile.language) == ("佐藤 花子", "ja")
    assert (await sdk.get_bot_info()).user_id == line.channel.user_id
    assert (await sdk.get_webhook_endpoint()).endpoint == line.channel.bot_url


async def test_the_client_checks_messages_shows_waiting_and_marks_as_read(
    hana: Customer, sdk: AsyncMessagingApi
) -> None:
    [event] = parsed(await hana.says("送料は？"))
    await sdk.show_loading_animation(
        ShowLoadingAnimationRequest(chat_id=hana.id, loading_seconds=5)
    )
    assert hana.sees_loading
    await sdk.mark_messages_as_read_by_token(
        MarkMessagesAsReadByTokenRequest(mark_as_read_token=event.message.mark_as_read_token)
    )
    await sdk.validate_reply(ValidateMessageRequest(messages=[TextMessage(text="a")]))
    with pytest.raises(ApiException) as refused:
        await sdk.validate_push(ValidateMessageRequest(messages=[TextMessage(text="a" * 5001)]))
    assert json.loads(refused.value.body)["details"] == [
        {"message": "Length must be between 0 and 5000", "property": "messages[0].text"}
    ]


async def test_the_client_fetches_media(hana: Customer, blobs: AsyncMessagingApiBlob) -> None:
    picture = png(30, 20)
    sent = await hana.sends_image(Content(picture))
    assert bytes(await blobs.get_message_content(sent.message_id)) == picture
    film = await hana.sends_video(Content(b"", "video/mp4", "video", preparation="processing"))
    state = await blobs.get_message_content_transcoding_by_message_id(film.message_id)
    assert state.status == "processing"


async def test_the_client_sets_a_rich_menu(
    line: FakeLine, hana: Customer, sdk: AsyncMessagingApi, blobs: AsyncMessagingApiBlob
) -> None:
    menu = RichMenuRequest(
        size=RichMenuSize(width=1200, height=810),
        selected=True,
        name="はじめ",
        chat_bar_text="メニュー",
        areas=[
            RichMenuArea(
                bounds=RichMenuBounds(x=0, y=0, width=600, height=810),
                action=MessageAction(label="送料", text="送料は？"),
            )
        ],
    )
    made = (await sdk.create_rich_menu(menu)).rich_menu_id
    await blobs.set_rich_menu_image(
        made, body=png(1200, 810), _headers={"Content-Type": "image/png"}
    )
    await sdk.set_default_rich_menu(made)
    assert (await sdk.get_default_rich_menu_id()).rich_menu_id == made
    assert [each.rich_menu_id for each in (await sdk.get_rich_menu_list()).richmenus] == [made]
    await sdk.delete_rich_menu(made)
    assert line.platform.rich_menus.all() == []
    assert line.platform.rich_menus.shown_to(hana.id) is None


async def test_the_client_tells_faults_apart(
    line: FakeLine, hana: Customer, sdk: AsyncMessagingApi
) -> None:
    request = PushMessageRequest(to=hana.id, messages=[TextMessage(text="a")])
    seen = {}
    for name in ("unauthorized", "forbidden", "rate_limit", "monthly_limit", "server_error"):
        line.fail("push", faults.BY_NAME[name])
        with pytest.raises(ApiException) as refused:
            await sdk.push_message(request)
        seen[name] = refused.value.status
    assert list(seen.values()) == [401, 403, 429, 429, 500]
    line.fail("push", faults.hangs())
    with pytest.raises(asyncio.TimeoutError):
        await sdk.push_message(request, _request_timeout=0.1)
    assert len(await hana.receives()) == 1
