"""A chat in one line, as the desk's lists show it, and what it is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.access.tables import ProofRow
from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.channel_tables import ChannelUserRow, OutboxRow
from madoguchi.conversations.model import Owner, Sender
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.ratings import ratings_of
from madoguchi.desk.tables import AgentRow, HandoffRow, ReadMarkRow, TagRow

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
    # What it is about when a rule has called (``matter`` in ``knowledge/calling.yml``).
    matter: str | None
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
    # The chat that this one was made part of.
    merged_into: str | None = None
    # Since when the one who has the chat has it.
    assigned_at: datetime | None = None
    # How satisfied the customer was with the last stretch that they have rated.
    rating: dict[str, Any] | None = None

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
            "matter": self.matter,
            "goal": self.goal,
            "waiting_since": _iso(self.waiting_since),
            "last": {"from": self.last_from, "text": self.last_text, "at": _iso(self.last_at)},
            "unread": self.unread,
            "tags": list(self.tags),
            "snoozed_until": _iso(self.snoozed_until),
            "delivery_failed": self.delivery_failed,
            "merged_into": self.merged_into,
            "assigned_at": _iso(self.assigned_at),
            "rating": self.rating,
        }


async def summaries(
    session: AsyncSession, rows: Sequence[ConversationRow], now: datetime
) -> list[Summary]:
    """Return the chats of these rows, in their order; ``now`` (UTC) decides what is proven."""
    beside = await _beside(session, rows, [row.id for row in rows], now)
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
    ratings: dict[str, dict[str, Any]]


async def _beside(
    session: AsyncSession, rows: Sequence[ConversationRow], ids: Sequence[str], now: datetime
) -> _Beside:
    # Pairs of chat and number would do, but SQLite reads the whole table for them.
    last = await session.scalars(
        select(MessageRow)
        .join(ConversationRow, ConversationRow.id == MessageRow.conversation_id)
        .where(ConversationRow.id.in_(ids), MessageRow.seq == ConversationRow.last_seq)
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
        ratings=await ratings_of(session, ids),
    )


async def _unread(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    read = (
        select(ReadMarkRow.seq)
        .where(ReadMarkRow.conversation_id == ConversationRow.id, ReadMarkRow.side == "agent")
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    # Asked for each chat, so that of a long one only what is new is read.
    written = (
        select(func.count())
        .where(
            MessageRow.conversation_id == ConversationRow.id,
            MessageRow.sender == Sender.CUSTOMER,
            # Nobody has to answer a rating.
            MessageRow.act.is_(None),
            MessageRow.seq > func.coalesce(read, 0),
        )
        .correlate(ConversationRow)
        .scalar_subquery()
    )
    found = await session.execute(
        select(ConversationRow.id, written).where(ConversationRow.id.in_(ids))
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
        matter=handoff.detail if handoff is not None and handoff.reason == Reason.RULE else None,
        goal=handoff.goal if handoff is not None else None,
        waiting_since=_waiting_since(row, handoff),
        last_from=last.sender if last is not None else None,
        last_text=last.text[:_LONGEST_LAST] if last is not None else None,
        last_at=_tokyo(row.updated_at),
        unread=beside.unread.get(row.id, 0),
        tags=tuple(beside.tags.get(row.id, ())),
        snoozed_until=_tokyo(row.snoozed_until) if row.snoozed_until is not None else None,
        delivery_failed=row.id in beside.failed,
        merged_into=row.merged_into,
        assigned_at=_assigned_at(row, handoff),
        rating=beside.ratings.get(row.id),
    )


def _waiting_since(row: ConversationRow, handoff: HandoffRow | None) -> datetime | None:
    if handoff is not None and handoff.state == Stage.WAITING:
        return _tokyo(handoff.asked_at)
    if row.owner != Owner.AGENT or row.last_customer_at is None:
        return None
    wrote = as_utc(row.last_customer_at)
    answered = as_utc(row.last_agent_at) if row.last_agent_at is not None else None
    return _tokyo(wrote) if answered is None or answered < wrote else None


def _assigned_at(row: ConversationRow, handoff: HandoffRow | None) -> datetime | None:
    if row.owner != Owner.AGENT or handoff is None or handoff.taken_at is None:
        return None
    return _tokyo(handoff.taken_at)


def _tokyo(at: datetime) -> datetime:
    return as_utc(at).astimezone(TOKYO)


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at is not None else None
