"""Files that agents send, as the other system gets them."""

from __future__ import annotations

import dataclasses
import json

from madoguchi.clock import FixedClock
from madoguchi.conversations.model import File
from madoguchi.media.links import FileLinks
from tests.channels.webhook.conftest import ANSWER, NOW, Connect, a_delivery
from tests.channels.webhook.other import OtherSystem

PHOTO = File("f1", "image", "傷.png", "image/png", 71)


async def test_a_file_has_a_whole_address_the_same_at_every_try(
    connect: Connect, address: str, other: OtherSystem
) -> None:
    links = FileLinks("secret", FixedClock(NOW), "https://chat.example.jp/")
    channel = connect(f"{address}/madoguchi", link=links.public)
    message = dataclasses.replace(ANSWER, files=(PHOTO,))
    for attempt in (1, 2):
        await channel.sender.deliver(a_delivery(message, attempt=attempt))
    first, second = other.calls
    assert first.body == second.body
    [file] = json.loads(first.body)["messages"][0]["attachments"]
    assert file["url"] == links.public("f1", NOW)
    assert file["url"].startswith("https://chat.example.jp/api/v1/files/f1?until=")
    assert {**file, "url": None} == {
        "id": "f1",
        "kind": "image",
        "name": "傷.png",
        "content_type": "image/png",
        "size": 71,
        "url": None,
    }
