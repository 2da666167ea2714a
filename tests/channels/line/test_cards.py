"""Cards as Flex bubbles."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from madoguchi.channels.line.addresses import link
from madoguchi.channels.line.bubbles import batches
from madoguchi.channels.line.cards import card_view
from madoguchi.channels.line.flex import size_in_bytes
from madoguchi.channels.line.limits import LARGEST_BUBBLE_BYTES, clean
from madoguchi.conversations.model import Kind
from tests.channels.line.shapes import CARDS, links, message, postback, readable, sent
from tests.line_platform.bubbles import Bubble

SLOW = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
ORDER = {
    "title": "ショルダーバッグ",
    "state": {"label": "発送済み", "tone": "good"},
    "image": "https://example.com/bag.jpg",
    "rows": [
        {"label": "注文番号", "value": "A-1001"},
        {"label": "金額", "value": "300,000円"},
        {"label": "お届け予定", "value": "12月11日(金)"},
        {"label": "送り状番号", "value": "444413758703"},
    ],
    "links": [{"title": "配送状況を見る", "url": "https://example.com/parcel?pno=4444"}],
}


def shown(card: dict[str, Any]) -> list[Bubble]:
    return sent([message(card=card)])


def test_a_card_shows_picture_title_state_rows_and_links() -> None:
    [bubble] = shown(ORDER)
    assert bubble.message["contents"]["hero"]["url"] == "https://example.com/bag.jpg"
    assert bubble.text.split("\n") == [
        *("ショルダーバッグ", "発送済み", "注文番号", "A-1001", "金額", "300,000円"),
        *("お届け予定", "12月11日(金)", "送り状番号", "444413758703", "配送状況を見る"),
    ]
    assert links([bubble]) == ["https://example.com/parcel?pno=4444"]


def test_a_notification_says_what_it_is_about() -> None:
    [bubble] = shown(ORDER)
    assert bubble.alt_text.split("\n") == [
        "ショルダーバッグ（発送済み）",
        "注文番号：A-1001",
        "金額：300,000円",
        "お届け予定：12月11日(金)",
    ]


def test_an_address_that_line_does_not_open_is_written_out() -> None:
    mail = {"title": "メール", "url": "mailto:shop@example.com"}
    page = {"title": "領収書", "url": "/receipts/1"}
    [bubble] = shown({"links": [mail, page]})
    assert bubble.text.split("\n") == ["メール", "shop@example.com", "領収書", "/receipts/1"]
    assert links([bubble]) == []


def test_a_picture_that_line_does_not_fetch_is_left_out() -> None:
    [bubble] = shown({**ORDER, "image": "http://example.com/bag.jpg"})
    assert "hero" not in bubble.message["contents"]


def test_a_picture_alone_is_called_one() -> None:
    [bubble] = shown({"image": "https://example.com/bag.jpg"})
    assert bubble.alt_text == "画像"


def test_an_unknown_tone_has_a_colour_too() -> None:
    [bubble] = shown({"state": {"label": "確認中", "tone": "pink"}})
    assert bubble.text == "確認中"


def test_a_card_without_anything_is_not_shown() -> None:
    for empty in ({}, {"title": "\x00", "rows": [{"label": "備考", "value": " "}], "links": [{}]}):
        assert card_view(empty) is None


def test_what_is_shortened_in_a_card_follows_in_full() -> None:
    note = "お客様のご要望 " * 100
    card, rest = shown({"title": "腕時計", "rows": [{"label": "備考", "value": note}]})
    assert card.text.endswith("…")
    assert rest.kind == "text"
    assert rest.text == f"上に表示しきれなかった内容です。\n備考：{note.strip()}"


def test_rows_beyond_a_bubbles_size_follow_as_text() -> None:
    rows = [{"label": f"項目{n}", "value": "あ" * 200} for n in range(20)]
    card, rest = shown({"rows": rows, "links": ORDER["links"]})
    assert "項目0" in card.text
    assert "項目19：" in rest.text
    assert card.text.count("項目") + rest.text.count("項目") == 20
    assert card.labels == ["配送状況を見る"]


@given(CARDS)
@SLOW
def test_every_card_of_every_shape_is_accepted_and_complete(card: dict[str, Any]) -> None:
    bubbles = shown(card)
    said = readable("".join(bubble.text for bubble in bubbles))
    for value in _values(card):
        assert readable(value) in said
    opened = links(bubbles)
    for each in card.get("links") or []:
        address = link(each.get("url"))
        assert address is None or address in opened or readable(address) in said


@pytest.mark.parametrize("rows", range(12, 20))
def test_a_card_and_its_buttons_are_no_larger_than_a_bubble_however_line_counts(rows: int) -> None:
    card = {"rows": [{"label": "備考", "value": "あ" * 100}] * rows}
    for buttons in range(3, 7):
        asked = message("か。", *["あ" * 200] * buttons, kind=Kind.ASK, card=card)
        [request] = batches([asked], postback)
        for each in request[1:]:
            if each.type == "flex" and each.contents.type == "bubble":
                assert size_in_bytes(each.contents) <= LARGEST_BUBBLE_BYTES


def _values(card: dict[str, Any]) -> list[str]:
    """Return the texts of a card that have to reach the customer."""
    rows = [row for row in card.get("rows") or [] if _text(row.get("value"))]
    opened = [each for each in card.get("links") or [] if _text(each.get("url"))]
    found = [card.get("title"), (card.get("state") or {}).get("label")]
    found += [row.get(name) for row in rows for name in ("label", "value")]
    found += [each.get("title") for each in opened]
    return [_text(value) for value in found]


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str | int) else ""
