"""Agents: added, changed, reset and removed, and an admin is always left."""

from __future__ import annotations

import asyncio

import pytest

from madoguchi.desk.agent import Agent, AgentFieldError, Presence
from madoguchi.desk.agents import (
    Changes,
    LastAdminError,
    LoginTakenError,
    NewAgent,
    UnknownAgentError,
)
from madoguchi.desk.passwords import WeakPasswordError
from madoguchi.desk.roles import Role
from madoguchi.desk.signin import LoginFailedError
from tests.desk.signin_parts import NOW, OTHER, PASSWORD, Desk, desk_on


async def test_a_new_agent_is_found_by_id_and_by_name(desk: Desk) -> None:
    new = NewAgent(" Ｓato ", "佐藤 花子", Role.LEAD, "sato@example.jp", 6)
    agent = await desk.auth.agents.create(new, PASSWORD, "boss")
    assert agent == await desk.auth.agents.get(agent.id)
    assert agent == await desk.auth.agents.by_login("SATO")
    assert (agent.login, agent.name, agent.role) == ("sato", "佐藤 花子", Role.LEAD)
    assert (agent.email, agent.capacity, agent.presence) == (
        "sato@example.jp",
        6,
        Presence.OFFLINE,
    )
    assert (agent.totp, agent.removed_at, agent.created_at) == (False, None, NOW)


async def test_no_password_is_stored_or_logged(desk: Desk) -> None:
    agent = await desk.add()
    row = await desk.row(agent.id)
    assert row.password_hash.startswith("$argon2id$")
    for entry in await desk.auth.audit.entries():
        assert PASSWORD not in str(entry)
        assert "argon2" not in str(entry)


async def test_an_agent_with_a_wrong_value_is_not_made(desk: Desk) -> None:
    wrong = [
        NewAgent("佐藤", "Sato", Role.AGENT),
        NewAgent("sato", "", Role.AGENT),
        NewAgent("sato", "Sato", Role.AGENT, "sato"),
        NewAgent("sato", "Sato", Role.AGENT, None, -1),
    ]
    for new, field in zip(wrong, ("login", "name", "email", "capacity"), strict=True):
        with pytest.raises(AgentFieldError) as refused:
            await desk.auth.agents.create(new, PASSWORD, None)
        assert refused.value.field == field
    assert await desk.auth.agents.all() == []


async def test_a_weak_password_makes_no_agent(desk: Desk) -> None:
    with pytest.raises(WeakPasswordError):
        await desk.auth.agents.create(NewAgent("sato", "Sato", Role.AGENT), "short", None)
    assert await desk.auth.agents.all() == []


async def test_a_name_is_given_once_even_at_the_same_moment(desk: Desk) -> None:
    results = await asyncio.gather(
        *(desk.add(login) for login in ("sato", "SATO", "sato", "sato")), return_exceptions=True
    )
    assert len([result for result in results if isinstance(result, Agent)]) == 1
    assert len([result for result in results if isinstance(result, LoginTakenError)]) == 3


async def test_agents_are_listed_by_their_names(desk: Desk) -> None:
    for login in ("suzuki", "abe", "sato"):
        await desk.add(login)
    assert [agent.login for agent in await desk.auth.agents.all()] == ["abe", "sato", "suzuki"]


async def test_what_is_changed_changes_and_the_rest_stays(desk: Desk) -> None:
    agent = await desk.add()
    changed = await desk.auth.agents.update(
        agent.id, {"name": "佐藤", "capacity": 2, "email": "new@example.jp"}, "boss"
    )
    assert (changed.name, changed.capacity, changed.email) == ("佐藤", 2, "new@example.jp")
    assert (changed.role, changed.login) == (agent.role, agent.login)
    assert changed == await desk.auth.agents.get(agent.id)
    [entry, _] = await desk.auth.audit.entries()
    assert (entry.action, entry.agent_id) == ("agent_changed", "boss")
    assert entry.detail["changed"] == ["capacity", "email", "name"]
    assert "new@example.jp" not in str(entry)


async def test_a_change_with_one_wrong_value_changes_nothing(desk: Desk) -> None:
    agent = await desk.add()
    with pytest.raises(AgentFieldError):
        await desk.auth.agents.update(agent.id, {"name": "佐藤", "capacity": 99}, None)
    assert await desk.auth.agents.get(agent.id) == agent


async def test_a_change_to_the_same_is_no_deed(desk: Desk) -> None:
    agent = await desk.add()
    await desk.auth.agents.update(agent.id, {"name": agent.name}, None)
    assert await desk.actions() == [("agent_created", None)]


