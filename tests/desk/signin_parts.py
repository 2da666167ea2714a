"""What the tests of signing in share: a moment, quick passwords and the parts on a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.desk.agent import Agent
from madoguchi.desk.agents import NewAgent
from madoguchi.desk.gate import DeskAuth, desk_auth
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.roles import Role
from madoguchi.desk.sessions import Session
from madoguchi.desk.tables import AgentRow
from madoguchi.ratelimits import RateLimits
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 1, 9, 0, 0, tzinfo=TOKYO)
PASSWORD = "まどぐちの鍵は全部で三つある"
SECRET = "the secret that second factors are sealed with"
OTHER = "another long passphrase"


def quick_passwords() -> Passwords:
    """Return passwords that cost next to nothing, for what is not about their cost."""
    return Passwords(time_cost=1, memory_kib=8)


@dataclass(frozen=True)
class Desk:
    """The parts of signing in, on a database and with a clock that the test moves."""

    database: AsyncEngine
    clock: TestClock
    auth: DeskAuth

    async def add(self, login: str = "sato", role: Role = Role.AGENT) -> Agent:
        """Add an agent with the tests' password."""
        return await self.auth.agents.create(NewAgent(login, login.title(), role), PASSWORD, None)

    async def enter(self, login: str = "sato", code: str | None = None) -> tuple[Session, str]:
        """Sign in with the right password; returns the session and its token."""
        _, session, token = await self.auth.sign_in.sign_in(login, PASSWORD, code, "Firefox")
        return session, token

    async def with_totp(self, agent: Agent) -> str:
        """Switch the agent's second factor on, with a code of a minute ago; returns the secret."""
        secret, _ = await self.auth.own.begin_totp(agent)
        await self.auth.own.confirm_totp(agent, self.code(secret, steps=-1))
        return secret

    def code(self, secret: str, steps: int = 0) -> str:
        """Return the code that is so many steps of 30 seconds from now."""
        return pyotp.TOTP(secret).at(self.clock.now(), counter_offset=steps)

    async def row(self, agent_id: str) -> AgentRow:
        """Return what is stored of an agent."""
        async with AsyncSession(self.database) as session:
            found = await session.scalar(select(AgentRow).where(AgentRow.id == agent_id))
        assert found is not None
        return found

    async def actions(self) -> list[tuple[str, str | None]]:
        """Return the audit log's deeds with their reasons, the oldest first."""
        entries = await self.auth.audit.entries()
        return [(entry.action, entry.detail.get("reason")) for entry in reversed(entries)]


def desk_on(
    database: AsyncEngine,
    clock: TestClock,
    limits: RateLimits | None = None,
    secrets: Sequence[str] = (SECRET,),
) -> Desk:
    """Return the parts on a database, as another process would have them."""
    used = limits or RateLimits(0, 0)
    auth = desk_auth(database, clock, used, quick_passwords(), secrets=secrets)
    return Desk(database, clock, auth)
