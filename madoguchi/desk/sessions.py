"""Sign-ins of agents: found by a token of which only the hash is stored, and ended at any time."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.conversations.tokens import new_id, new_token
from madoguchi.database import only_reading
from madoguchi.desk.agent import Agent, Presence, agent_of
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow, AgentSessionRow

LASTS = timedelta(hours=12)
IDLE = timedelta(hours=2)
# Every request would otherwise be a write.
_SEEN_EVERY = timedelta(minutes=1)
_KEPT_AFTER_END = timedelta(days=30)
_LONGEST_CLIENT = 200


@dataclass(frozen=True)
class Session:
    """One sign-in; ``client`` is what the browser calls itself. Times are in Asia/Tokyo."""

    id: str
    agent_id: str
    client: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime


class Sessions:
    """The sign-ins, on SQLite or PostgreSQL: 12 hours at most, 2 hours without a request."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    async def open(self, session: AsyncSession, agent_id: str, client: str) -> tuple[str, Session]:
        """Add a sign-in to a transaction; returns its token, which is never seen again."""
        now, token = self._now(), new_token()
        row = AgentSessionRow(
            token_hash=_hash(token),
            id=new_id(),
            agent_id=agent_id,
            client=_shown(client),
            created_at=now,
            seen_at=now,
            ends_at=now + LASTS,
        )
        session.add(row)
        await session.execute(
            delete(AgentSessionRow).where(
                AgentSessionRow.agent_id == agent_id,
                AgentSessionRow.ends_at < now - _KEPT_AFTER_END,
            )
        )
        return token, _session(row)

    async def find(self, token: str) -> tuple[Agent, Session] | None:
        """Return who signed in with the token, None when that is over, and count it as seen."""
        now, digest = self._now(), _hash(token)
        async with AsyncSession(self._reads) as session:
            found = (
                await session.execute(
                    select(AgentRow, AgentSessionRow)
                    .join(AgentSessionRow, AgentSessionRow.agent_id == AgentRow.id)
                    .where(
                        AgentSessionRow.token_hash == digest,
                        AgentRow.removed_at.is_(None),
                        *_live(now),
                    )
                )
            ).first()
        if found is None:
            return None
        agent, signed_in = agent_of(found[0]), _session(found[1])
        if now - signed_in.seen_at >= _SEEN_EVERY:
            await self._see(digest, now)
        return agent, signed_in

    async def of(self, agent_id: str) -> list[Session]:
        """Return an agent's sign-ins that are not over, the latest seen first."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(AgentSessionRow)
                .where(AgentSessionRow.agent_id == agent_id, *_live(self._now()))
                .order_by(AgentSessionRow.seen_at.desc(), AgentSessionRow.id)
            )
            return [_session(row) for row in rows]

    async def roles_of(self, session_ids: Collection[str]) -> dict[str, Role]:
        """Return those of the sign-ins that are not over, with what their agents are now."""
        async with AsyncSession(self._reads) as session:
            found = await session.execute(
                select(AgentSessionRow.id, AgentRow.role)
                .join(AgentRow, AgentRow.id == AgentSessionRow.agent_id)
                .where(
                    AgentSessionRow.id.in_(session_ids),
                    AgentRow.removed_at.is_(None),
                    *_live(self._now()),
                )
            )
            return {number: Role(role) for number, role in found}

    async def end(self, agent_id: str, session_id: str) -> bool:
        """End one sign-in of the agent; False when it is none of theirs, or over.

        Without another one left the agent is offline.
        """
        now = self._now()
        async with AsyncSession(self._engine) as session, session.begin():
            # The agent before the sign-ins, as everybody who changes both.
            await session.execute(
                select(AgentRow.id).where(AgentRow.id == agent_id).with_for_update()
            )
            ended = await session.scalar(
                update(AgentSessionRow)
                .where(
                    AgentSessionRow.id == session_id,
                    AgentSessionRow.agent_id == agent_id,
                    *_live(now),
                )
                .values(ended_at=now)
                .returning(AgentSessionRow.id)
            )
            left = await session.scalar(
                select(AgentSessionRow.id)
                .where(AgentSessionRow.agent_id == agent_id, *_live(now))
                .limit(1)
            )
            if ended is not None and left is None:
                await _leave(session, agent_id, now)
        return ended is not None

    async def _see(self, digest: str, now: datetime) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(AgentSessionRow)
                .where(AgentSessionRow.token_hash == digest, *_live(now))
                .values(seen_at=now)
            )

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


async def end_sessions(session: AsyncSession, agent_id: str, now: datetime) -> None:
    """End every sign-in of an agent in a transaction that is under way; ``now`` is in UTC."""
    await session.execute(
        update(AgentSessionRow)
        .where(AgentSessionRow.agent_id == agent_id, AgentSessionRow.ended_at.is_(None))
        .values(ended_at=now)
    )
    await _leave(session, agent_id, now)


async def _leave(session: AsyncSession, agent_id: str, now: datetime) -> None:
    await session.execute(
        update(AgentRow)
        .where(AgentRow.id == agent_id, AgentRow.presence != Presence.OFFLINE)
        .values(presence=Presence.OFFLINE, presence_at=now)
    )


def _live(now: datetime) -> list[ColumnElement[bool]]:
    return [
        AgentSessionRow.ended_at.is_(None),
        AgentSessionRow.ends_at > now,
        AgentSessionRow.seen_at > now - IDLE,
    ]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _shown(client: str) -> str:
    seen = (character for character in client if unicodedata.category(character)[0] != "C")
    return "".join(seen)[:_LONGEST_CLIENT]


def _session(row: AgentSessionRow) -> Session:
    created, seen, ends = (
        as_utc(at).astimezone(TOKYO) for at in (row.created_at, row.seen_at, row.ends_at)
    )
    return Session(row.id, row.agent_id, row.client, created, seen, ends)
