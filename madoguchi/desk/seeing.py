"""Which chats an agent may see: everybody's (waiting), their own, or all of them.

A chat that was merged into another one is seen with that one.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ColumnElement, Subquery, and_, or_, select, true, union, union_all
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import aliased

from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.desk.agent import Agent
from madoguchi.desk.roles import Action
from madoguchi.desk.roles import allowed as may


def may_see(agent: Agent, owner: str, holder: str | None) -> bool:
    """Return whether the agent may see a chat that stands so; ``holder`` is its agent's id."""
    if may(agent.role, Action.READ_ALL):
        return True
    return owner == Owner.QUEUE or (owner == Owner.AGENT and holder == agent.id)


def seen_by(agent: Agent) -> ColumnElement[bool]:
    """Return the condition on conversations under which the agent may see one."""
    if may(agent.role, Action.READ_ALL):
        return true()
    into = aliased(ConversationRow)
    whole = select(into.id).where(
        or_(into.owner == Owner.QUEUE, and_(into.owner == Owner.AGENT, into.agent_id == agent.id))
    )
    return or_(
        ConversationRow.owner == Owner.QUEUE,
        and_(ConversationRow.owner == Owner.AGENT, ConversationRow.agent_id == agent.id),
        and_(ConversationRow.owner == Owner.CLOSED, ConversationRow.merged_into.in_(whole)),
    )


def few_seen_by(agent: Agent) -> Subquery | None:
    """Return id and updated_at of the chats for which ``seen_by`` holds, None for all there are.

    They are few, and each part of them has an index: what looks through chats is quicker so.
    """
    if may(agent.role, Action.READ_ALL):
        return None
    chats = select(ConversationRow.id, ConversationRow.updated_at)
    waiting = chats.where(ConversationRow.owner == Owner.QUEUE)
    own = chats.where(ConversationRow.owner == Owner.AGENT, ConversationRow.agent_id == agent.id)
    whole = union_all(waiting, own).subquery()
    merged = chats.where(
        ConversationRow.owner == Owner.CLOSED, ConversationRow.merged_into.in_(select(whole.c.id))
    )
    # Not "union all": SQLite would sort each part by itself, and read all closed chats for that.
    return union(waiting, own, merged).subquery()


class Seeing:
    """Asks SQLite or PostgreSQL what an agent may see."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Read from the engine's database."""
        self._reads = only_reading(engine)

    async def of(self, agent: Agent, conversation_ids: Collection[str]) -> set[str]:
        """Return those of the chats that the agent may see; unknown ones are none."""
        async with AsyncSession(self._reads) as session:
            found = await session.scalars(
                select(ConversationRow.id).where(
                    ConversationRow.id.in_(conversation_ids), seen_by(agent)
                )
            )
            return set(found)

    async def one(self, agent: Agent, conversation_id: str) -> bool:
        """Return whether the agent may see the chat."""
        return bool(await self.of(agent, [conversation_id]))

    async def places(self, conversation_ids: Collection[str]) -> dict[str, tuple[str, str | None]]:
        """Return who answers in each of the chats, and which agent has it."""
        async with AsyncSession(self._reads) as session:
            found = await session.execute(
                select(ConversationRow.id, ConversationRow.owner, ConversationRow.agent_id).where(
                    ConversationRow.id.in_(conversation_ids)
                )
            )
            return {number: (owner, holder) for number, owner, holder in found}
