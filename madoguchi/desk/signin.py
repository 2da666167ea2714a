"""Signing in: name and password, a one-time code when set up, and a lock after wrong tries."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NoReturn

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.desk.agent import Agent, agent_of, known_login
from madoguchi.desk.audit import Audit
from madoguchi.desk.lockout import Strangers, Tries, counted, is_locked, taken_back
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.sealing import Seal
from madoguchi.desk.sessions import Session, Sessions
from madoguchi.desk.tables import AgentRow
from madoguchi.desk.totp import counter_of
from madoguchi.logs import log


class LoginFailedError(Exception):
    """Name, password or code is wrong; which one is nobody's business."""


class CodeFailedError(LoginFailedError):
    """The password is right and the one-time code is wrong: told only to who is signed in."""


class CodeNeededError(Exception):
    """The password is right and a one-time code has to come with it."""


class LockedError(Exception):
    """There were too many wrong tries; ``until`` is when the next one is taken (UTC)."""

    def __init__(self, until: datetime) -> None:
        """Refuse until the time."""
        super().__init__("locked")
        self.until = until


@dataclass(frozen=True)
class Proven:
    """What an agent showed to be right, as it was when it was looked at."""

    agent_id: str
    password_hash: str
    # As it is stored: sealed.
    totp_secret: str | None = None
    # The step of the one-time code.
    counter: int | None = None

    def still(self) -> list[ColumnElement[bool]]:
        """Return the conditions on the agent's row under which all of it still holds."""
        conditions = [
            AgentRow.id == self.agent_id,
            AgentRow.removed_at.is_(None),
            AgentRow.password_hash == self.password_hash,
        ]
        if self.counter is None:
            return conditions
        unused = or_(AgentRow.totp_counter.is_(None), AgentRow.totp_counter < self.counter)
        return [*conditions, AgentRow.totp_secret == self.totp_secret, unused]


class SignIn:
    """Lets agents in, on SQLite or PostgreSQL, however many processes ask at once."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        passwords: Passwords,
        *,
        sessions: Sessions,
        audit: Audit,
        seal: Seal,
    ) -> None:
        """Check against the engine's database, with times from the clock."""
        self._engine = engine
        self._clock = clock
        self._passwords = passwords
        self._sessions = sessions
        self._audit = audit
        self._seal = seal
        self._strangers = Strangers()

    async def sign_in(
        self, login: str, password: str, code: str | None, client: str = ""
    ) -> tuple[Agent, Session, str]:
        """Return who signed in, the session and its token. ``client`` names the browser.

        Raises LoginFailedError, CodeNeededError and LockedError.
        """
        name = known_login(login)
        found = await self._count(AgentRow.login == name) if name is not None else None
        if found is None:
            await self._refuse_stranger(name or "", password)
        proven = await self._prove(found, password)
        if found.totp_secret is not None:
            proven = await self._with_code(found, code)
        return await self._open(proven, password, client)

    async def confirm(self, agent_id: str, password: str, code: str | None = None) -> Proven:
        """Return when somebody who is signed in knows the password, too, and has the code.

        The code is looked at when one is given and the second factor is on. Wrong tries count as
        those of signing in do: a browser that was left open must not be a place to guess at.
        Raises LoginFailedError, CodeFailedError for a wrong code, and LockedError.
        """
        found = await self._count(AgentRow.id == agent_id)
        if found is None:
            raise LoginFailedError
        proven = await self._prove(found, password)
        if code is not None and found.totp_secret is not None:
            counter = self._counter_of(found, code)
            if counter is None:
                await self._failed(found, "code")
                raise CodeFailedError
            proven = replace(found, counter=counter)
        await self._take_back(agent_id)
        return proven

    async def _count(self, whose: ColumnElement[bool]) -> Proven | None:
        """Count a try before it is judged; None when there is no such agent. Raises LockedError."""
        now = self._now()
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                select(AgentRow).where(whose, AgentRow.removed_at.is_(None)).with_for_update()
            )
            if row is None:
                return None
            tries = _tries(row)
            if not is_locked(tries, now):
                after = counted(tries, now)
                row.failed, row.locked_until = after.failed, after.locked_until
                secret = row.totp_secret if row.totp_confirmed_at else None
                return Proven(row.id, row.password_hash, secret)
            agent_id = row.id
        raise await self._locked(tries.locked_until or now, agent_id)

    async def _refuse_stranger(self, login: str, password: str) -> NoReturn:
        until = self._strangers.count(login, self._now())
        if until is not None:
            raise await self._locked(until, None)
        # The same work as for a name that somebody has. The name itself is not kept in the log:
        # people type their password there by mistake.
        await self._passwords.verify(None, password)
        await self._audit.record("sign_in_failed", None, {"reason": "unknown"})
        raise LoginFailedError

    async def _locked(self, until: datetime, agent_id: str | None) -> LockedError:
        await self._audit.record("sign_in_failed", agent_id, {"reason": "locked"})
        return LockedError(until)

    async def _prove(self, found: Proven, password: str) -> Proven:
        if await self._passwords.verify(found.password_hash, password):
            return found
        raise await self._failed(found, "password")

    async def _with_code(self, found: Proven, code: str | None) -> Proven:
        if not code:
            # Neither right nor wrong: taken back, not begun anew, or every other try could be
            # a guess at the code.
            await self._take_back(found.agent_id)
            raise CodeNeededError
        counter = self._counter_of(found, code)
        if counter is None:
            raise await self._failed(found, "code")
        return replace(found, counter=counter)

    def _counter_of(self, found: Proven, code: str) -> int | None:
        secret = self._seal.opened(found.totp_secret or "")
        if secret is None:
            # Sealed with a secret that is not set any more: an admin has to reset it.
            log("desk").error("second factor cannot be opened", agent=found.agent_id)
            return None
        return counter_of(secret, code, self._clock.now())

    async def _open(self, proven: Proven, password: str, client: str) -> tuple[Agent, Session, str]:
        outdated = self._passwords.needs_rehash(proven.password_hash)
        kept = await self._passwords.hash(password) if outdated else proven.password_hash
        conditions = proven.still()
        if proven.counter is None:
            conditions.append(AgentRow.totp_confirmed_at.is_(None))
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                update(AgentRow)
                .where(*conditions)
                .values(
                    failed=0,
                    locked_until=None,
                    password_hash=kept,
                    **self._used(proven),
                )
                .returning(AgentRow)
            )
            if row is not None:
                token, opened = await self._sessions.open(session, row.id, client)
                self._audit.write(session, "sign_in", row.id, {"session": opened.id})
                return agent_of(row), opened, token
        # The code was used a moment ago, or password, second factor or agent are others by now.
        raise await self._failed(proven, "code" if proven.counter is not None else "changed")

    def _used(self, proven: Proven) -> dict[str, Any]:
        """Return that the code is used up, and the secret sealed with the newest key."""
        if proven.counter is None or proven.totp_secret is None:
            return {}
        renewed = self._seal.renewed(proven.totp_secret)
        return {"totp_counter": proven.counter, "totp_secret": renewed}

    async def _failed(self, found: Proven, reason: str) -> LoginFailedError:
        await self._audit.record("sign_in_failed", found.agent_id, {"reason": reason})
        return LoginFailedError()

    async def _take_back(self, agent_id: str) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                select(AgentRow).where(AgentRow.id == agent_id).with_for_update()
            )
            if row is not None:
                after = taken_back(_tries(row))
                row.failed, row.locked_until = after.failed, after.locked_until

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


def _tries(row: AgentRow) -> Tries:
    return Tries(row.failed, as_utc(row.locked_until) if row.locked_until else None)
