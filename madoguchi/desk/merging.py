"""Merging two chats of one customer, by hand only: agents go on in one, and see the other in it.

Nothing is copied but tags: the merged chat's messages and notes are read where they are, so that a
merge that was wrong can be undone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.database import only_reading
from madoguchi.desk.fresh_start import start_afresh
from madoguchi.desk.model import Stage
from madoguchi.desk.notebook import MOST_TAGS
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.search_index import index_tags
from madoguchi.desk.standing import Standing
from madoguchi.desk.steps import Step, changed, deed, is_theirs, open_handoff, silence_the_bot
from madoguchi.desk.tables import AuditRow, HandoffRow, TagRow

MERGED = "merged"
_MERGE_DEED = "chat.merge"
_UNDONE_WITHIN = timedelta(days=1)
_MERGING = 0x6D657267  # any number that nobody else locks


class MergeRefusedError(Exception):
    """The chats cannot be merged; ``reason`` names the sentence that says why."""

    def __init__(self, reason: str) -> None:
        """Refuse for the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class MergedChat:
    """A chat that is part of another one."""

    id: str
    channel: str
    site: str | None


class Merging:
    """Merges, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, standing: Standing) -> None:
        """Store in the engine's database; ``standing`` tells the customers' pages."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._standing = standing

    async def merge(self, into_id: str, other_id: str, agent_id: str) -> None:
        """Close the other chat and show it in the agent's; what was merged into it comes along.

        Doing it again changes nothing. Raises NotOwnerError when the agent does not have the
        first, or another agent has the second; MergeRefusedError; UnknownConversationError.
        """
        if into_id == other_id:
            raise MergeRefusedError("merge_itself")
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            into, other = await self._both(session, into_id, other_id)
            if not is_theirs(into, agent_id):
                raise NotOwnerError(into.row.agent_id)
            if other.row.merged_into == into_id and other.row.owner == Owner.CLOSED:
                return
            _check(into, other, agent_id)
            await _merge(into, other, agent_id)
        await self._standing.publish(other_id)

    async def unmerge(self, into_id: str, other_id: str, agent_id: str) -> bool:
        """Take a chat out again, within a day; it stands as before, but waits if an agent had it.

        False when it was not merged so, or longer ago. Raises UnknownConversationError.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            into, other = await self._both(session, into_id, other_id)
            merged = await _newest_merge(into, other_id)
            if other.row.merged_into != into_id or merged is None:
                return False
            await _unmerge(into, other, merged)
            deed(into, "chat.unmerge", agent_id, other=other_id)
        await self._standing.publish(other_id)
        return True

    async def merged(self, conversation_id: str) -> list[MergedChat]:
        """Return the chats that were merged into this one, the oldest first."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(ConversationRow)
                .where(ConversationRow.merged_into == conversation_id)
                .order_by(ConversationRow.created_at, ConversationRow.id)
            )
            return [MergedChat(row.id, row.channel, row.site) for row in rows]

    async def _both(self, session: AsyncSession, into_id: str, other_id: str) -> tuple[Step, Step]:
        """Lock both chats and what is merged into the other.

        One merge at a time: two that each looked at other chats could close a circle together.
        """
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(select(func.pg_advisory_xact_lock(_MERGING)))
        rows = {
            row.id: row
            for row in await session.scalars(
                select(ConversationRow)
                .where(
                    or_(
                        ConversationRow.id.in_((into_id, other_id)),
                        ConversationRow.merged_into == other_id,
                    )
                )
                .order_by(ConversationRow.id)
                .with_for_update()
            )
        }
        if not {into_id, other_id} <= rows.keys():
            raise UnknownConversationError
        now = as_utc(self._clock.now())
        return Step(session, rows[into_id], now), Step(session, rows[other_id], now)


