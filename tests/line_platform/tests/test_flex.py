"""What LINE accepts as a Flex Message, and what a customer reads and taps in one."""

from __future__ import annotations

import copy
from typing import Any

import httpx
import pytest

from tests.line_platform.customer import Customer
from tests.line_platform.tests.conftest import PUSH, push
from tests.line_platform.validation.flex import size_in_bytes

VALIDATE = "/v2/bot/message/validate/push"
PICTURE = "https://example.com/bag.jpg"
type Json = dict[str, Any]


def words(text: str, **style: Any) -> Json:
    """Return a text component."""
    return {"type": "text", "text": text, **style}


def box(*contents: Json, layout: str = "vertical", **style: Any) -> Json:
    """Return a box."""
    return {"type": "box", "layout": layout, "contents": list(contents), **style}


def button(label: str = "見る", **more: Any) -> Json:
    """Return a button that posts back."""
    action = {"type": "postback", "label": label, "data": label}
    return {"type": "button", "action": action, **more}


def bubble(*contents: Json, **more: Any) -> Json:
    """Return a bubble with a body."""
    return {"type": "bubble", "body": box(*contents), **more}


def flex(container: Json) -> Json:
    """Return a Flex Message."""
    return {"type": "flex", "altText": "ご注文", "contents": container}


CARD = bubble(
    words("ご注文 A-1001", weight="bold", size="xl", wrap=True),
    {"type": "separator", "margin": "md", "color": "#DDDDDD"},
    box(
        words("状態", color="#666666", flex=2, size="sm"),
        words("発送済み", flex=5, align="end", gravity="center"),
        layout="horizontal",
        spacing="sm",
        margin="12px",
    ),
    box(
        {"type": "icon", "url": PICTURE, "size": "sm"},
        {
            "type": "text",
            "contents": [{"type": "span", "text": "12月11日"}, {"type": "span", "text": "まで"}],
        },
        layout="baseline",
    ),
    hero={"type": "image", "url": PICTURE, "size": "full", "aspectRatio": "20:13"},
    footer=box(button("荷物を見る", style="primary", color="#8A1C3B", height="sm")),
    styles={"footer": {"separator": True, "separatorColor": "#DDDDDD"}},
    size="kilo",
)


def carousel(*bubbles: Json) -> Json:
    """Return a carousel."""
    return {"type": "carousel", "contents": list(bubbles)}


def padded(container: Json, size: int) -> Json:
    """Return the bubble grown by its first text to so many bytes of JSON."""
    grown = copy.deepcopy(container)
    grown["body"]["contents"][0]["text"] += "x" * (size - size_in_bytes(grown))
    assert size_in_bytes(grown) == size
    return grown


