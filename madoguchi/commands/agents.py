"""``madoguchi agents``: who works at the desk, for the first of them and for those locked out."""

from __future__ import annotations

import getpass
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from madoguchi.clock import SystemClock
from madoguchi.commands.database import opened_database
from madoguchi.desk.agent import Agent, AgentFieldError
from madoguchi.desk.agents import (
    Agents,
    LastAdminError,
    LoginTakenError,
    NewAgent,
    UnknownAgentError,
)
from madoguchi.desk.audit import Audit
from madoguchi.desk.passwords import SHORTEST, Passwords, WeakPasswordError, generated
from madoguchi.settings import Settings, SettingsError

_REASONS = {
    "short": f"it needs {SHORTEST} characters or more",
    "long": "it is too long",
    "login": "it is made of the sign-in name",
    "obvious": "it is one of those that are tried first",
}

_FIELDS = {
    "login": "sign-in name: write letters a to z, digits and . _ @ + -, 64 at most, no blanks",
    "name": "name: it needs something that customers can read, 80 characters at most",
    "email": "e-mail address: write it as name@shop.example.jp",
    "capacity": "number of chats: 1 to 50",
}


async def add_agent(settings: Settings, new: NewAgent, password: str | None) -> str:
    """Add an agent; returns what was done, with the password when none was given.

    Raises SettingsError in words for the operator.
    """
    used = generated() if password is None else password
    async with _opened(settings) as agents:
        agent = await agents.create(new, used, None)
    return _done(f"{agent.login} may sign in as {agent.role}", used, given=password is not None)


async def list_agents(settings: Settings) -> str:
    """Return the agents, a line each."""
    async with _opened(settings) as agents:
        found = await agents.all()
    if not found:
        return "nobody works at the desk yet: 'agents add LOGIN --name NAME --role admin'"
    return "\n".join([_HEAD, *map(_line, found)])


async def reset_agent(settings: Settings, login: str, password: str | None) -> str:
    """Give an agent a new password, without a second factor; returns what was done.

    Raises SettingsError in words for the operator.
    """
    used = generated() if password is None else password
    async with _opened(settings) as agents:
        await agents.reset((await agents.by_login(login)).id, used, None)
    words = f"{login} has a new password, no second factor and no sign-in that is open"
    return _done(words, used, given=password is not None)


async def remove_agent(settings: Settings, login: str) -> str:
    """Take an agent from the desk; returns what was done. Raises SettingsError."""
    async with _opened(settings) as agents:
        await agents.remove((await agents.by_login(login)).id, None)
    return f"{login} is removed; the name stays on the chats and is not given again"


def asked_password(
    ask: Callable[[str], str] = getpass.getpass, *, terminal: bool | None = None
) -> str | None:
    """Return a password typed twice, None to have one made up: for an empty one, or no terminal.

    Raises SettingsError when the two differ.
    """
    if not (sys.stdin.isatty() if terminal is None else terminal):
        return None
    password = ask("Password (empty: one is made up): ")
    if not password:
        return None
    if ask("Once more: ") != password:
        raise SettingsError("the two passwords differ; nothing was changed")
    return password


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Agents]:
    clock = SystemClock()
    try:
        async with opened_database(settings) as database:
            yield Agents(database, clock, Passwords(), Audit(database, clock))
    except UnknownAgentError as error:
        raise SettingsError(f"there is no agent {error}; see 'agents list'") from None
    except LoginTakenError as error:
        raise SettingsError(f"the sign-in name {error} is taken, or was once") from None
    except LastAdminError:
        raise SettingsError("nobody else could manage agents; add another admin first") from None
    except AgentFieldError as error:
        raise SettingsError(f"that cannot be an agent's {_FIELDS[error.field]}") from None
    except WeakPasswordError as error:
        raise SettingsError(f"the password is not taken: {_REASONS[error.reason]}") from None


def _done(words: str, password: str, *, given: bool) -> str:
    return words if given else f"{words}\npassword: {password}"


_HEAD = f"{'login':20}  {'role':7}  {'presence':8}  {'chats':>5}  {'code':4}  {'locked':6}  name"


def _line(agent: Agent) -> str:
    code = "yes" if agent.totp else "no"
    locked = agent.locked_until is not None and agent.locked_until > SystemClock().now()
    return (
        f"{agent.login:20}  {agent.role:7}  {agent.presence:8}  {agent.capacity:>5}  {code:4}  "
        f"{'yes' if locked else 'no':6}  {agent.name}"
    )
