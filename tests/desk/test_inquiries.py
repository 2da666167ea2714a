"""Inquiries at the desk: found, moved on, and answered where the customer wrote."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from madoguchi.inquiries.model import NewInquiry
from tests.conftest import StartService
from tests.desk.floor import DESK, AtDesk, Floor


@pytest.fixture
async def floor(start_service: StartService) -> AsyncIterator[Floor]:
    """A desk."""
    async with AsyncExitStack() as stack:
        yield Floor(await start_service(), stack)


async def _opened(floor: Floor, chat: str | None, *, urgent: bool = False) -> str:
    new = NewInquiry(
        topic="store/receipt",
        summary="領収書の宛名を変えたい",
        contact="hanako@example.jp",
        conversation_id=chat,
        urgent=urgent,
    )
    opened = await floor.service.parts.context.inquiries.open(new, f"{chat} {urgent}")
    return opened.number


async def _reply(agent: AtDesk, number: str, text: str, key: str = "k") -> int:
    answer = await agent.post(
        f"/inquiries/{number}/reply", {"text": text}, **{"Idempotency-Key": key}
    )
    return answer.status_code


async def test_what_is_due_first_stands_first(floor: Floor) -> None:
    sato = await floor.agent("sato")
    await _opened(floor, None)
    urgent = await _opened(floor, None, urgent=True)
    listed = (await sato.get("/inquiries"))["inquiries"]
    assert listed[0]["number"] == urgent
    assert listed[0]["topic_title"]
    assert (await sato.get("/inquiries", q="宛名"))["inquiries"] == listed
    assert (await sato.get("/inquiries", state="closed"))["inquiries"] == []


async def test_it_is_moved_on_and_the_history_says_by_whom(floor: Floor) -> None:
    sato = await floor.agent("sato")
    number = await _opened(floor, None)
    moved = await sato.http.patch(
        f"/desk/api/inquiries/{number}", json={"state": "working"}, headers=DESK
    )
    assert moved.json()["inquiry"]["state"] == "working"
    [entry] = moved.json()["inquiry"]["history"]
    assert (entry["state"], entry["by"]["name"]) == ("working", "佐藤 花子")


async def test_an_answer_reaches_the_customer_s_chat_once(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.customer()
    number = await _opened(floor, chat)
    assert await _reply(sato, number, "宛名を変更しました。") == 200
    assert await _reply(sato, number, "宛名を変更しました。") == 200
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
    assert await _reply(suzuki, number, "私から") == 409


async def test_what_cannot_be_answered_is_said(floor: Floor) -> None:
    sato = await floor.agent("sato")
    number = await _opened(floor, None)
    assert await _reply(sato, number, "返信") == 409
    assert await _reply(sato, "Q-20000101-0001", "返信") == 404
    assert await _reply(sato, number, "{{お名前}}様") == 422
