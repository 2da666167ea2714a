"""The agents of a demonstration, whose passwords are published, and their place: nowhere else."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.database import only_reading
from madoguchi.desk.agents import Agents, LoginTakenError, NewAgent
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.refusals import desk_words
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow
from madoguchi.settings import Settings, SettingsError


@dataclass(frozen=True)
class DemoAgent:
    """Somebody to try the desk as."""

    login: str
    role: Role
    # Published in this repository, so worth nothing outside a demonstration.
    password: str


DEMO_AGENTS: Final = (
    DemoAgent("sato", Role.LEAD, "madoguchi-demo-sato"),
    DemoAgent("suzuki", Role.AGENT, "madoguchi-demo-suzuki"),
    DemoAgent("admin", Role.ADMIN, "madoguchi-demo-admin"),
)


async def ensure_demo_agents(settings: Settings, agents: Agents, passwords: Passwords) -> list[str]:
    """Create the demonstration's agents when there is no agent at all; returns their names.

    Does nothing in production.
    """
    if not settings.demo or await agents.all(removed=True):
        return []
    created = []
    for demo in DEMO_AGENTS:
        name = desk_words()(f"agents.demo.{demo.login}")
        # Another process that starts at the same moment makes the same ones.
        with contextlib.suppress(LoginTakenError):
            await agents.create_with_hash(
                NewAgent(demo.login, name, demo.role), passwords.hash_published(demo.password), None
            )
            created.append(demo.login)
    return created


async def refuse_demo_agents(settings: Settings, engine: AsyncEngine, passwords: Passwords) -> None:
    """Return when production has no agent with a published password. Raises SettingsError."""
    if settings.demo:
        return
    known = {demo.login: demo.password for demo in DEMO_AGENTS}
    async with AsyncSession(only_reading(engine)) as session:
        found = (
            await session.execute(
                select(AgentRow.login, AgentRow.password_hash)
                .where(AgentRow.login.in_(known), AgentRow.removed_at.is_(None))
                .order_by(AgentRow.login)
            )
        ).all()
    published = [login for login, stored in found if await passwords.verify(stored, known[login])]
    if published:
        names = ", ".join(published)
        raise SettingsError(
            f"the agents {names} have the demonstration's passwords, which everybody knows; give "
            "them others with 'python -m madoguchi agents reset LOGIN' or take them away with "
            "'python -m madoguchi agents remove LOGIN'"
        )
