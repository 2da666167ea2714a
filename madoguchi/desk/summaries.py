"""Chats in one line each, as the desk's lists show them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.tables import ProofRow
from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.conversations.channel_tables import ChannelUserRow, OutboxRow
from madoguchi.conversations.model import Owner, Sender
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.database import only_reading
from madoguchi.desk.model import Stage
from madoguchi.desk.tables import AgentRow, HandoffRow, ReadMarkRow, TagRow

VIEWS = ("queue", "mine", "open", "snoozed", "closed", "all")
_LONGEST_LAST = 120


@dataclass(frozen=True)
class Summary:
    """A chat in one line; times are in Asia/Tokyo. ``agent`` is an id and a name."""

    id: str
    channel: str
    site: str | None
    owner: Owner
    agent: tuple[str, str] | None
    customer_name: str | None
    member_id: str | None
    # none, order (an order or rental is proven) or member.
    verified: str
    reason: str | None
    goal: str | None
    # Since when the customer waits for a person; None when the ball is not with us.
    waiting_since: datetime | None
    last_from: str | None
    last_text: str | None
    last_at: datetime
    unread: int
    tags: tuple[str, ...]
    snoozed_until: datetime | None
    delivery_failed: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as the desk's pages get it."""
        return {
            "id": self.id,
            "channel": self.channel,
            "site": self.site,
            "owner": self.owner.value,
            "agent": {"id": self.agent[0], "name": self.agent[1]} if self.agent else None,
            "customer": {
                "name": self.customer_name,
                "member_id": self.member_id,
                "verified": self.verified,
            },
            "reason": self.reason,
            "goal": self.goal,
            "waiting_since": _iso(self.waiting_since),
            "last": {"from": self.last_from, "text": self.last_text, "at": _iso(self.last_at)},
            "unread": self.unread,
            "tags": list(self.tags),
            "snoozed_until": _iso(self.snoozed_until),
            "delivery_failed": self.delivery_failed,
        }


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

    async def search(self, words: str, limit: int = 30) -> list[Summary]:
        """Return the newest chats with the words in a message, a name or a number."""
        in_text = select(MessageRow.conversation_id).where(
            MessageRow.text.contains(words, autoescape=True), MessageRow.withdrawn_at.is_(None)
        )
        named = select(ChannelUserRow.conversation_id).where(
            ChannelUserRow.name.contains(words, autoescape=True)
        )
        proven = select(ProofRow.conversation_id).where(ProofRow.number == words.upper())
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(ConversationRow)
                .where(
                    or_(
                        ConversationRow.id == words,
                        ConversationRow.member_id == words,
                        ConversationRow.id.in_(in_text),
                        ConversationRow.id.in_(named),
                        ConversationRow.id.in_(proven),
                    )
                )
                .order_by(ConversationRow.updated_at.desc())
                .limit(limit)
            )
            return await self._summaries(session, list(rows))

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
        ids = [row.id for row in rows]
        beside = await _beside(session, rows, ids, as_utc(self._clock.now()))
        return [_summary(row, beside) for row in rows]


@dataclass(frozen=True)
class _Beside:
    """What other tables say of the listed chats."""

    last: dict[str, MessageRow]
    names: dict[str, str | None]
    agents: dict[str, str]
    handoffs: dict[int, HandoffRow]
    proven: set[str]
    unread: dict[str, int]
    tags: dict[str, list[str]]
    failed: set[str]


