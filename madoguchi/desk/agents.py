"""Stores agents; one who may manage the others is always left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.tokens import new_id
from madoguchi.database import only_reading
from madoguchi.desk.agent import (
    USUAL_CAPACITY,
    Agent,
    Presence,
    agent_of,
    checked_capacity,
    checked_email,
    checked_login,
    checked_name,
    known_login,
)
from madoguchi.desk.audit import Audit
from madoguchi.desk.passwords import Passwords, check_new
from madoguchi.desk.roles import Role
from madoguchi.desk.sessions import end_sessions
from madoguchi.desk.tables import AgentRow

_NO_PASSWORD = "!"


class UnknownAgentError(Exception):
    """There is no such agent, or not any more."""


class LoginTakenError(Exception):
    """Somebody has the sign-in name, or had it: names are never given twice."""


class LastAdminError(Exception):
    """Nobody would be left who may manage agents."""


@dataclass(frozen=True)
class NewAgent:
    """Who is to work at the desk."""

    login: str
    name: str
    role: Role
    email: str | None = None
    capacity: int = USUAL_CAPACITY


class Changes(TypedDict, total=False):
    """What may be changed of an agent; what is not in it stays."""

    name: str
    role: Role
    email: str | None
    capacity: int


class Agents:
    """The agents, on SQLite or PostgreSQL. ``by`` is who did it, None for the command line."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, passwords: Passwords, audit: Audit
    ) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._passwords = passwords
        self._audit = audit

    async def create(self, new: NewAgent, password: str, by: str | None) -> Agent:
        """Return the new agent.

        Raises AgentFieldError, WeakPasswordError and LoginTakenError.
        """
        login = checked_login(new.login)
        check_new(password, login)
        return await self.create_with_hash(new, await self._passwords.hash(password), by)

    async def create_with_hash(self, new: NewAgent, password_hash: str, by: str | None) -> Agent:
        """Return the new agent with a password that was hashed and judged elsewhere.

        Raises AgentFieldError and LoginTakenError.
        """
        row = AgentRow(
            id=new_id(),
            login=checked_login(new.login),
            name=checked_name(new.name),
            email=checked_email(new.email),
            role=new.role,
            password_hash=password_hash,
            failed=0,
            capacity=checked_capacity(new.capacity),
            presence=Presence.OFFLINE,
            created_at=self._now(),
        )
        try:
            async with AsyncSession(self._engine) as session, session.begin():
                session.add(row)
                detail = {"agent": row.id, "login": row.login, "role": row.role}
                self._audit.write(session, "agent_created", by, detail)
                await session.flush()
                return agent_of(row)
        except IntegrityError:
            raise LoginTakenError(new.login) from None

    async def get(self, agent_id: str) -> Agent:
        """Return an agent, also one who was removed: old chats still name them.

        Raises UnknownAgentError.
        """
        async with AsyncSession(self._reads) as session:
            row = await session.get(AgentRow, agent_id)
        if row is None:
            raise UnknownAgentError(agent_id)
        return agent_of(row)

    async def by_login(self, login: str) -> Agent:
        """Return the agent with the sign-in name. Raises UnknownAgentError, also when removed."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(AgentRow).where(
                    AgentRow.login == (known_login(login) or ""), AgentRow.removed_at.is_(None)
                )
            )
        if row is None:
            raise UnknownAgentError(login)
        return agent_of(row)

    async def all(self, *, removed: bool = False) -> list[Agent]:
        """Return the agents by their sign-in names, those who were removed only when asked."""
        query = select(AgentRow).order_by(AgentRow.login)
        if not removed:
            query = query.where(AgentRow.removed_at.is_(None))
        async with AsyncSession(self._reads) as session:
            return [agent_of(row) for row in await session.scalars(query)]

    async def update(self, agent_id: str, changes: Changes, by: str | None) -> Agent:
        """Return the agent with the changes, all of them or none.

        Raises AgentFieldError, UnknownAgentError, and LastAdminError.
        """
        values = _checked(changes)
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            if row.role == Role.ADMIN and values.get("role", Role.ADMIN) != Role.ADMIN:
                await _refuse_last_admin(session, agent_id)
            changed = {key: to for key, to in values.items() if getattr(row, key) != to}
            for key, to in changed.items():
                setattr(row, key, to)
            if changed:
                # The address itself is nobody's business who reads the log.
                told = {key: to for key, to in changed.items() if key != "email"}
                detail = {"agent": agent_id, "changed": sorted(changed), **told}
                self._audit.write(session, "agent_changed", by, detail)
            return agent_of(row)

    async def reset(self, agent_id: str, password: str, by: str | None) -> Agent:
        """Give an agent a new password: no lock, no second factor and no sign-in is left.

        Raises UnknownAgentError and WeakPasswordError.
        """
        check_new(password, (await self.get(agent_id)).login)
        password_hash = await self._passwords.hash(password)
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            _without_secrets(row, password_hash)
            await session.flush()
            await end_sessions(session, agent_id, self._now())
            self._audit.write(session, "agent_reset", by, {"agent": agent_id})
            await session.refresh(row)
            return agent_of(row)

    async def remove(self, agent_id: str, by: str | None) -> None:
        """Take an agent from the desk and end every sign-in; the name stays on old chats.

        Raises UnknownAgentError and LastAdminError.
        """
        now = self._now()
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            if row.role == Role.ADMIN:
                await _refuse_last_admin(session, agent_id)
            row.removed_at = now
            _without_secrets(row, _NO_PASSWORD)
            await session.flush()
            await end_sessions(session, agent_id, now)
            self._audit.write(session, "agent_removed", by, {"agent": agent_id})

    async def set_presence(self, agent_id: str, presence: Presence) -> Agent:
        """Return the agent, who is now there for new chats, or not. Raises UnknownAgentError."""
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            row.presence_at = self._now()
            if row.presence != presence:
                row.presence = presence
                self._audit.write(session, "presence", agent_id, {"presence": presence})
            return agent_of(row)

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


def _checked(changes: Changes) -> Mapping[str, Any]:
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = checked_name(changes["name"])
    if "email" in changes:
        values["email"] = checked_email(changes["email"])
    if "capacity" in changes:
        values["capacity"] = checked_capacity(changes["capacity"])
    if "role" in changes:
        values["role"] = changes["role"]
    return values


async def locked_agent(session: AsyncSession, agent_id: str) -> AgentRow:
    """Return the agent's row, which nobody else changes before the transaction ends.

    All admins are locked with it, always in the same order: two who demote each other at the same
    moment must not both see the other one still there. Raises UnknownAgentError.
    """
    rows = await session.scalars(
        select(AgentRow)
        .where(
            AgentRow.removed_at.is_(None), (AgentRow.id == agent_id) | (AgentRow.role == Role.ADMIN)
        )
        .order_by(AgentRow.id)
        .with_for_update()
    )
    found = next((row for row in rows if row.id == agent_id), None)
    if found is None:
        raise UnknownAgentError(agent_id)
    return found


async def _refuse_last_admin(session: AsyncSession, agent_id: str) -> None:
    other = await session.scalar(
        select(AgentRow.id)
        .where(
            AgentRow.role == Role.ADMIN,
            AgentRow.removed_at.is_(None),
            AgentRow.id != agent_id,
        )
        .limit(1)
    )
    if other is None:
        raise LastAdminError(agent_id)


def _without_secrets(row: AgentRow, password_hash: str) -> None:
    row.password_hash = password_hash
    row.totp_secret = row.totp_confirmed_at = row.totp_counter = None
    row.failed, row.locked_until = 0, None