async def test_a_reset_gives_a_new_password_and_takes_everything_else(desk: Desk) -> None:
    agent = await desk.add()
    secret = await desk.with_totp(agent)
    _, token = await desk.enter(code=desk.code(secret))
    for _ in range(5):
        with pytest.raises(LoginFailedError):
            await desk.auth.sign_in.sign_in("sato", "wrong", None)
    reset = await desk.auth.agents.reset(agent.id, OTHER, "boss")
    assert (reset.totp, reset.locked_until) == (False, None)
    assert (await desk.row(agent.id)).totp_secret is None
    assert await desk.auth.sessions.find(token) is None
    signed_in, _, _ = await desk.auth.sign_in.sign_in("sato", OTHER, None)
    assert signed_in.id == agent.id


async def test_a_reset_takes_no_weak_password(desk: Desk) -> None:
    agent = await desk.add()
    with pytest.raises(WeakPasswordError):
        await desk.auth.agents.reset(agent.id, "sato-sato-sato", None)
    await desk.enter()


async def test_who_is_removed_is_out_at_once_and_keeps_a_name(desk: Desk) -> None:
    agent = await desk.add()
    await desk.auth.agents.set_presence(agent.id, Presence.ONLINE)
    _, token = await desk.enter()
    await desk.auth.agents.remove(agent.id, "boss")
    assert await desk.auth.sessions.find(token) is None
    with pytest.raises(LoginFailedError):
        await desk.enter()
    assert await desk.auth.agents.all() == []
    [gone] = await desk.auth.agents.all(removed=True)
    assert gone == await desk.auth.agents.get(agent.id)
    assert (gone.name, gone.removed_at, gone.presence) == ("Sato", NOW, Presence.OFFLINE)
    assert "argon2" not in (await desk.row(agent.id)).password_hash
    with pytest.raises(UnknownAgentError):
        await desk.auth.agents.by_login("sato")
    with pytest.raises(LoginTakenError):
        await desk.add("sato")


async def test_nothing_is_done_to_who_is_not_there(desk: Desk) -> None:
    agent, agents = await desk.add(), desk.auth.agents
    await agents.remove(agent.id, None)
    for unknown in (agent.id, "nobody"):
        with pytest.raises(UnknownAgentError):
            await agents.update(unknown, {"name": "x"}, None)
        with pytest.raises(UnknownAgentError):
            await agents.reset(unknown, OTHER, None)
        with pytest.raises(UnknownAgentError):
            await agents.remove(unknown, None)
        with pytest.raises(UnknownAgentError):
            await agents.set_presence(unknown, Presence.ONLINE)
    with pytest.raises(UnknownAgentError):
        await agents.get("nobody")


async def test_presence_is_told_with_its_time(desk: Desk) -> None:
    agent = await desk.add()
    assert agent.presence_at is None
    there = await desk.auth.agents.set_presence(agent.id, Presence.ONLINE)
    assert (there.presence, there.presence_at) == (Presence.ONLINE, NOW)
    assert there == await desk.auth.agents.get(agent.id)


# --- the last admin


async def test_the_last_admin_is_neither_removed_nor_demoted(desk: Desk) -> None:
    admin = await desk.add("admin", Role.ADMIN)
    await desk.add("lead", Role.LEAD)
    gone = await desk.add("gone", Role.ADMIN)
    await desk.auth.agents.remove(gone.id, admin.id)
    with pytest.raises(LastAdminError):
        await desk.auth.agents.remove(admin.id, admin.id)
    for role in set(Role) - {Role.ADMIN}:
        with pytest.raises(LastAdminError):
            await desk.auth.agents.update(admin.id, {"role": role}, admin.id)
    assert await desk.auth.agents.get(admin.id) == admin


async def test_the_last_admin_may_be_changed_otherwise(desk: Desk) -> None:
    admin = await desk.add("admin", Role.ADMIN)
    same: Changes = {"role": Role.ADMIN, "capacity": 1}
    assert (await desk.auth.agents.update(admin.id, same, admin.id)).capacity == 1


async def test_admins_who_throw_each_other_out_at_the_same_moment_leave_one(desk: Desk) -> None:
    for turn in range(4):
        first = await desk.add(f"first{turn}", Role.ADMIN)
        second = await desk.add(f"second{turn}", Role.ADMIN)
        for agent in await desk.auth.agents.all():
            if agent.role is Role.ADMIN and agent.id not in (first.id, second.id):
                await desk.auth.agents.remove(agent.id, None)
        other = desk_on(desk.database, desk.clock)
        results = await asyncio.gather(
            desk.auth.agents.remove(first.id, second.id),
            other.auth.agents.update(second.id, {"role": Role.AGENT}, first.id),
            return_exceptions=True,
        )
        assert len([result for result in results if isinstance(result, LastAdminError)]) == 1
        left = [agent for agent in await desk.auth.agents.all() if agent.role is Role.ADMIN]
        assert len(left) == 1
