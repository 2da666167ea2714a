"""The desk's lists of chats: the queue, one's own, and all of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.tables import ProofRow
from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.desk.summary import Summary, summaries
from madoguchi.desk.tables import TagRow

VIEWS = ("queue", "mine", "open", "snoozed", "closed", "all")


class Summaries:
    """Lists of chats, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Read from the engine's database, with waiting times by the clock."""
        self._reads = only_reading(engine)
        self._clock = clock

    async def listed(
        self,
        view: str,
        agent_id: str,
        *,
        tag: str | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> tuple[list[Summary], str | None]:
        """Return the chats of a view, and where the next page begins, if there is one.

        The queue and one's own chats begin with who waits longest, the others with the newest.
        """
        wanted = [self._in_view(view, agent_id)]
        if tag is not None:
            tagged = select(TagRow.conversation_id).where(TagRow.tag == tag)
            wanted.append(ConversationRow.id.in_(tagged))
        oldest_first = view == "queue"
        place = tuple_(ConversationRow.updated_at, ConversationRow.id)
        order: list[ColumnElement[Any]] = [
            ConversationRow.updated_at.desc(),
            ConversationRow.id.desc(),
        ]
        if oldest_first:
            place = tuple_(ConversationRow.handoff_id, ConversationRow.id)
            order = [
                ConversationRow.handoff_id.asc(),
                ConversationRow.id.asc(),
            ]
        if before is not None and (read := _cursor(before, by_number=oldest_first)) is not None:
            wanted.append(place > read if oldest_first else place < read)
        async with AsyncSession(self._reads) as session:
            rows = list(
                await session.scalars(
                    select(ConversationRow).where(*wanted).order_by(*order).limit(limit + 1)
                )
            )
            found = await self._summaries(session, rows[:limit])
        if len(rows) <= limit:
            return found, None
        last = rows[limit - 1]
        mark = last.handoff_id if oldest_first else as_utc(last.updated_at).isoformat()
        return found, f"{mark}|{last.id}"

    async def of(self, conversation_ids: Sequence[str]) -> list[Summary]:
        """Return these chats, in this order; those that are not there are left out."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(ConversationRow).where(ConversationRow.id.in_(conversation_ids))
            )
            found = {each.id: each for each in await self._summaries(session, list(rows))}
        return [found[number] for number in conversation_ids if number in found]

    async def proven(self, conversation_id: str) -> list[str]:
        """Return the numbers of orders and rentals that the customer has proven as theirs."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(ProofRow.number)
                .where(
                    ProofRow.conversation_id == conversation_id,
                    ProofRow.ends_at > as_utc(self._clock.now()),
                )
                .order_by(ProofRow.number)
            )
            return list(rows)

    def _in_view(self, view: str, agent_id: str) -> ColumnElement[bool]:
        snoozed = ConversationRow.snoozed_until > as_utc(self._clock.now())
        theirs = and_(ConversationRow.owner == Owner.AGENT, ConversationRow.agent_id == agent_id)
        views: dict[str, ColumnElement[bool]] = {
            "queue": ConversationRow.owner == Owner.QUEUE,
            "mine": and_(theirs, or_(ConversationRow.snoozed_until.is_(None), ~snoozed)),
            "snoozed": and_(theirs, snoozed),
            "open": ConversationRow.owner.in_((Owner.QUEUE, Owner.AGENT)),
            "closed": ConversationRow.owner == Owner.CLOSED,
            "all": ConversationRow.id.is_not(None),
        }
        return views[view]

    async def _summaries(
        self, session: AsyncSession, rows: Sequence[ConversationRow]
    ) -> list[Summary]:
        return await summaries(session, rows, as_utc(self._clock.now()))


def _cursor(before: str, *, by_number: bool) -> tuple[Any, str] | None:
    """Return where a page begins, None for what is no cursor of ours."""
    mark, _, number = before.partition("|")
    try:
        return (int(mark) if by_number else datetime.fromisoformat(mark)), number
    except ValueError:
        return None
