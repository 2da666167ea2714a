"""The command that adds, lists, resets and removes the desk's agents."""

from __future__ import annotations

import pytest

from madoguchi.clock import SystemClock
from madoguchi.commands.agents import (
    add_agent,
    asked_password,
    list_agents,
    remove_agent,
    reset_agent,
)
from madoguchi.commands.database import opened_database
from madoguchi.desk.agent import Agent
from madoguchi.desk.agents import NewAgent
from madoguchi.desk.gate import desk_auth
from madoguchi.desk.roles import Role
from madoguchi.desk.signin import LoginFailedError
from madoguchi.ratelimits import RateLimits
from madoguchi.settings import Settings, SettingsError

PASSWORD = "a passphrase of the shop"
SATO = NewAgent("sato", "佐藤 花子", Role.ADMIN)


async def sign_in(used: Settings, login: str, password: str) -> Agent:
    async with opened_database(used) as database:
        auth = desk_auth(database, SystemClock(), RateLimits(0, 0), secrets=used.desk_secrets)
        return (await auth.sign_in.sign_in(login, password, None))[0]


def made_up(words: str) -> str:
    return words.rpartition("password: ")[2]


async def test_the_first_agent_is_added_with_a_made_up_password(used: Settings) -> None:
    assert "nobody works" in await list_agents(used)
    words = await add_agent(used, SATO, None)
    assert words.startswith("sato may sign in as admin\npassword: ")
    assert (await sign_in(used, "sato", made_up(words))).role is Role.ADMIN


async def test_a_password_that_was_typed_is_not_shown(used: Settings) -> None:
    assert await add_agent(used, SATO, PASSWORD) == "sato may sign in as admin"
    await sign_in(used, "sato", PASSWORD)


async def test_agents_are_listed_without_anything_secret(used: Settings) -> None:
    await add_agent(used, SATO, PASSWORD)
    await add_agent(used, NewAgent("abe", "阿部", Role.AUDITOR, capacity=2), PASSWORD)
    head, abe, sato = (await list_agents(used)).splitlines()
    assert head.split() == ["login", "role", "presence", "chats", "code", "locked", "name"]
    assert abe.split() == ["abe", "auditor", "offline", "2", "no", "no", "阿部"]
    assert sato.split() == ["sato", "admin", "offline", "4", "no", "no", "佐藤", "花子"]


async def test_a_reset_lets_in_who_was_locked_out(used: Settings) -> None:
    await add_agent(used, SATO, PASSWORD)
    for _ in range(5):
        with pytest.raises(LoginFailedError):
            await sign_in(used, "sato", "wrong")
    assert (await list_agents(used)).splitlines()[1].split()[5] == "yes"
    words = await reset_agent(used, "SATO", None)
    assert (await sign_in(used, "sato", made_up(words))).login == "sato"


async def test_who_is_removed_is_not_listed_and_not_let_in(used: Settings) -> None:
    await add_agent(used, SATO, PASSWORD)
    await add_agent(used, NewAgent("abe", "阿部", Role.AGENT), PASSWORD)
    assert "abe is removed" in await remove_agent(used, "abe")
    assert "abe" not in await list_agents(used)
    with pytest.raises(LoginFailedError):
        await sign_in(used, "abe", PASSWORD)


async def test_what_cannot_be_done_is_said_in_words(used: Settings) -> None:
    await add_agent(used, SATO, PASSWORD)
    with pytest.raises(SettingsError, match=r"no agent abe; see 'agents list'"):
        await remove_agent(used, "abe")
    with pytest.raises(SettingsError, match="no agent abe"):
        await reset_agent(used, "abe", PASSWORD)
    with pytest.raises(SettingsError, match="nobody else could manage agents"):
        await remove_agent(used, "sato")
    with pytest.raises(SettingsError, match="sato is taken"):
        await add_agent(used, SATO, PASSWORD)
    with pytest.raises(
        SettingsError, match="cannot be an agent's sign-in name: write letters a to z"
    ):
        await add_agent(used, NewAgent("佐藤", "佐藤", Role.AGENT), PASSWORD)
    with pytest.raises(SettingsError, match="12 characters or more"):
        await reset_agent(used, "sato", "short")


def test_a_password_is_typed_twice_on_a_terminal() -> None:
    typed = iter([PASSWORD, PASSWORD])
    assert asked_password(lambda _: next(typed), terminal=True) == PASSWORD


def test_two_that_differ_change_nothing() -> None:
    typed = iter([PASSWORD, "another"])
    with pytest.raises(SettingsError, match="differ"):
        asked_password(lambda _: next(typed), terminal=True)


def test_without_a_terminal_or_with_an_empty_one_it_is_made_up() -> None:
    assert asked_password(lambda _: "", terminal=True) is None
    assert asked_password(lambda _: pytest.fail("nobody is asked"), terminal=False) is None
