"""Files that agents send, over HTTP in the running service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from madoguchi.media.limits import largest
from tests.conftest import StartService
from tests.desk.floor import DESK, AtDesk, Floor
from tests.media import samples


@dataclass
class Case:
    """A chat that an agent has taken, and its customer."""

    floor: Floor
    agent: AtDesk
    chat: str
    customer: dict[str, str]

    async def upload(
        self, content: bytes, name: str = "写真.png", agent: AtDesk | None = None
    ) -> httpx.Response:
        """Bring a file to the desk."""
        named = {"X-File-Name": quote(name, safe="")}
        return await (agent or self.agent).http.post(
            f"/desk/api/chats/{self.chat}/files", content=content, headers=DESK | named
        )

    async def uploaded(self, content: bytes = samples.PNG, name: str = "写真.png") -> str:
        """Bring a good file to the desk and return its id."""
        answer = await self.upload(content, name)
        assert answer.status_code == 200, answer.text
        number: str = answer.json()["id"]
        return number

    async def say(
        self, key: str, *files: str, text: str = "", agent: AtDesk | None = None
    ) -> httpx.Response:
        """Send a message with files."""
        return await (agent or self.agent).post(
            f"/chats/{self.chat}/messages",
            {"text": text, "attachments": list(files)},
            **{"Idempotency-Key": key},
        )

    async def seen(self) -> list[dict[str, Any]]:
        """Return the customer's page: the messages that its stream brings."""
        http = self.floor.service.http
        messages: list[dict[str, Any]] = []
        store = self.floor.service.parts.store
        count = len(await store.messages_after(self.chat, 0))
        path = f"/api/v1/conversations/{self.chat}/events"
        async with (
            asyncio.timeout(30),
            http.stream("GET", path, headers=self.customer) as stream,
        ):
            async for line in stream.aiter_lines():
                if line.startswith("data: ") and '"seq"' in line:
                    messages.append(httpx.Response(200, content=line[6:].encode()).json())
                if len(messages) == count:
                    break
        return messages


@pytest.fixture
async def case(start_service: StartService) -> AsyncIterator[Case]:
    """A chat of sato's."""
    async with AsyncExitStack() as stack:
        floor = Floor(await start_service(), stack)
        sato = await floor.agent("sato")
        chat, headers = await floor.waiting()
        await sato.post(f"/chats/{chat}/take")
        yield Case(floor, sato, chat, headers)


async def test_a_picture_reaches_the_customer_and_opens_without_a_token(case: Case) -> None:
    answer = await case.upload(samples.PNG, "傷の写真.png")
    assert answer.json() | {"id": ""} == {
        "id": "",
        "name": "傷の写真.png",
        "kind": "image",
        "content_type": "image/png",
        "size": len(samples.PNG),
    }
    said = await case.say("k", answer.json()["id"], text="こちらの写真です")
    assert said.status_code == 200, said.text
    assert said.json()["message"]["attachments"][0]["name"] == "傷の写真.png"
    [file] = (await case.seen())[-1]["attachments"]
    assert (file["kind"], file["name"], file["size"]) == ("image", "傷の写真.png", len(samples.PNG))
    opened = await case.floor.service.http.get(file["url"])
    assert opened.content == samples.PNG
    assert opened.headers["content-type"] == "image/png"
    assert opened.headers["x-content-type-options"] == "nosniff"
    assert opened.headers["content-security-policy"].startswith("sandbox")
    assert opened.headers["cross-origin-resource-policy"] == "cross-origin"


async def test_a_file_that_is_not_sent_is_its_agent_s_alone(case: Case) -> None:
    file = await case.uploaded()
    assert (await case.agent.http.get(f"/desk/api/attachments/{file}")).status_code == 200
    lead = await case.floor.agent("admin")
    assert (await lead.http.get(f"/desk/api/attachments/{file}")).status_code == 404
    links = case.floor.service.parts.links
    path = links.shown(file, case.floor.service.parts.clock.now())
    assert (await case.floor.service.http.get(path)).status_code == 404
    assert all(message["attachments"] == [] for message in await case.seen())


