"""What LINE accepts as a message, and how it says what is wrong."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.line_platform.customer import Customer
from tests.line_platform.tests.conftest import PUSH, push, text
from tests.line_platform.validation.text import graphemes, utf16_units

VALIDATE = "/v2/bot/message/validate/reply"
type Message = dict[str, Any]


def quick(*actions: Message, **more: Any) -> Message:
    """Return a text message with quick replies."""
    items = [{"type": "action", "action": action} for action in actions]
    return {**text(), "quickReply": {"items": items}, **more}


def post_back(**changed: Any) -> Message:
    """Return a postback action."""
    return {"type": "postback", "label": "はい", "data": "yes", **changed}


def buttons(**changed: Any) -> Message:
    """Return a template message with buttons."""
    template = {"type": "buttons", "text": "どれですか", "actions": [post_back()], **changed}
    return {"type": "template", "altText": "どれですか", "template": template}


def confirm(**changed: Any) -> Message:
    """Return a template message that asks yes or no."""
    yes_no = [post_back(), post_back(label="いいえ", data="no")]
    template = {"type": "confirm", "text": "よろしいですか", "actions": yes_no, **changed}
    return {"type": "template", "altText": "よろしいですか", "template": template}


def carousel(*columns: Message) -> Message:
    """Return a template message of several columns."""
    template = {"type": "carousel", "columns": list(columns)}
    return {"type": "template", "altText": "一覧", "template": template}


def column(**changed: Any) -> Message:
    """Return one column."""
    return {"text": "商品", "actions": [post_back()], **changed}


PICTURE = "https://example.com/a.png"
ACCEPTED = {
    "the longest text": text("あ" * 5000),
    "emoji that count twice": text("🍎" * 2500),
    "13 quick replies": quick(*[post_back()] * 13),
    "a label of 20 joined emoji": quick(post_back(label="👨‍👩‍👧" * 20)),
    "the longest data": quick(post_back(data="d" * 300)),
    "a message action": quick({"type": "message", "label": "送料", "text": "送料は？"}),
    "a link": quick({"type": "uri", "label": "店", "uri": "https://example.com"}),
    "a telephone": quick({"type": "uri", "label": "電話", "uri": "tel:0312345678"}),
    "a camera": quick({"type": "camera", "label": "撮影"}),
    "a place": quick({"type": "location", "label": "場所"}),
    "a date": quick(
        {
            "type": "datetimepicker",
            "label": "日付",
            "data": "d",
            "mode": "date",
            "initial": "2026-12-01",
            "min": "2026-12-01",
            "max": "2026-12-31",
        }
    ),
    "something to copy": quick({"type": "clipboard", "label": "写す", "clipboardText": "A-1"}),
    "a picture": {"type": "image", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
    "a film": {"type": "video", "originalContentUrl": PICTURE, "previewImageUrl": PICTURE},
    "a sound": {"type": "audio", "originalContentUrl": PICTURE, "duration": 1000},
    "a sticker": {"type": "sticker", "packageId": "446", "stickerId": "1988"},
    "a map": {
        "type": "location",
        "title": "店",
        "address": "東京",
        "latitude": 35.6,
        "longitude": 139.7,
    },
    "buttons": buttons(title="題", text="あ" * 60, thumbnailImageUrl=PICTURE),
    "buttons without a title": buttons(text="あ" * 160),
    "yes or no": confirm(text="あ" * 240),
    "columns": carousel(*[column()] * 10),
    "another sender": {**text(), "sender": {"name": "返品係", "iconUrl": PICTURE}},
    "a name with line in it": {**text(), "sender": {"name": "Online Shop"}},
}
# What is wrong, where LINE says it is wrong, and a part of what LINE says.
REFUSED: dict[str, tuple[Message, str, str]] = {
    "no text": ({"type": "text"}, "messages[0].text", "must be specified"),
    "an empty text": (text(""), "messages[0].text", "May not be empty"),
    "a text of a wrong type": (text(3), "messages[0].text", "must be a string"),  # type: ignore[arg-type]
    "too long a text": (
        text("あ" * 5001),
        "messages[0].text",
        "Length must be between 0 and 5000",
    ),
    "too many emoji": (text("🍎" * 2501), "messages[0].text", "between 0 and 5000"),
    "an unknown type": ({"type": "smell"}, "messages[0].type", "Must be one of the following"),
    "no type": ({"text": "a"}, "messages[0].type", "Must be one of the following values: [text"),
    "14 quick replies": (
        quick(*[post_back()] * 14),
        "messages[0].quickReply.items",
        "Size must be between 1 and 13",
    ),
    "no quick replies": (quick(), "messages[0].quickReply.items", "between 1 and 13"),
    "a quick reply without label": (
        quick(post_back(label=None)),
        "messages[0].quickReply.items[0].action.label",
        "must be specified",
    ),
    "too long a label": (
        quick(post_back(), post_back(label="あ" * 21)),
        "messages[0].quickReply.items[1].action.label",
        "must not be longer than 20 characters",
    ),
    "too much data": (
        quick(post_back(data="d" * 301)),
        "messages[0].quickReply.items[0].action.data",
        "between 0 and 300",
    ),
    "two ways of showing": (
        quick(post_back(displayText="a", text="b")),
        "messages[0].quickReply.items[0].action.text",
        "displayText",
    ),
    "a message action without text": (
        quick({"type": "message", "label": "送料"}),
        "messages[0].quickReply.items[0].action.text",
        "must be specified",
    ),
    "a link to a script": (
        quick({"type": "uri", "label": "店", "uri": "javascript:alert(1)"}),
        "messages[0].quickReply.items[0].action.uri",
        "invalid uri scheme",
    ),
    "too long a link": (
        quick({"type": "uri", "label": "店", "uri": "https://example.com/" + "a" * 1000}),
        "messages[0].quickReply.items[0].action.uri",
        "1000",
    ),
    "a date out of order": (
        quick(
            {
                "type": "datetimepicker",
                "label": "日付",
                "data": "d",
                "mode": "date",
                "min": "2026-12-31",
                "max": "2026-12-01",
            }
        ),
        "messages[0].quickReply.items[0].action.min",
        "less than max",
    ),
    "a date of a wrong form": (
        quick(
            {
                "type": "datetimepicker",
                "label": "日付",
                "data": "d",
                "mode": "date",
                "initial": "12/1",
            }
        ),
        "messages[0].quickReply.items[0].action.initial",
        "invalid date format",
    ),
    "a rich menu's action elsewhere": (
        quick({"type": "richmenuswitch", "label": "次", "data": "d", "richMenuAliasId": "b"}),
        "messages[0].quickReply.items[0].action.type",
        "Must be one of",
    ),
    "a picture without TLS": (
        {
            "type": "image",
            "originalContentUrl": "http://example.com/a.png",
            "previewImageUrl": PICTURE,
        },
        "messages[0].originalContentUrl",
        "invalid uri scheme",
    ),
    "a sound without length": (
        {"type": "audio", "originalContentUrl": PICTURE},
        "messages[0].duration",
        "must be specified",
    ),
    "too long an alternative text": (
        buttons() | {"altText": "あ" * 1501},
        "messages[0].altText",
        "1500",
    ),
    "no alternative text": (buttons() | {"altText": None}, "messages[0].altText", "specified"),
    "LINE as a name": (
        {**text(), "sender": {"name": "LINE 公式"}},
        "messages[0].sender.name",
        "not allowed",
    ),
    "too long a name": ({**text(), "sender": {"name": "あ" * 21}}, "messages[0].sender.name", "20"),
}
REFUSED_TEMPLATES: dict[str, tuple[Message, str, str]] = {
    "5 buttons": (buttons(actions=[post_back()] * 5), "template/actions", "between 1 and 4"),
    "a button's long label": (
        buttons(actions=[post_back(label="あ" * 21)]),
        "template/actions/0/label",
        "must not be longer than 20 characters",
    ),
    "a camera on a button": (
        buttons(actions=[{"type": "camera", "label": "撮影"}]),
        "template/actions/0/type",
        "Must be one of",
    ),
    "a long text beside a title": (buttons(title="題", text="あ" * 61), "template/text", "60"),
    "a long text": (buttons(text="あ" * 161), "template/text", "160"),
    "a long title": (buttons(title="あ" * 41), "template/title", "40"),
    "one answer to yes or no": (confirm(actions=[post_back()]), "template/actions", "2 and 2"),
    "11 columns": (carousel(*[column()] * 11), "template/columns", "between 1 and 10"),
    "uneven columns": (
        carousel(column(), column(actions=[post_back()] * 2)),
        "template/columns",
        "same in all columns",
    ),
    "a title in one column": (
        carousel(column(title="題"), column()),
        "template/columns",
        "in all columns or in none",
    ),
    "4 actions in a column": (
        carousel(column(actions=[post_back()] * 4)),
        "template/columns/0/actions",
        "between 1 and 3",
    ),
    "an unknown template": (buttons(type="wheel"), "template/type", "Must be one of"),
}


@pytest.mark.parametrize("message", ACCEPTED.values(), ids=ACCEPTED)
async def test_line_accepts(hana: Customer, api: httpx.AsyncClient, message: Message) -> None:
    checked = await api.post(VALIDATE, json={"messages": [message]})
    assert (checked.status_code, checked.json()) == (200, {})
    assert (await api.post(PUSH, json=push(hana.id, message))).status_code == 200


@pytest.mark.parametrize(("message", "place", "words"), REFUSED.values(), ids=REFUSED)
async def test_line_refuses(
    hana: Customer, api: httpx.AsyncClient, message: Message, place: str, words: str
) -> None:
    checked = await api.post(VALIDATE, json={"messages": [message]})
    assert (checked.status_code, checked.json()["message"]) == (
        400,
        "The request body has 1 error(s)",
    )
    [detail] = checked.json()["details"]
    assert detail["property"] == place
    assert words in detail["message"]
    assert (await api.post(PUSH, json=push(hana.id, message))).json() == checked.json()
    assert hana.chat == []


@pytest.mark.parametrize(
    ("message", "place", "words"), REFUSED_TEMPLATES.values(), ids=REFUSED_TEMPLATES
)
async def test_line_refuses_a_template(
    api: httpx.AsyncClient, message: Message, place: str, words: str
) -> None:
    checked = await api.post(VALIDATE, json={"messages": [text(), message]})
    assert (checked.status_code, checked.json()["message"]) == (
        400,
        "A message (messages[1]) in the request body is invalid",
    )
    [detail] = checked.json()["details"]
    assert detail["property"] == place
    assert words in detail["message"]


async def test_every_fault_is_listed(api: httpx.AsyncClient) -> None:
    checked = await api.post(
        VALIDATE, json={"messages": [text(""), text("よい"), {"type": "smell"}]}
    )
    assert checked.json()["message"] == "The request body has 2 error(s)"
    places = [detail["property"] for detail in checked.json()["details"]]
    assert places == ["messages[0].text", "messages[2].type"]


@pytest.mark.parametrize(
    ("messages", "message"),
    [
        ([], "Size must be between 1 and 5"),
        ([text()] * 6, "Size must be between 1 and 5"),
        (None, "must be specified"),
        ("こんにちは", "must be an array"),
    ],
)
async def test_a_request_has_one_to_five_messages(
    api: httpx.AsyncClient, messages: Any, message: str
) -> None:
    checked = await api.post("/v2/bot/message/validate/push", json={"messages": messages})
    assert checked.status_code == 400
    assert checked.json()["details"] == [{"message": message, "property": "messages"}]


async def test_what_is_no_message_at_all_is_an_invalid_property(api: httpx.AsyncClient) -> None:
    checked = await api.post(VALIDATE, json={"messages": ["こんにちは"]})
    assert checked.status_code == 400
    assert checked.json()["message"] == (
        "The property, 'messages[0]', in the request body is invalid (line: -, column: -)"
    )


@pytest.mark.parametrize(
    ("written", "units", "clusters"),
    [
        ("", 0, 0),
        ("送料", 2, 2),
        ("🍎", 2, 1),
        ("👨‍👩‍👧", 8, 1),
        ("👍🏽", 4, 1),
        ("🇯🇵🇫🇷", 8, 2),
        ("か\u3099", 2, 1),
        ("ｶﾞ", 2, 1),
        ("1️⃣", 3, 1),
        ("a\r\nb", 4, 3),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 14, 1),
    ],
)
def test_characters_are_counted_two_ways(written: str, units: int, clusters: int) -> None:
    assert (utf16_units(written), graphemes(written)) == (units, clusters)


@given(st.text(), st.text())
def test_joining_texts_never_makes_more_characters(first: str, second: str) -> None:
    assert graphemes(first + second) <= graphemes(first) + graphemes(second)
    assert utf16_units(first + second) == utf16_units(first) + utf16_units(second)
    assert graphemes(first) <= len(first) <= utf16_units(first)
