"""The demonstration has agents to try; production starts with none of them."""

from __future__ import annotations

import asyncio

import pytest

from madoguchi.desk.agents import NewAgent
from madoguchi.desk.demo_agents import DEMO_AGENTS, ensure_demo_agents, refuse_demo_agents
from madoguchi.desk.roles import Role
from madoguchi.settings import Settings, SettingsError
from tests.desk.signin_parts import OTHER, Desk, desk_on, quick_passwords

DEMO = Settings(env="demo")
PRODUCTION = Settings(
    env="production",
    identity_secret="x" * 32,
    allowed_origins="https://shop.example",
)


async def ensured(desk: Desk, settings: Settings = DEMO) -> list[str]:
    return await ensure_demo_agents(settings, desk.auth.agents, quick_passwords())


async def test_each_may_sign_in_with_the_published_password(desk: Desk) -> None:
    assert await ensured(desk) == ["sato", "suzuki", "admin"]
    for demo in DEMO_AGENTS:
        agent, _, _ = await desk.auth.sign_in.sign_in(demo.login, demo.password, None)
        assert agent.role is demo.role
        assert quick_passwords().needs_rehash((await desk.row(agent.id)).password_hash) is False
    assert {demo.role for demo in DEMO_AGENTS} == {Role.LEAD, Role.AGENT, Role.ADMIN}


async def test_where_somebody_is_or_was_nobody_is_added(desk: Desk) -> None:
    agent = await desk.add("tanaka")
    assert await ensured(desk) == []
    await desk.auth.agents.remove(agent.id, None)
    assert await ensured(desk) == []


async def test_two_processes_that_start_at_once_make_each_once(desk: Desk) -> None:
    other = desk_on(desk.database, desk.clock)
    made = await asyncio.gather(ensured(desk), ensured(other))
    assert sorted(made[0] + made[1]) == ["admin", "sato", "suzuki"]
    assert len(await desk.auth.agents.all()) == 3


async def test_production_gets_none_and_refuses_those_there_are(desk: Desk) -> None:
    assert await ensured(desk, PRODUCTION) == []
    await refuse_demo_agents(PRODUCTION, desk.database, quick_passwords())
    await ensured(desk)
    await refuse_demo_agents(DEMO, desk.database, quick_passwords())
    with pytest.raises(SettingsError, match=r"agents admin, sato, suzuki have"):
        await refuse_demo_agents(PRODUCTION, desk.database, quick_passwords())


async def test_production_starts_when_they_are_gone_or_have_other_passwords(desk: Desk) -> None:
    await ensured(desk)
    boss = await desk.auth.agents.create(NewAgent("boss", "Boss", Role.ADMIN), OTHER, None)
    for login in ("sato", "admin"):
        agent = await desk.auth.agents.by_login(login)
        await desk.auth.agents.remove(agent.id, boss.id)
    with pytest.raises(SettingsError, match=r"agents suzuki have"):
        await refuse_demo_agents(PRODUCTION, desk.database, quick_passwords())
    await desk.auth.agents.reset((await desk.auth.agents.by_login("suzuki")).id, OTHER, None)
    await refuse_demo_agents(PRODUCTION, desk.database, quick_passwords())
