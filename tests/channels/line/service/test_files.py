"""An agent's picture over LINE, as LINE fetches it."""

from __future__ import annotations

import pytest

from madoguchi.desk.refusals import desk_words
from madoguchi.media.uploads import examine
from tests.channels.line.service.conftest import Shop
from tests.conftest import StartService
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.media import samples

PUBLIC = "https://chat.example.jp"


async def sent_by_an_agent(shop: Shop, customer: Customer, content: bytes, name: str) -> None:
    """Have an agent take the chat and send a file without words."""
    parts = shop.service.parts
    person = await parts.messaging.people.find("line", customer.id)
    assert person is not None
    chat = person.conversation_id
    assert await parts.desk.ownership.take(chat, "agent")
    file = await parts.desk.files.hold(chat, "agent", examine(content, name))
    await parts.desk.ownership.say(chat, "agent", "", "key", [file.id])
    parts.desk.wake_delivery()


async def test_a_picture_arrives_and_line_can_fetch_it(start_service: StartService) -> None:
    async with FakeLine() as line:
        service = await start_service(
            line_api_url=line.url, line_data_url=line.data_url, public_url=PUBLIC
        )
        line.connect(f"{service.http.base_url}/line/webhook")
        shop, hana = Shop(line, service), line.user("佐藤 花子")
        await hana.says("届いた品に傷があります")
        await hana.receives()
        await sent_by_an_agent(shop, hana, samples.PNG, "傷.png")
        await shop.ended()
        picture = shop.line.sent(hana)[-1]
        address = picture.message["originalContentUrl"]
        assert picture.kind == "image"
        assert address.startswith(f"{PUBLIC}/api/v1/files/")
        assert len(address) <= 2000
        fetched = await service.http.get(address.removeprefix(PUBLIC))
        assert (fetched.status_code, fetched.content) == (200, samples.PNG)
        assert fetched.headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("public_url", "what", "reason"),
    [
        (None, False, "MADOGUCHI_PUBLIC_URL"),
        ("http://chat.example.jp", False, "MADOGUCHI_PUBLIC_URL"),
        (PUBLIC, "images", "画像だけ"),
    ],
)
async def test_what_line_takes_is_known_before(
    start_service: StartService, public_url: str | None, what: object, reason: str
) -> None:
    service = await start_service(public_url=public_url)
    takes = service.parts.desk.files.sendable("line")
    assert takes.what == what
    assert takes.reason is not None
    assert reason in desk_words()(f"files.{takes.reason}")