ACCEPTED = {
    "a card": CARD,
    "a carousel of 12": carousel(*[bubble(words("a"))] * 12),
    "a bubble of 30 KB": padded(CARD, 30 * 1024),
    "an empty box": bubble(box()),
    "only a hero": {"type": "bubble", "hero": {"type": "image", "url": PICTURE}},
    "a long label": bubble(button("あ" * 40)),
    "a bubble that is a link": bubble(
        words("a"),
        action={"type": "uri", "uri": "https://example.com"},
    ),
    "a colour that shines through": bubble(box(words("a"), backgroundColor="#8A1C3B80")),
    "a film": {
        "type": "bubble",
        "hero": {
            "type": "video",
            "url": "https://example.com/a.mp4",
            "previewUrl": PICTURE,
            "altContent": {"type": "image", "url": PICTURE},
        },
    },
}
REFUSED: dict[str, tuple[Json, str, str]] = {
    "no container": ({"type": "grid"}, "/type", "Must be one of"),
    "no block": ({"type": "bubble"}, "/", "At least one block must be specified"),
    "an empty text": (bubble(words("")), "/body/contents/0/text", "must be non-empty text"),
    "a body that is no box": (
        {"type": "bubble", "body": words("a")},
        "/body/type",
        "Must be one of the following values: [box]",
    ),
    "no layout": (
        {"type": "bubble", "body": {"type": "box", "contents": []}},
        "/body/layout",
        "Must be one of",
    ),
    "no contents": (
        {"type": "bubble", "body": {"type": "box", "layout": "vertical"}},
        "/body/contents",
        "must be specified",
    ),
    "a misspelt property": (bubble(words("a", wraps=True)), "/body/contents/0/wraps", "unknown"),
    "an icon in a column": (
        bubble({"type": "icon", "url": PICTURE}),
        "/body/contents/0/type",
        "Must be one of",
    ),
    "a button in a line of text": (
        bubble(box(button(), layout="baseline")),
        "/body/contents/0/contents/0/type",
        "Must be one of",
    ),
    "a button without action": (
        bubble({"type": "button"}),
        "/body/contents/0/action",
        "must be specified",
    ),
    "a button without label": (
        bubble({"type": "button", "action": {"type": "postback", "data": "a"}}),
        "/body/contents/0/action/label",
        "must be specified",
    ),
    "a label that is too long": (
        bubble(button("あ" * 41)),
        "/body/contents/0/action/label",
        "40 characters",
    ),
    "a picture without TLS": (
        bubble({"type": "image", "url": "http://example.com/a.png"}),
        "/body/contents/0/url",
        "invalid uri scheme",
    ),
    "an unknown size": (bubble(words("a", size="huge")), "/body/contents/0/size", "invalid"),
    "a colour by its name": (bubble(words("a", color="red")), "/body/contents/0/color", "invalid"),
    "a switch that is none": (bubble(words("a", wrap="yes")), "/body/contents/0/wrap", "invalid"),
    "half a share": (bubble(words("a", flex=0.5)), "/body/contents/0/flex", "invalid property"),
    "an unknown style": (
        bubble(words("a"), styles={"body": {"shadow": True}}),
        "/styles/body/shadow",
        "unknown field",
    ),
    "13 bubbles": (carousel(*[bubble(words("a"))] * 13), "/contents", "between 1 and 12"),
    "no bubbles": (carousel(), "/contents", "between 1 and 12"),
    "bubbles of two sizes": (
        carousel(bubble(words("a"), size="kilo"), bubble(words("a"))),
        "/contents",
        "same size",
    ),
    "a fault deep inside": (
        carousel(bubble(words("a")), bubble(box(words("")))),
        "/contents/1/body/contents/0/contents/0/text",
        "non-empty",
    ),
    "a bubble of more than 30 KB": (padded(CARD, 30 * 1024 + 1), "/", "30KB"),
    "a carousel of more than 50 KB": (
        carousel(padded(CARD, 26 * 1024), padded(CARD, 26 * 1024)),
        "/",
        "50KB",
    ),
}


@pytest.mark.parametrize("container", ACCEPTED.values(), ids=ACCEPTED)
async def test_line_accepts(hana: Customer, api: httpx.AsyncClient, container: Json) -> None:
    checked = await api.post(VALIDATE, json={"messages": [flex(container)]})
    assert (checked.status_code, checked.json()) == (200, {})
    assert (await api.post(PUSH, json=push(hana.id, flex(container)))).status_code == 200


@pytest.mark.parametrize(("container", "place", "said"), REFUSED.values(), ids=REFUSED)
async def test_line_refuses(api: httpx.AsyncClient, container: Json, place: str, said: str) -> None:
    checked = await api.post(VALIDATE, json={"messages": [flex(container)]})
    assert (checked.status_code, checked.json()["message"]) == (
        400,
        "A message (messages[0]) in the request body is invalid",
    )
    [detail] = checked.json()["details"]
    assert detail["property"] == place
    assert said in detail["message"]


async def test_a_customer_reads_a_card_from_top_to_bottom(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, flex(CARD)))
    [card] = await hana.receives()
    assert card.text == "ご注文 A-1001\n状態\n発送済み\n12月11日まで"
    assert card.alt_text == "ご注文"
    assert card.labels == ["荷物を見る"]


async def test_a_whole_card_that_can_be_tapped_is_called_by_its_words(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    action = {"type": "message", "text": "この注文"}
    await api.post(PUSH, json=push(hana.id, flex(bubble(words("ご注文 A-1001"), action=action))))
    [card] = await hana.receives()
    assert card.labels == ["ご注文 A-1001"]