async def _beside(
    session: AsyncSession, rows: Sequence[ConversationRow], ids: Sequence[str], now: datetime
) -> _Beside:
    newest = [(row.id, row.last_seq) for row in rows]
    last = await session.scalars(
        select(MessageRow).where(tuple_(MessageRow.conversation_id, MessageRow.seq).in_(newest))
    )
    names = await session.execute(
        select(ChannelUserRow.conversation_id, ChannelUserRow.name).where(
            ChannelUserRow.conversation_id.in_(ids)
        )
    )
    agents = await session.execute(
        select(AgentRow.id, AgentRow.name).where(
            AgentRow.id.in_({row.agent_id for row in rows if row.agent_id})
        )
    )
    handoffs = await session.scalars(
        select(HandoffRow).where(HandoffRow.id.in_({row.handoff_id for row in rows}))
    )
    proven = await session.scalars(
        select(ProofRow.conversation_id).where(
            ProofRow.conversation_id.in_(ids), ProofRow.ends_at > now
        )
    )
    tags: dict[str, list[str]] = defaultdict(list)
    for tag in await session.scalars(
        select(TagRow).where(TagRow.conversation_id.in_(ids)).order_by(TagRow.tag)
    ):
        tags[tag.conversation_id].append(tag.tag)
    failed = await session.scalars(
        select(OutboxRow.conversation_id).where(
            OutboxRow.conversation_id.in_(ids), OutboxRow.state == "parked"
        )
    )
    return _Beside(
        last={row.conversation_id: row for row in last},
        names={chat: name for chat, name in names if chat is not None},
        agents={number: name for number, name in agents},  # noqa: C416  (rows are no pairs)
        handoffs={row.id: row for row in handoffs},
        proven=set(proven),
        unread=await _unread(session, ids),
        tags=tags,
        failed=set(failed),
    )


async def _unread(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    read = and_(
        ReadMarkRow.conversation_id == MessageRow.conversation_id, ReadMarkRow.side == "agent"
    )
    found = await session.execute(
        select(MessageRow.conversation_id, func.count())
        .outerjoin(ReadMarkRow, read)
        .where(
            MessageRow.conversation_id.in_(ids),
            MessageRow.sender == Sender.CUSTOMER,
            MessageRow.seq > func.coalesce(ReadMarkRow.seq, 0),
        )
        .group_by(MessageRow.conversation_id)
    )
    return {chat: count for chat, count in found}  # noqa: C416  (rows are no pairs)


def _summary(row: ConversationRow, beside: _Beside) -> Summary:
    last = beside.last.get(row.id)
    handoff = beside.handoffs.get(row.handoff_id) if row.handoff_id is not None else None
    verified = "member" if row.member_id else "order" if row.id in beside.proven else "none"
    agent = (row.agent_id, beside.agents.get(row.agent_id, "")) if row.agent_id else None
    return Summary(
        id=row.id,
        channel=row.channel,
        site=row.site,
        owner=Owner(row.owner),
        agent=agent,
        customer_name=row.member_name or beside.names.get(row.id),
        member_id=row.member_id,
        verified=verified,
        reason=handoff.reason if handoff is not None else None,
        goal=handoff.goal if handoff is not None else None,
        waiting_since=_waiting_since(row, handoff),
        last_from=last.sender if last is not None else None,
        last_text=last.text[:_LONGEST_LAST] if last is not None else None,
        last_at=_tokyo(row.updated_at),
        unread=beside.unread.get(row.id, 0),
        tags=tuple(beside.tags.get(row.id, ())),
        snoozed_until=_tokyo(row.snoozed_until) if row.snoozed_until is not None else None,
        delivery_failed=row.id in beside.failed,
    )


def _waiting_since(row: ConversationRow, handoff: HandoffRow | None) -> datetime | None:
    if handoff is not None and handoff.state == Stage.WAITING:
        return _tokyo(handoff.asked_at)
    if row.owner != Owner.AGENT or row.last_customer_at is None:
        return None
    wrote = as_utc(row.last_customer_at)
    answered = as_utc(row.last_agent_at) if row.last_agent_at is not None else None
    return _tokyo(wrote) if answered is None or answered < wrote else None


def _cursor(before: str, *, by_number: bool) -> tuple[Any, str] | None:
    """Return where a page begins, None for what is no cursor of ours."""
    mark, _, number = before.partition("|")
    try:
        return (int(mark) if by_number else datetime.fromisoformat(mark)), number
    except ValueError:
        return None


def _tokyo(at: datetime) -> datetime:
    return as_utc(at).astimezone(TOKYO)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at is not None else None
