"""Files that agents send, as Meta gets them."""

from __future__ import annotations

import pytest

from madoguchi.channels.messenger.bubbles import Renderer
from madoguchi.channels.messenger.products import MESSENGER
from madoguchi.channels.messenger.words import words
from madoguchi.conversations.channel import Result
from madoguchi.conversations.model import File, Message
from madoguchi.media.limits import MEGABYTE
from tests.channels.messenger.things import Shop, a_message, sign
from tests.channels.messenger.things import address as known
from tests.messenger_platform.platform import NOON

URL = "https://chat.example.jp/f1?from=" + f"{NOON:%Y%m%d}"


def with_file(kind: str, content_type: str, size: int, text: str = "") -> Message:
    return a_message(text, files=(File("f1", kind, "傷.bin", content_type, size),))


@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("image", "image/png"),
        ("video", "video/mp4"),
        ("audio", "audio/mpeg"),
        ("file", "application/pdf"),
    ],
)
async def test_a_file_goes_by_its_address_after_the_words(
    shop: Shop, kind: str, content_type: str
) -> None:
    outcome = await shop.channel.sender.deliver(
        shop.delivery(with_file(kind, content_type, MEGABYTE, "こちらです"))
    )
    assert outcome.result is Result.SENT
    words_first, file = shop.platform.sent
    assert words_first.text == "こちらです"
    assert file.message["attachment"] == {
        "type": kind,
        "payload": {"url": URL, "is_reusable": False},
    }


@pytest.mark.parametrize(
    ("kind", "content_type", "size"),
    [
        ("image", "image/heic", 1),
        ("image", "image/webp", 1),
        ("image", "image/png", 8 * MEGABYTE + 1),
        ("video", "video/mp4", 25 * MEGABYTE + 1),
    ],
)
async def test_what_meta_does_not_take_is_a_link(
    shop: Shop, kind: str, content_type: str, size: int
) -> None:
    await shop.channel.sender.deliver(shop.delivery(with_file(kind, content_type, size)))
    [sent] = shop.platform.sent
    assert sent.text is not None
    assert URL in sent.text
    assert "傷.bin" in sent.text


def test_a_file_without_an_address_is_not_passed_over_in_silence() -> None:
    [bubble] = Renderer(MESSENGER, words(), sign).bubbles([with_file("image", "image/png", 1)], "u")
    assert "お送りできませんでした" in bubble["text"]
    assert known("f1", NOON) == URL
