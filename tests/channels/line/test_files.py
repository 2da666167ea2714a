"""Files that agents send, as LINE's messages."""

from __future__ import annotations

from datetime import datetime

import pytest

from madoguchi.channels.line.bubbles import batches
from madoguchi.conversations.model import File, Message, Sender
from tests.channels.line.shapes import accepted, message, postback
from tests.line_platform.bubbles import Bubble

MEGABYTE = 1024 * 1024
URL = "https://chat.example.jp/api/v1/files/f1"


def address(file: str, _written_at: datetime) -> str:
    return f"https://chat.example.jp/api/v1/files/{file}"


def with_files(*files: File, text: str = "") -> Message:
    return message(text, sender=Sender.AGENT, files=files)


def photo(number: int = 1, size: int = MEGABYTE, content_type: str = "image/jpeg") -> File:
    return File(f"f{number}", "image", "傷.jpg", content_type, size)


def shown(said: Message) -> list[Bubble]:
    requests = batches([said], postback, "佐藤", address)
    return [bubble for request in requests for bubble in accepted(request)]


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png"])
def test_a_picture_is_a_picture_of_line_s_in_the_agent_s_name(content_type: str) -> None:
    text, picture = shown(with_files(photo(content_type=content_type), text="こちらです"))
    assert text.text == "こちらです"
    assert picture.message == {
        "type": "image",
        "originalContentUrl": URL,
        "previewImageUrl": URL,
        "sender": {"name": "佐藤"},
    }


@pytest.mark.parametrize(
    "file", [photo(size=MEGABYTE + 1), photo(content_type="image/webp"), photo(content_type="x/y")]
)
def test_what_line_takes_as_no_picture_is_a_link_with_its_name(file: File) -> None:
    [bubble] = shown(with_files(file))
    assert bubble.kind == "text"
    assert "傷.jpg" in bubble.text
    assert bubble.text.endswith(URL)


def test_five_pictures_and_a_text_are_two_requests_at_most() -> None:
    said = with_files(*(photo(number) for number in range(5)), text="五枚です")
    requests = batches([said], postback, "佐藤", address)
    assert [len(request) for request in requests] == [5, 1]


def test_a_file_without_an_address_is_not_passed_over_in_silence() -> None:
    [request] = batches([with_files(photo())], postback)
    [bubble] = accepted(request)
    assert "お送りできませんでした" in bubble.text
