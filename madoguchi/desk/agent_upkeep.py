"""What admins do for an agent's sign-in: another password, no lock, no second factor."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.desk.agents import UnknownAgentError, locked_agent
from madoguchi.desk.audit import Audit
from madoguchi.desk.passwords import Passwords, check_new
from madoguchi.desk.sessions import end_sessions
from madoguchi.desk.tables import AgentRow


class AgentUpkeep:
    """Does it, on SQLite or PostgreSQL. ``by`` is who did it; all raise UnknownAgentError."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, passwords: Passwords, audit: Audit
    ) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._passwords = passwords
        self._audit = audit

    async def set_password(self, agent_id: str, password: str, by: str | None) -> None:
        """Give an agent a password; no lock and no sign-in is left, the second factor stays.

        Raises WeakPasswordError.
        """
        async with AsyncSession(self._reads) as session:
            known = await session.get(AgentRow, agent_id)
        if known is None:
            raise UnknownAgentError(agent_id)
        check_new(password, known.login)
        password_hash = await self._passwords.hash(password)
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            row.password_hash, row.failed, row.locked_until = password_hash, 0, None
            await session.flush()
            await end_sessions(session, agent_id, as_utc(self._clock.now()))
            self._audit.write(session, "agent_password", by, {"agent": agent_id})

    async def unlock(self, agent_id: str, by: str | None) -> None:
        """Let an agent try to sign in again at once."""
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            row.failed, row.locked_until = 0, None
            self._audit.write(session, "agent_unlocked", by, {"agent": agent_id})

    async def reset_totp(self, agent_id: str, by: str | None) -> None:
        """Switch an agent's second factor off, whose device is lost."""
        async with AsyncSession(self._engine) as session, session.begin():
            row = await locked_agent(session, agent_id)
            row.totp_secret = row.totp_confirmed_at = row.totp_counter = None
            self._audit.write(session, "agent_totp_reset", by, {"agent": agent_id})
