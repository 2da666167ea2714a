"""Files that customers send on the web: each a message, once, checked, in the transcript."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from madoguchi.media.limits import largest
from tests.conftest import StartService
from tests.media import samples
from tests.support.chat import Chat
from tests.support.problems import assert_problem
from tests.support.server import LiveService


async def send(
    service: LiveService,
    chat: Chat,
    content: bytes = samples.PNG,
    name: str = "傷の写真.png",
    key: str = "file-1",
) -> httpx.Response:
    headers = {"Idempotency-Key": key, "X-File-Name": quote(name, safe="")}
    return await service.http.post(
        f"{chat.path}/files", content=content, headers=headers | chat.authorization
    )


async def transcript(chat: Chat, count: int) -> list[dict[str, Any]]:
    async with chat.events(after=0) as stream:
        return await stream.messages(count)


async def test_a_file_is_a_message_that_the_customer_s_page_shows(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    answer = await send(service, chat)
    assert answer.status_code == 200
    assert "画像を受け取りました" in answer.json()["messages"][0]["text"]
    sent = (await transcript(chat, 3))[1]
    assert (sent["from"], sent["text"], sent["client_id"]) == ("customer", "（画像）", "file-1")
    [file] = sent["attachments"]
    assert (file["kind"], file["name"]) == ("image", "傷の写真.png")
    opened = await service.http.get(file["url"])
    assert (opened.status_code, opened.content) == (200, samples.PNG)
    assert opened.headers["content-security-policy"].startswith("sandbox")


async def test_an_open_page_is_told_of_the_file_with_its_message(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    async with chat.events(after=1) as stream:
        await send(service, chat)
        [message] = await stream.messages(1)
    assert message["attachments"][0]["name"] == "傷の写真.png"


async def test_while_an_agent_has_the_chat_the_bot_says_nothing(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    assert await service.parts.desk.ownership.take(chat.id, "sato")
    answer = await send(service, chat)
    assert (answer.status_code, answer.json()) == (202, {"owner": "agent", "messages": []})
    [_, shown] = await service.parts.desk.chats.messages(chat.id)
    assert shown["attachments"][0]["state"] == "kept"


async def test_the_same_key_stores_the_file_once(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    answers = await asyncio.gather(*(send(service, chat) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await service.parts.messaging.attachments.of_conversation(chat.id)) == 1


async def test_the_same_key_with_another_file_is_refused(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    await send(service, chat)
    assert_problem(await send(service, chat, samples.GIF), 422, "key_reused")


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"", "空.png", 422, "file_empty"),
        (samples.HTML, "写真.png", 422, "file_type"),
        (samples.SVG, "写真.svg", 422, "file_type"),
        (samples.ELF, "写真.jpg", 422, "file_type"),
        (samples.JAR, "写真.zip", 422, "file_type"),
        (samples.document("xl/workbook.xml", "xl/vbaProject.bin"), "表.xlsx", 422, "file_macros"),
        (samples.PNG + bytes(largest("image")), "大.png", 413, "file_too_large"),
    ],
)
async def test_what_is_not_kept_is_refused_and_leaves_nothing(
    service: LiveService, content: bytes, name: str, status: int, code: str
) -> None:
    chat = await Chat.open(service.http)
    assert_problem(await send(service, chat, content, name), status, code)
    assert await service.parts.messaging.attachments.of_conversation(chat.id) == []
    assert len(await service.parts.store.messages_after(chat.id, 0)) == 1


async def test_a_file_may_be_as_large_as_its_limit(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    exact = samples.PNG + bytes(largest("image") - len(samples.PNG))
    assert (await send(service, chat, exact)).status_code == 200


async def test_files_count_as_messages(start_service: StartService) -> None:
    service = await start_service(rate_limit_per_minute=2)
    chat = await Chat.open(service.http)
    for number in range(2):
        assert (await send(service, chat, key=f"file-{number}")).status_code == 200
    assert_problem(await send(service, chat, key="file-3"), 429, "too_many_requests")


async def test_another_s_token_sends_nothing(service: LiveService) -> None:
    chat, other = await Chat.open(service.http), await Chat.open(service.http)
    chat.token = other.token
    assert_problem(await send(service, chat), 404, "conversation_unknown")
    bare = await service.http.post(f"{chat.path}/files", content=samples.PNG)
    assert_problem(bare, 401, "token_missing")


async def test_a_sender_who_goes_away_leaves_nothing(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    url = service.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        f"POST {chat.path}/files HTTP/1.1\r\nHost: {url.host}\r\nIdempotency-Key: k\r\n"
        f"Authorization: Bearer {chat.token}\r\nContent-Length: 1000\r\n\r\n".encode()
        + samples.PNG
    )
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    del reader
    assert (await send(service, chat, key="whole")).status_code == 200
    assert len(await service.parts.messaging.attachments.of_conversation(chat.id)) == 1


async def test_as_many_as_fit_into_memory_are_received_at_once(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    room = service.parts.uploads
    places = [room.place() for _ in range(8)]
    for place in places:
        place.__enter__()
    refused = await send(service, chat)
    assert_problem(refused, 429, "too_many_uploads")
    assert refused.headers["retry-after"] == "5"
    for place in places:
        place.__exit__(None, None, None)
    assert (await send(service, chat)).status_code == 200


async def test_an_address_that_was_changed_or_is_over_opens_nothing(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    await send(service, chat)
    [file] = (await transcript(chat, 3))[1]["attachments"]
    for address in (file["url"] + "x", file["url"].replace("until=", "until=9"), "/api/v1/files/x"):
        answer = await service.http.get(address)
        assert answer.status_code in {404, 422}
    links = service.parts.links
    gone = links.shown("0" * 32, service.parts.clock.now())
    assert_problem(await service.http.get(gone), 404, "file_gone")
    attachments = service.parts.messaging.attachments
    assert await attachments.remove(chat.id, 2) == 1
    assert_problem(await service.http.get(file["url"]), 404, "file_gone")


async def test_other_sites_pages_may_send_files(service: LiveService) -> None:
    asked = await service.http.options(
        "/api/v1/conversations/x/files",
        headers={
            "Origin": "https://shop.example.jp",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,idempotency-key,x-file-name",
        },
    )
    assert asked.status_code == 200
