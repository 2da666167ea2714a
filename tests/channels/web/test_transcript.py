"""The transcript over the Chat API and the desk: a file for the customer, and a mail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from pydantic import SecretStr

from tests.conftest import StartService
from tests.desk.floor import Floor
from tests.notifications.mail_server import Postbox, mail_server
from tests.support.waiting import until


@pytest.fixture
async def floor(start_service: StartService) -> AsyncIterator[Floor]:
    """A service without a mail server."""
    async with AsyncExitStack() as stack:
        yield Floor(await start_service(), stack)


async def test_the_customer_downloads_what_was_said_and_nobody_else_does(floor: Floor) -> None:
    chat, headers = await floor.customer()
    await floor.write(chat, headers, "送料は")
    path = f"/api/v1/conversations/{chat}/transcript"
    answer = await floor.service.http.get(path, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["content-disposition"].startswith('attachment; filename="chat-')
    assert "お客様\n  送料は\n" in answer.text
    assert (await floor.service.http.get(path)).status_code == 401
    _, others = await floor.customer()
    assert (await floor.service.http.get(path, headers=others)).status_code == 404


async def test_without_a_mail_server_a_mail_is_neither_offered_nor_promised(floor: Floor) -> None:
    offers = (await floor.service.http.get("/api/v1/config")).json()
    assert offers == {"transcript_by_email": False}
    chat, headers = await floor.customer()
    answer = await floor.service.http.post(
        f"/api/v1/conversations/{chat}/transcript",
        json={"email": "hanako@example.jp"},
        headers=headers,
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "mail_off")
    sato = await floor.agent("sato")
    refused = await sato.post(f"/chats/{chat}/transcript", {"email": "hanako@example.jp"})
    assert (refused.status_code, refused.json()["code"]) == (409, "mail_off")


async def test_the_customer_and_the_agent_have_it_mailed(start_service: StartService) -> None:
    postbox = Postbox()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(mail_server(postbox))
        service = await start_service(
            smtp_url=SecretStr(f"smtp://127.0.0.1:{port}?starttls=never"),
            mail_from="support@shop.example.jp",
        )
        floor = Floor(service, stack)
        assert (await service.http.get("/api/v1/config")).json()["transcript_by_email"]
        chat, headers = await floor.waiting()
        path = f"/api/v1/conversations/{chat}/transcript"
        for _ in range(2):
            answer = await service.http.post(path, json={"email": "h@example.jp"}, headers=headers)
            assert answer.status_code == 202
        odd = await service.http.post(path, json={"email": "h at example"}, headers=headers)
        assert (odd.status_code, odd.json()["code"]) == (422, "email_invalid")
        sato = await floor.agent("sato")
        sent = await sato.post(f"/chats/{chat}/transcript", {"email": "agent@example.jp"})
        assert sent.status_code == 202
        odd = await sato.post(f"/chats/{chat}/transcript", {"email": "agent at example"})
        assert (odd.status_code, odd.json()["code"]) == (422, "mail_address")

        async def arrived() -> bool:
            return len(postbox.mails) == 2

        await until(arrived)
    assert {mail["To"] for mail in postbox.mails} == {"h@example.jp", "agent@example.jp"}
    assert all("届いたバッグに傷があります" in mail.get_content() for mail in postbox.mails)
