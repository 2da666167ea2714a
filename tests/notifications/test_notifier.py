"""Who is told when a chat waits, comes back, or inquiries are due: once, by many looks."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.database import open_database
from madoguchi.desk.agent import Presence
from madoguchi.desk.roles import Role
from madoguchi.inquiries.model import InquiryState
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.notifications.looking import Told
from madoguchi.notifications.model import Via
from tests.notifications.conftest import NOON, OPERATOR, Watch


async def test_a_chat_that_waits_alone_is_told_of_once_by_two_processes(watch: Watch) -> None:
    await watch.waiting()
    watch.later(seconds=61)
    other = open_database(watch.database.url.render_as_string(hide_password=False))
    both = [watch.notifier, watch.another_notifier(other)]
    await asyncio.gather(*(notifier.look() for notifier in both * 3))
    await other.dispose()
    [row] = await watch.rows()
    assert (row.kind, row.recipient) == ("chat_waits", OPERATOR)
    watch.later(minutes=5)
    assert await watch.notifier.look() == 0
    watch.later(minutes=11)
    assert await watch.notifier.look() == 1


async def test_leads_and_administrators_with_an_address_are_told_when_they_are_not_there(
    watch: Watch,
) -> None:
    await watch.agent("lead", Role.LEAD, email="lead@example.jp")
    await watch.agent("admin", Role.ADMIN, Presence.AWAY, email="admin@example.jp")
    await watch.agent("nomail", Role.ADMIN)
    await watch.agent("sato", Role.AGENT, email="sato@example.jp")
    await watch.agent("auditor", Role.AUDITOR, Presence.ONLINE, email="auditor@example.jp")
    await watch.agent("here", Role.LEAD, Presence.ONLINE, email="here@example.jp", capacity=0)
    await watch.waiting()
    watch.later(seconds=61)
    await watch.notifier.look()
    told = {row.recipient for row in await watch.rows()}
    assert told == {OPERATOR, "lead@example.jp", "admin@example.jp"}


async def test_while_somebody_is_free_nobody_is_told_until_they_are_gone(watch: Watch) -> None:
    await watch.agent("sato", presence=Presence.ONLINE)
    await watch.waiting()
    watch.later(seconds=61)
    assert await watch.notifier.look() == 0
    # The desk was closed without a word.
    watch.later(minutes=3)
    assert await watch.notifier.look() == 1


async def test_agents_who_are_busy_count_as_nobody_after_a_while(watch: Watch) -> None:
    sato = await watch.agent("sato", presence=Presence.ONLINE, capacity=1)
    assert await watch.ownership.take(await watch.waiting(), sato)
    await watch.waiting()
    watch.later(seconds=55)
    assert await watch.notifier.look() == 0
    watch.later(seconds=10)
    assert await watch.notifier.look() == 1


async def test_chats_that_fall_due_together_make_one_mail_and_a_later_one_its_own(
    watch: Watch,
) -> None:
    for _ in range(3):
        await watch.waiting()
    watch.later(seconds=61)
    await watch.notifier.look()
    assert [row.state for row in await watch.rows()] == ["waiting", "cancelled", "cancelled"]
    await watch.waiting()
    watch.later(seconds=61)
    await watch.notifier.look()
    assert [row.state for row in await watch.rows()][3:] == ["waiting"]


async def test_another_system_is_told_of_each_chat(watch: Watch) -> None:
    watch.told = Told(webhook=True)
    for _ in range(3):
        await watch.waiting()
    watch.later(seconds=61)
    await watch.another_notifier().look()
    assert await watch.states() == [("chat_waits", "waiting")] * 3


async def test_a_chat_that_comes_back_is_told_of_at_once_and_once(watch: Watch) -> None:
    sato = await watch.agent("sato", presence=Presence.ONLINE)
    chat = await watch.waiting()
    await watch.ownership.take(chat, sato)
    await watch.notifier.chat_returned(chat)
    assert await watch.rows() == []
    await watch.ownership.release(chat, sato)
    await asyncio.gather(*(watch.notifier.chat_returned(chat) for _ in range(3)))
    assert await watch.states() == [("chat_returned", "waiting")]


async def test_due_inquiries_are_told_once_each_morning_to_those_who_are_there_too(
    watch: Watch,
) -> None:
    await watch.agent("here", Role.LEAD, Presence.ONLINE, email="here@example.jp")
    watch.clock.at = NOON - timedelta(days=2)
    due = await watch.inquiry("due")
    watch.clock.at = NOON - timedelta(days=3)
    late, answered = await watch.inquiry("late"), await watch.inquiry("answered")
    async with AsyncSession(watch.database) as session, session.begin():
        done = update(InquiryRow).where(InquiryRow.number == answered)
        await session.execute(done.values(state=InquiryState.ANSWERED))
    watch.clock.at = NOON.astimezone(TOKYO).replace(hour=9)
    assert await watch.notifier.look() == 0
    watch.clock.at = NOON.astimezone(TOKYO).replace(hour=10)
    assert await watch.notifier.look() == 2
    assert await watch.notifier.look() == 0
    payloads = [row.payload for row in await watch.rows()]
    assert payloads == [{"day": "2026-12-04", "today": [due], "late": [late]}] * 2
    # Saturday is no business day.
    watch.later(days=1)
    assert await watch.notifier.look() == 0


async def test_without_inquiries_that_are_due_nobody_is_written_to(watch: Watch) -> None:
    await watch.inquiry("new")
    assert await watch.notifier.look() == 0


async def test_without_a_mail_server_only_the_webhook_is_told(watch: Watch) -> None:
    watch.told = Told((OPERATOR,), webhook=True, mail=False)
    await watch.agent("lead", Role.LEAD, email="lead@example.jp")
    await watch.waiting()
    watch.later(seconds=61)
    await watch.another_notifier().look()
    assert [row.via for row in await watch.rows()] == [Via.WEBHOOK]
