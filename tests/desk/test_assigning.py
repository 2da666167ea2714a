"""Assigning chats on both databases, what is written into the log with each deed, and snoozing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.model import Owner
from madoguchi.desk.model import Stage
from madoguchi.desk.orphaned import return_orphaned
from madoguchi.desk.roles import Role
from madoguchi.desk.snoozing import wake_snoozed
from tests.desk.signin_parts import Desk
from tests.desk.team import Team
from tests.support.databases import TestClock


@pytest.fixture
def team(database: AsyncEngine, clock: TestClock, desk: Desk) -> Team:
    """Nobody, and no chats."""
    return Team(database, clock, desk)


async def test_a_waiting_chat_is_given_to_an_agent(team: Team) -> None:
    lead, sato = await team.agent("lead", role=Role.LEAD), await team.agent("sato")
    chat = await team.waiting()
    assert await team.assigning.assign(chat, sato.id, lead.id)
    assert ((await team.get(chat)).owner, await team.holder(chat)) == (Owner.AGENT, sato.id)
    last = (await team.deeds(chat))[-1]
    assert (last.action, last.agent_id) == ("chat.assign", lead.id)
    assert last.detail == {"to": sato.id, "former": None}


async def test_another_s_chat_changes_hands_and_the_former_holder_is_silenced(team: Team) -> None:
    lead = await team.agent("lead", role=Role.LEAD)
    sato, suzuki = await team.agent("sato"), await team.agent("suzuki")
    chat = await team.taken(sato)
    assert await team.assigning.assign(chat, suzuki.id, lead.id)
    assert await team.holder(chat) == suzuki.id
    assert not await team.ownership.release(chat, sato.id)
    assert (await team.deeds(chat))[-1].detail == {"to": suzuki.id, "former": sato.id}


async def test_a_chat_that_the_assistant_has_is_not_assigned(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.chat()
    assert not await team.assigning.assign(chat, sato.id, sato.id)
    assert (await team.get(chat)).owner is Owner.BOT


async def test_nobody_is_assigned_to_whom_it_is_not_work(team: Team) -> None:
    auditor = await team.agent("auditor", role=Role.AUDITOR, there=False)
    removed = await team.agent("gone")
    await team.desk.auth.agents.remove(removed.id, None)
    chat = await team.waiting()
    for agent in (auditor.id, removed.id, "nobody"):
        assert not await team.assigning.assign(chat, agent, "lead")
    assert (await team.get(chat)).owner is Owner.QUEUE


async def test_assigning_to_the_holder_again_is_no_deed(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.taken(sato)
    assert await team.assigning.assign(chat, sato.id, "lead")
    assert [deed.action for deed in await team.deeds(chat)] == ["chat.take"]


async def test_every_deed_is_in_the_log_with_who_did_it(team: Team) -> None:
    sato, suzuki = await team.agent("sato"), await team.agent("suzuki")
    chat = await team.taken(sato)
    await team.ownership.say(chat, sato.id, "確認いたします", "k1")
    await team.ownership.say(chat, sato.id, "確認いたします", "k1")
    until = team.clock.now() + timedelta(hours=1)
    await team.ownership.snooze(chat, sato.id, until)
    await team.ownership.transfer(chat, sato.id, suzuki.id)
    await team.ownership.release(chat, suzuki.id)
    await team.ownership.take(chat, suzuki.id)
    await team.ownership.give_back(chat, suzuki.id)
    await team.ownership.take(chat, suzuki.id)
    await team.ownership.close(chat, suzuki.id, "solved")
    deeds = [(deed.action, deed.agent_id) for deed in await team.deeds(chat)]
    assert deeds == [
        ("chat.take", sato.id),
        ("chat.say", sato.id),
        ("chat.snooze", sato.id),
        ("chat.transfer", sato.id),
        ("chat.release", suzuki.id),
        ("chat.take", suzuki.id),
        ("chat.give_back", suzuki.id),
        ("chat.take", suzuki.id),
        ("chat.close", suzuki.id),
    ]
    assert (await team.deeds(chat))[-1].detail == {"result": "solved"}
    assert "確認" not in str(await team.deeds(chat))


async def rename(team: Team, table: str, to: str) -> None:
    """Give a table another name."""
    async with team.database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO {to}"))


async def test_what_cannot_be_written_into_the_log_is_not_done(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.waiting()
    await rename(team, "audit_log", "audit_log_away")
    with pytest.raises(DBAPIError):
        await team.ownership.take(chat, sato.id)
    await rename(team, "audit_log_away", "audit_log")
    assert (await team.get(chat)).owner is Owner.QUEUE


async def test_what_was_refused_is_no_deed(team: Team) -> None:
    sato, suzuki = await team.agent("sato"), await team.agent("suzuki")
    chat = await team.taken(sato)
    assert not await team.ownership.take(chat, suzuki.id)
    assert not await team.ownership.close(chat, suzuki.id, "solved")
    assert [deed.agent_id for deed in await team.deeds(chat)] == [sato.id]


async def test_a_chat_that_was_returned_is_the_system_s_deed(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.taken(sato)
    await team.store.receive(chat, "e1", text="まだですか")
    team.clock.at += timedelta(minutes=16)
    assert await team.ownership.return_idle(timedelta(minutes=15)) == [chat]
    last = (await team.deeds(chat))[-1]
    assert (last.action, last.agent_id, last.detail) == ("chat.returned", None, {"agent": sato.id})


async def test_who_was_assigned_and_never_answers_loses_the_chat(team: Team) -> None:
    chat = await team.chat()
    await team.store.receive(chat, "e1", text="傷があります")
    team.clock.at += timedelta(minutes=20)
    sato = await team.agent("sato")
    handoff = await team.waiting_again(chat)
    assert await team.assigning.place(chat, handoff, sato.id)
    # The customer has waited long, but this agent has only just got the chat.
    team.clock.at += timedelta(minutes=14)
    assert await team.ownership.return_idle(timedelta(minutes=15)) == []
    team.clock.at += timedelta(minutes=2)
    assert await team.ownership.return_idle(timedelta(minutes=15)) == [chat]


async def test_the_chats_of_who_left_the_desk_wait_again(team: Team) -> None:
    sato, suzuki = await team.agent("sato"), await team.agent("suzuki")
    left, other = await team.taken(sato), await team.taken(suzuki)
    called = await team.ownership.open_handoff(left)
    assert called is not None
    await team.desk.auth.agents.remove(sato.id, None)
    assert await return_orphaned(team.database, team.clock, team.ownership) == [left]
    handoff = await team.ownership.open_handoff(left)
    assert handoff is not None
    assert (handoff.id, handoff.stage) == (called.id, Stage.WAITING)
    assert await team.holder(other) == suzuki.id
    assert (await team.deeds(left))[-1].detail == {"agent": sato.id}
    await team.desk.auth.agents.update(suzuki.id, {"role": Role.AUDITOR}, None)
    assert await return_orphaned(team.database, team.clock, team.ownership) == [other]
    assert await return_orphaned(team.database, team.clock, team.ownership) == []


async def test_a_snoozed_chat_comes_back_when_it_is_due(team: Team) -> None:
    sato = await team.agent("sato")
    chat = await team.taken(sato)
    await team.ownership.snooze(chat, sato.id, team.clock.now() + timedelta(minutes=30))
    assert await wake_snoozed(team.database, team.clock) == []
    team.clock.at += timedelta(minutes=31)
    assert await wake_snoozed(team.database, team.clock) == [chat]
    assert (await team.row(chat)).snoozed_until is None
    assert await wake_snoozed(team.database, team.clock) == []


async def test_a_snoozed_chat_does_not_count_until_the_customer_writes(team: Team) -> None:
    sato = await team.agent("sato", capacity=1)
    chat, _ = await team.taken(sato), await team.taken(sato)
    assert await team.workload.is_over(sato.id)
    await team.ownership.snooze(chat, sato.id, team.clock.now() + timedelta(days=1))
    assert not await team.workload.is_over(sato.id)
    await team.store.receive(chat, "e1", text="やはり今")
    assert await team.workload.is_over(sato.id)
