"""Puts chats back into the queue whose agent does not work at the desk any more."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.database import only_reading
from madoguchi.desk.ownership import RETURNED_DEED
from madoguchi.desk.roles import Action, Role, allowed
from madoguchi.desk.standing import Standing
from madoguchi.desk.steps import deed, locked, put_back
from madoguchi.desk.tables import AgentRow

_AT_ONCE = 100
_NOT_WORKING = [role for role in Role if not allowed(role, Action.WORK)]


async def return_orphaned(engine: AsyncEngine, clock: Clock, standing: Standing) -> list[str]:
    """Return the chats that wait again; whoever was removed would answer none of them."""
    gone = or_(AgentRow.removed_at.is_not(None), AgentRow.role.in_(_NOT_WORKING))
    async with AsyncSession(only_reading(engine)) as session:
        found = await session.execute(
            select(ConversationRow.id, ConversationRow.agent_id)
            .join(AgentRow, AgentRow.id == ConversationRow.agent_id)
            .where(ConversationRow.owner == Owner.AGENT, gone)
            .limit(_AT_ONCE)
        )
        chats = [(chat, agent) for chat, agent in found if agent is not None]
    returned = []
    for chat, agent in chats:
        async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
            try:
                step = await locked(session, chat, as_utc(clock.now()))
            except UnknownConversationError:
                continue  # deleted meanwhile
            # A lead may have given it to somebody else.
            if step.row.owner != Owner.AGENT or step.row.agent_id != agent:
                continue
            deed(step, RETURNED_DEED, None, agent=agent)
            await put_back(step)
        await standing.publish(chat)
        returned.append(chat)
    return returned
