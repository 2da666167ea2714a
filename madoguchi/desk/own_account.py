"""What agents change of their own sign-in: the password and the second factor."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.desk.agent import Agent
from madoguchi.desk.audit import Audit
from madoguchi.desk.passwords import Passwords, check_new
from madoguchi.desk.sealing import Seal
from madoguchi.desk.sessions import end_sessions
from madoguchi.desk.signin import LoginFailedError, SignIn
from madoguchi.desk.tables import AgentRow
from madoguchi.desk.totp import counter_of, new_secret, uri


class SecondFactorOnError(Exception):
    """It is on already, and a new one must not take its place unproven."""


class WrongCodeError(Exception):
    """The one-time code is not one of the secret's, or nothing was begun."""


class OwnAccount:
    """Changes that agents make themselves, on SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        passwords: Passwords,
        *,
        sign_in: SignIn,
        audit: Audit,
        seal: Seal,
    ) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._passwords = passwords
        self._sign_in = sign_in
        self._audit = audit
        self._seal = seal

    async def change_password(self, agent: Agent, old: str, new: str) -> None:
        """Change the password and end every sign-in, this one too.

        Raises WeakPasswordError, LoginFailedError for a wrong old one, and LockedError.
        """
        check_new(new, agent.login)
        proven = await self._sign_in.confirm(agent.id, old)
        password_hash = await self._passwords.hash(new)
        async with AsyncSession(self._engine) as session, session.begin():
            changed = await session.scalar(
                update(AgentRow)
                .where(*proven.still())
                .values(password_hash=password_hash)
                .returning(AgentRow.id)
            )
            if changed is None:
                raise LoginFailedError
            await end_sessions(session, agent.id, self._now())
            self._audit.write(session, "password_changed", agent.id)

    async def begin_totp(self, agent: Agent) -> tuple[str, str]:
        """Return a new secret and its address for a QR code; it counts once it is confirmed.

        Raises SecondFactorOnError.
        """
        secret = new_secret()
        async with AsyncSession(self._engine) as session, session.begin():
            begun = await session.scalar(
                update(AgentRow)
                .where(AgentRow.id == agent.id, AgentRow.totp_confirmed_at.is_(None))
                .values(totp_secret=self._seal.sealed(secret), totp_counter=None)
                .returning(AgentRow.id)
            )
        if begun is None:
            raise SecondFactorOnError
        return secret, uri(secret, agent.login)

    async def confirm_totp(self, agent: Agent, code: str) -> None:
        """Switch the second factor on, for a code shows that the secret arrived.

        The code is used up by it. Raises WrongCodeError.
        """
        stored, secret = await self._begun(agent)
        counter = counter_of(secret, code, self._clock.now()) if secret else None
        if counter is None:
            raise WrongCodeError
        async with AsyncSession(self._engine) as session, session.begin():
            confirmed = await session.scalar(
                update(AgentRow)
                .where(
                    AgentRow.id == agent.id,
                    AgentRow.totp_secret == stored,
                    AgentRow.totp_confirmed_at.is_(None),
                    or_(AgentRow.totp_counter.is_(None), AgentRow.totp_counter < counter),
                )
                .values(totp_confirmed_at=self._now(), totp_counter=counter)
                .returning(AgentRow.id)
            )
            if confirmed is None:
                raise WrongCodeError
            self._audit.write(session, "totp_on", agent.id)

    async def begun_totp(self, agent: Agent) -> str | None:
        """Return the address of a second factor that is being set up, None when none is."""
        _, secret = await self._begun(agent)
        return uri(secret, agent.login) if secret else None

    async def turn_totp_off(self, agent: Agent, password: str, code: str) -> None:
        """Switch the second factor off. Raises LoginFailedError, CodeFailedError, LockedError."""
        proven = await self._sign_in.confirm(agent.id, password, code)
        async with AsyncSession(self._engine) as session, session.begin():
            off = await session.scalar(
                update(AgentRow)
                .where(*proven.still())
                .values(totp_secret=None, totp_confirmed_at=None, totp_counter=None)
                .returning(AgentRow.id)
            )
            if off is None:
                raise LoginFailedError
            self._audit.write(session, "totp_off", agent.id)

    async def _begun(self, agent: Agent) -> tuple[str | None, str | None]:
        """Return the secret that is not confirmed yet, as it is stored and as it is."""
        async with AsyncSession(self._reads) as session:
            stored = await session.scalar(
                select(AgentRow.totp_secret).where(
                    AgentRow.id == agent.id, AgentRow.totp_confirmed_at.is_(None)
                )
            )
        return stored, self._seal.opened(stored) if stored else None

    def _now(self) -> datetime:
        return as_utc(self._clock.now())
