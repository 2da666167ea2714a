"""Brings snoozed chats back into sight when they are due."""

from __future__ import annotations

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.database import only_reading
from madoguchi.desk.steps import changed, locked

_AT_ONCE = 100


async def wake_snoozed(engine: AsyncEngine, clock: Clock) -> list[str]:
    """Return the chats whose time has come, so that open desks show them again."""
    now = as_utc(clock.now())
    due = and_(ConversationRow.owner == Owner.AGENT, ConversationRow.snoozed_until <= now)
    async with AsyncSession(only_reading(engine)) as session:
        found = list(await session.scalars(select(ConversationRow.id).where(due).limit(_AT_ONCE)))
    woken = []
    for conversation in found:
        async with AsyncSession(engine) as session, session.begin():
            try:
                step = await locked(session, conversation, now)
            except UnknownConversationError:
                continue  # deleted meanwhile
            until = step.row.snoozed_until
            if step.row.owner == Owner.AGENT and until is not None and as_utc(until) <= now:
                step.row.snoozed_until = None
                changed(step)
                woken.append(conversation)
    return woken
