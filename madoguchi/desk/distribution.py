"""Gives waiting chats to agents by themselves: who waits longest to who has least to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.desk.agent import Presence
from madoguchi.desk.assigning import Assigning
from madoguchi.desk.model import Stage
from madoguchi.desk.ownership import RETURNED_DEED
from madoguchi.desk.roles import Action, allowed
from madoguchi.desk.tables import AuditRow, HandoffRow
from madoguchi.desk.workload import colleagues

_AT_ONCE = 100
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
# Whoever was given nothing for a day is as due as anybody.
_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True)
class Load:
    """An agent who is there, what they have, and when they were last given a chat (UTC)."""

    agent_id: str
    chats: int
    capacity: int
    last_given: datetime | None = None


@dataclass(frozen=True)
class _Waiting:
    conversation_id: str
    handoff_id: int
    # Those who had the chat a moment ago and did not answer, or put it back.
    had_it: frozenset[str]


def choose(loads: Iterable[Load], without: Collection[str] = ()) -> str | None:
    """Return who gets the next chat: who has fewest, then who was given none for longest.

    None when nobody has room for it.
    """
    free = [load for load in loads if load.chats < load.capacity and load.agent_id not in without]
    if not free:
        return None
    return min(
        free, key=lambda load: (load.chats, load.last_given or _LONG_AGO, load.agent_id)
    ).agent_id


class Distribution:
    """Distributes, on SQLite or PostgreSQL, however many processes do so at once."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, assigning: Assigning, *, not_again: timedelta
    ) -> None:
        """Place through ``assigning``; who lost a chat is not given it again for so long."""
        self._reads = only_reading(engine)
        self._clock = clock
        self._assigning = assigning
        self._not_again = not_again

    async def hand_out(self) -> list[tuple[str, str]]:
        """Give what waits to whom there is room with; return the chats and their agents."""
        now = as_utc(self._clock.now())
        given: list[tuple[str, str]] = []
        waiting = await self._waiting(now)
        loads = await self._loads(now) if waiting else {}
        for chat in waiting:
            agent = choose(loads.values(), chat.had_it)
            if agent is None:
                continue
            if await self._assigning.place(chat.conversation_id, chat.handoff_id, agent):
                given.append((chat.conversation_id, agent))
                load = loads[agent]
                loads[agent] = replace(load, chats=load.chats + 1, last_given=now)
            else:
                # Somebody took it, or the agent went or was given another one meanwhile.
                loads = await self._loads(now)
        return given

    async def _waiting(self, now: datetime) -> list[_Waiting]:
        """Return the chats that wait, the longest first."""
        async with AsyncSession(self._reads) as session:
            rows = (
                await session.execute(
                    select(HandoffRow.conversation_id, HandoffRow.id)
                    .join(ConversationRow, ConversationRow.id == HandoffRow.conversation_id)
                    .where(HandoffRow.state == Stage.WAITING, ConversationRow.owner == Owner.QUEUE)
                    .order_by(HandoffRow.asked_at, HandoffRow.id)
                    .limit(_AT_ONCE)
                )
            ).all()
            if not rows:
                return []
            had = await _had(session, [chat for chat, _ in rows], now - self._not_again)
        return [_Waiting(chat, number, frozenset(had[chat])) for chat, number in rows]

    async def _loads(self, now: datetime) -> dict[str, Load]:
        """Return the agents who are there for new chats."""
        async with AsyncSession(self._reads) as session:
            people = await colleagues(session, now)
            found = await session.execute(
                select(HandoffRow.agent_id, func.max(HandoffRow.taken_at))
                .where(
                    HandoffRow.state.in_((Stage.TAKEN, Stage.ENDED)),
                    HandoffRow.asked_at > now - _REMEMBERED,
                )
                .group_by(HandoffRow.agent_id)
            )
            given = {agent: as_utc(at) for agent, at in found if at is not None}
        return {
            each.id: Load(each.id, each.chats, each.capacity, given.get(each.id))
            for each in people
            if each.presence is Presence.ONLINE and allowed(each.role, Action.WORK)
        }


async def _had(
    session: AsyncSession, chats: Collection[str], since: datetime
) -> dict[str, set[str]]:
    """Return who lost or left each of the chats since then."""
    found = await session.scalars(
        select(AuditRow).where(
            AuditRow.conversation_id.in_(chats),
            AuditRow.action.in_((RETURNED_DEED, "chat.release")),
            AuditRow.at > since,
        )
    )
    had: dict[str, set[str]] = defaultdict(set)
    for row in found:
        agent = row.agent_id or row.detail.get("agent")
        if row.conversation_id is not None and agent is not None:
            had[row.conversation_id].add(agent)
    return had