async def test_what_the_agent_takes_off_again_is_gone(case: Case) -> None:
    file = await case.uploaded()
    path = f"/desk/api/chats/{case.chat}/files/{file}"
    assert (await case.agent.http.delete(path, headers=DESK)).status_code == 200
    assert (await case.agent.http.delete(path, headers=DESK)).status_code == 404
    assert (await case.say("k", file)).json()["code"] == "file_unusable"


async def test_a_file_goes_with_one_message_however_two_race_for_it(case: Case) -> None:
    file = await case.uploaded()
    answers = await asyncio.gather(*(case.say(f"k{number}", file) for number in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]
    carried = [each for each in await case.seen() if each["attachments"]]
    assert len(carried) == 1


async def test_the_same_key_sends_the_files_once(case: Case) -> None:
    file = await case.uploaded()
    answers = await asyncio.gather(*(case.say("same", file) for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["message"]["seq"] for answer in answers}) == 1


async def test_one_unknown_file_keeps_the_whole_message_back(case: Case) -> None:
    file = await case.uploaded()
    refused = await case.say("k", file, "0" * 32, text="二つとも")
    assert (refused.status_code, refused.json()["code"]) == (422, "file_unusable")
    assert "二つとも" not in [message["text"] for message in await case.seen()]
    assert (await case.say("k2", file)).status_code == 200


async def test_another_chat_s_file_is_not_to_be_sent(case: Case) -> None:
    file = await case.uploaded()
    other, _ = await case.floor.waiting()
    await case.agent.post(f"/chats/{other}/take")
    elsewhere = Case(case.floor, case.agent, other, {})
    assert (await elsewhere.say("k", file)).status_code == 422


async def test_only_who_has_the_chat_brings_files(case: Case) -> None:
    admin = await case.floor.agent("admin")
    refused = await case.upload(samples.PNG, agent=admin)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_owner")


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "空.png", "file_empty"),
        (samples.HTML, "写真.png", "file_type"),
        (samples.SVG, "図.svg", "file_type"),
        (samples.EXE, "写真.jpg", "file_type"),
        (samples.document("word/document.xml", "word/vbaProject.bin"), "表.docx", "file_macros"),
        (samples.PNG + bytes(largest("image")), "大.png", "file_too_large"),
    ],
)
async def test_what_is_not_kept_is_refused_in_words(
    case: Case, content: bytes, name: str, code: str
) -> None:
    refused = await case.upload(content, name)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert refused.json()["detail"].endswith("。")


async def test_a_file_may_be_as_large_as_its_limit_and_not_one_byte_more(case: Case) -> None:
    most = largest("image")
    exact = samples.PNG + bytes(most - len(samples.PNG))
    assert (await case.upload(exact)).status_code == 200
    assert (await case.upload(exact + b"\0")).json()["code"] == "file_too_large"


async def test_what_is_larger_than_any_file_is_not_even_read(case: Case) -> None:
    url = case.agent.http.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(
        f"POST /desk/api/chats/{case.chat}/files HTTP/1.1\r\nHost: {url.host}\r\nX-Desk: 1\r\n"
        f"Content-Length: {largest('video') + 1}\r\n\r\n".encode()
    )
    assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")
    writer.close()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("<img src=x onerror=alert(1)>.png", "_img src=x onerror=alert(1)_.png"),
        ("gpj\u202e.exe.png", "gpj.exe.png"),
        ("\0\n", None),
    ],
)
async def test_a_name_is_cleaned_and_only_text(case: Case, name: str, shown: str | None) -> None:
    answer = await case.upload(samples.PNG, name)
    assert answer.json()["name"] == shown


async def test_a_message_says_something(case: Case) -> None:
    assert (await case.say("k")).status_code == 422
    six = [await case.uploaded() for _ in range(6)]
    assert (await case.say("k", *six)).status_code == 422
    assert (await case.say("k", *six[:5])).status_code == 200


async def test_the_desk_says_before_what_can_be_sent(case: Case) -> None:
    shown = await case.agent.get(f"/chats/{case.chat}")
    assert (shown["can_send_files"], shown["files_reason"]) == (True, None)
