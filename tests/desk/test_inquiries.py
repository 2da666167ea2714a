"""Inquiries at the desk: found, moved on, and answered where the customer wrote."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr

from madoguchi.inquiries.model import NewInquiry
from tests.conftest import StartService
from tests.desk.floor import DESK, AtDesk, Floor
from tests.notifications.mail_server import Postbox, mail_server
from tests.support.server import LiveService
from tests.support.waiting import until


@pytest.fixture
async def floor(start_service: StartService) -> AsyncIterator[Floor]:
    """A desk."""
    async with AsyncExitStack() as stack:
        yield Floor(await start_service(), stack)


class Mailing(Floor):
    """A desk with a mail server."""

    def __init__(self, service: LiveService, stack: AsyncExitStack, postbox: Postbox) -> None:
        super().__init__(service, stack)
        self.postbox = postbox


@pytest.fixture
async def by_mail(start_service: StartService) -> AsyncIterator[Mailing]:
    """A desk that can send mails."""
    postbox = Postbox()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(mail_server(postbox))
        service = await start_service(
            smtp_url=SecretStr(f"smtp://127.0.0.1:{port}?starttls=never"),
            mail_from="ALLU <support@shop.example.jp>",
        )
        yield Mailing(service, stack, postbox)


async def _opened(
    floor: Floor, chat: str | None, *, urgent: bool = False, contact: str = "hanako@example.jp"
) -> str:
    new = NewInquiry(
        topic="receipt",
        summary="領収書の宛名を変えたい",
        contact=contact,
        conversation_id=chat,
        urgent=urgent,
    )
    opened = await floor.service.parts.context.inquiries.open(new, f"{chat} {urgent}")
    return opened.number


async def _reply(
    agent: AtDesk, number: str, text: str, key: str = "k", via: str | None = None
) -> int:
    body = {"text": text} if via is None else {"text": text, "via": via}
    answer = await agent.post(f"/inquiries/{number}/reply", body, **{"Idempotency-Key": key})
    return answer.status_code


async def test_what_is_due_first_stands_first(floor: Floor) -> None:
    sato = await floor.agent("sato")
    await _opened(floor, None)
    urgent = await _opened(floor, None, urgent=True)
    listed = (await sato.get("/inquiries"))["inquiries"]
    assert listed[0]["number"] == urgent
    assert listed[0]["topic_title"] == "領収書"
    assert (await sato.get("/inquiries", q="宛名"))["inquiries"] == listed
    assert (await sato.get("/inquiries", state="closed"))["inquiries"] == []


async def test_it_is_moved_on_and_the_history_says_by_whom(floor: Floor) -> None:
    sato = await floor.agent("sato")
    number = await _opened(floor, None)
    for _ in range(2):
        moved = await sato.http.patch(
            f"/desk/api/inquiries/{number}", json={"state": "working"}, headers=DESK
        )
    assert moved.json()["inquiry"]["state"] == "working"
    [entry] = moved.json()["inquiry"]["history"]
    assert (entry["via"], entry["state"], entry["by"]["name"]) == ("desk", "working", "佐藤 花子")
    other = await _opened(floor, None, urgent=True)
    assert (await sato.get(f"/inquiries/{other}"))["inquiry"]["history"] == []


async def test_an_answer_reaches_the_customer_s_chat_once(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.customer()
    number = await _opened(floor, chat)
    for _ in range(2):
        assert await _reply(sato, number, "宛名を変更しました。", via="chat") == 200
    messages = await floor.service.parts.store.messages_after(chat, 0)
    assert [message.text for message in messages].count("宛名を変更しました。") == 1
    assert (await sato.get(f"/inquiries/{number}"))["inquiry"]["state"] == "answered"


async def test_while_another_agent_has_the_chat_no_second_one_speaks_into_it(
    floor: Floor,
) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.customer()
    number = await _opened(floor, chat)
    await sato.post(f"/chats/{chat}/take")
    assert await _reply(suzuki, number, "私から", via="chat") == 409


async def test_what_cannot_be_answered_is_said(floor: Floor) -> None:
    sato = await floor.agent("sato")
    number = await _opened(floor, None)
    assert await _reply(sato, number, "返信") == 409
    assert await _reply(sato, number, "返信", via="chat") == 409
    assert await _reply(sato, number, "返信", via="phone") == 409
    assert await _reply(sato, "Q-20000101-0001", "返信") == 404
    assert await _reply(sato, number, "{{お名前}}様") == 422
    assert await _reply(sato, number, "返信", via="fax") == 422


async def test_without_a_chat_the_answer_goes_by_mail_once(by_mail: Mailing) -> None:
    sato = await by_mail.agent("sato")
    number = await _opened(by_mail, None)
    read = (await sato.get(f"/inquiries/{number}"))["inquiry"]
    assert read["ways"] == [{"via": "email", "reaches": True, "to": "hanako@example.jp"}]
    for _ in range(2):
        assert await _reply(sato, number, "宛名を変更しました。", via="email") == 200

    async def sent() -> bool:
        [entry] = (await sato.get(f"/inquiries/{number}"))["inquiry"]["history"]
        return bool(entry["delivery"] == "sent")

    await until(sent)
    [mail] = by_mail.postbox.mails
    assert mail["Subject"] == f"[お問い合わせ {number}] ご返信"
    assert mail["To"] == "hanako@example.jp"
    assert "Auto-Submitted" not in mail
    text = mail.get_content()
    assert "宛名を変更しました。" in text
    assert "担当: 佐藤 花子" in text
    read = (await sato.get(f"/inquiries/{number}"))["inquiry"]
    [entry] = read["history"]
    assert (entry["via"], entry["text"]) == ("email", "宛名を変更しました。")
    assert read["state"] == "answered"


async def test_a_customer_who_was_here_lately_is_answered_in_the_chat_unless_chosen_otherwise(
    by_mail: Mailing,
) -> None:
    sato = await by_mail.agent("sato")
    chat, headers = await by_mail.customer()
    number = await _opened(by_mail, chat)
    ways = (await sato.get(f"/inquiries/{number}"))["inquiry"]["ways"]
    assert [(way["via"], way["reaches"]) for way in ways] == [("email", True), ("chat", False)]
    await by_mail.write(chat, headers, "領収書のことです")
    ways = (await sato.get(f"/inquiries/{number}"))["inquiry"]["ways"]
    assert [(way["via"], way["reaches"]) for way in ways] == [("chat", True), ("email", True)]
    assert await _reply(sato, number, "チャットで", key="a") == 200
    assert await _reply(sato, number, "メールで", key="b", via="email") == 200
    history = (await sato.get(f"/inquiries/{number}"))["inquiry"]["history"]
    assert [entry["via"] for entry in history] == ["chat", "email"]
    said = await by_mail.service.parts.store.messages_after(chat, 0)
    assert [message.text for message in said].count("チャットで") == 1
    assert "メールで" not in [message.text for message in said]


async def test_a_telephone_call_is_noted(floor: Floor) -> None:
    sato = await floor.agent("sato")
    number = await _opened(floor, None, contact="09012345678")
    assert await _reply(sato, number, "お電話で宛名の変更をご案内しました。") == 200
    read = (await sato.get(f"/inquiries/{number}"))["inquiry"]
    assert read["ways"] == [{"via": "phone", "reaches": True, "to": "09012345678"}]
    [entry] = read["history"]
    assert (entry["via"], entry["delivery"]) == ("phone", None)
    assert entry["text"] == "お電話で宛名の変更をご案内しました。"


async def test_two_answers_at_once_both_stand_in_the_history(by_mail: Mailing) -> None:
    sato, suzuki = await by_mail.agent("sato"), await by_mail.agent("suzuki")
    number = await _opened(by_mail, None)
    agents = {sato.login: sato, suzuki.login: suzuki}
    done = await asyncio.gather(
        *(_reply(agent, number, f"{name}から", key=name) for name, agent in agents.items())
    )
    assert done == [200, 200]
    history = (await sato.get(f"/inquiries/{number}"))["inquiry"]["history"]
    assert {entry["text"] for entry in history} == {"satoから", "suzukiから"}


async def test_what_the_customer_adds_opens_it_again(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, headers = await floor.customer()
    number = await _opened(floor, chat, contact="09012345678")
    await _reply(sato, number, "ご案内済み", via="phone")
    await floor.write(chat, headers, "まだ届きません")
    messages = await floor.service.parts.store.messages_after(chat, 0)
    [said] = [message.seq for message in messages if message.text == "まだ届きません"]
    await floor.service.parts.context.inquiries.reopen(number, (chat, said), "k2")
    read = (await sato.get(f"/inquiries/{number}"))["inquiry"]
    assert read["state"] == "open"
    added = read["history"][-1]
    assert (added["by"], added["text"], added["chat_id"]) == (None, "まだ届きません", chat)


async def test_those_who_run_the_desk_see_what_did_not_arrive_and_send_it_again(
    by_mail: Mailing,
) -> None:
    suzuki, admin = await by_mail.agent("suzuki"), await by_mail.agent("admin")
    by_mail.postbox.to_recipient = "550 5.1.1 no such user"
    number = await _opened(by_mail, None)
    await _reply(suzuki, number, "返信", via="email")

    async def parked() -> Any:
        return (await admin.get("/notifications", state="parked"))["notifications"]

    [entry] = await until(parked)
    assert (entry["recipient"], entry["code"]) == ("hanako@example.jp", "refused_recipient")
    assert entry["reason"] == "宛先のメールアドレスに届きません。アドレスをご確認ください。"
    assert "返信" not in str(entry)
    assert (await suzuki.http.get("/desk/api/notifications")).status_code == 403
    assert (await suzuki.post(f"/notifications/{entry['id']}/resend")).status_code == 403
    by_mail.postbox.to_recipient = "250 OK"
    assert (await admin.post(f"/notifications/{entry['id']}/resend")).status_code == 200
    assert (await admin.post("/notifications/999/resend")).status_code == 409

    async def arrived() -> bool:
        return bool(by_mail.postbox.mails)

    await until(arrived)