def _check(into: Step, other: Step, agent_id: str) -> None:
    """Raise when the two may not become one."""
    if into.row.merged_into is not None or other.row.merged_into not in {None, into.row.id}:
        raise MergeRefusedError("merge_merged")
    if other.row.owner == Owner.AGENT and other.row.agent_id != agent_id:
        raise NotOwnerError(other.row.agent_id)
    members = {into.row.member_id, other.row.member_id} - {None}
    if len(members) > 1:
        raise MergeRefusedError("merge_other_person")


async def _merge(into: Step, other: Step, agent_id: str) -> None:
    was, handoff = other.row.owner, await open_handoff(other)
    moved = list(
        await into.session.scalars(
            update(ConversationRow)
            .where(ConversationRow.merged_into == other.row.id)
            .values(merged_into=into.row.id)
            .returning(ConversationRow.id)
            .execution_options(synchronize_session=False)
        )
    )
    await start_afresh(other)
    if was != Owner.AGENT:
        # What an agent has said goes out all the same.
        await silence_the_bot(other)
    if handoff is not None:
        handoff.state, handoff.ended_at, handoff.result = Stage.ENDED, other.now, MERGED
    other.row.owner, other.row.agent_id, other.row.handoff_id = Owner.CLOSED, None, None
    other.row.snoozed_until, other.row.merged_into = None, into.row.id
    own = await _tags(into)
    added = [tag for tag in await _tags(other) if tag not in own][: max(0, MOST_TAGS - len(own))]
    await _set_tags(into, [*own, *added])
    deed(
        into,
        _MERGE_DEED,
        agent_id,
        other=other.row.id,
        was=was,
        handoff=handoff.id if handoff is not None else None,
        tags=added,
        moved=moved,
    )
    changed(into)
    changed(other)


async def _newest_merge(into: Step, other_id: str) -> dict[str, Any] | None:
    """Return what was noted when the other chat was merged, if that was within the day."""
    deeds = await into.session.scalars(
        select(AuditRow)
        .where(
            AuditRow.conversation_id == into.row.id,
            AuditRow.action == _MERGE_DEED,
            AuditRow.at > into.now - _UNDONE_WITHIN,
        )
        .order_by(AuditRow.id.desc())
    )
    return next((row.detail for row in deeds if row.detail.get("other") == other_id), None)


async def _unmerge(into: Step, other: Step, merged: dict[str, Any]) -> None:
    await into.session.execute(
        update(ConversationRow)
        .where(ConversationRow.id.in_(merged["moved"]), ConversationRow.merged_into == into.row.id)
        .values(merged_into=other.row.id)
        .execution_options(synchronize_session=False)
    )
    added = set(merged["tags"])
    await _set_tags(into, [tag for tag in await _tags(into) if tag not in added])
    other.row.merged_into = None
    # Whoever wrote meanwhile has the chat open already, with the assistant or in the queue.
    if other.row.owner == Owner.CLOSED:
        await _reopen(other, merged)
    changed(into)
    changed(other)


async def _reopen(other: Step, merged: dict[str, Any]) -> None:
    handoff = (
        await other.session.get(HandoffRow, merged["handoff"])
        if merged["handoff"] is not None
        else None
    )
    if handoff is None:
        other.row.owner = merged["was"]
        return
    handoff.state, handoff.agent_id = Stage.WAITING, None
    handoff.ended_at = handoff.result = None
    other.row.owner, other.row.handoff_id = Owner.QUEUE, handoff.id


async def _tags(step: Step) -> list[str]:
    found = await step.session.scalars(
        select(TagRow.tag).where(TagRow.conversation_id == step.row.id).order_by(TagRow.tag)
    )
    return list(found)


async def _set_tags(step: Step, tags: Sequence[str]) -> None:
    session, chat = step.session, step.row.id
    await session.execute(delete(TagRow).where(TagRow.conversation_id == chat))
    session.add_all(TagRow(conversation_id=chat, tag=tag) for tag in tags)
    await session.flush()
    await index_tags(session, chat, list(tags))
