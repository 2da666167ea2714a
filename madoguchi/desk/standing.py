"""How conversations stand between bot and agents, and telling their open pages of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Message, Owner
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.database import only_reading
from madoguchi.desk.handoffs import handoff_of
from madoguchi.desk.model import Handoff, Stage
from madoguchi.desk.tables import AgentRow, HandoffRow


class Standing:
    """Reads who has a conversation, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, streams: Streams) -> None:
        """Read from the engine's database; pages are told through the streams."""
        self._reads = only_reading(engine)
        self._streams = streams

    async def open_handoff(self, conversation_id: str) -> Handoff | None:
        """Return the handoff that is not ended, if there is one."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(HandoffRow).where(
                    HandoffRow.conversation_id == conversation_id, HandoffRow.state != Stage.ENDED
                )
            )
            return handoff_of(row) if row is not None else None

    async def waiting_before(self, handoff_id: int) -> int:
        """Return how many customers wait longer than the one of this handoff."""
        async with AsyncSession(self._reads) as session:
            before = await session.scalar(
                select(func.count()).where(
                    HandoffRow.state == Stage.WAITING, HandoffRow.id < handoff_id
                )
            )
            return int(before or 0)

    async def shown(self, conversation_id: str) -> dict[str, Any]:
        """Return what the customer's page shows of it: owner, the agent's name, who wait before.

        Raises UnknownConversationError.
        """
        async with AsyncSession(self._reads) as session:
            row = await session.get(ConversationRow, conversation_id)
            if row is None:
                raise UnknownConversationError
            agent = await session.get(AgentRow, row.agent_id) if row.agent_id else None
            number = row.handoff_id
        waiting = None
        if row.owner == Owner.QUEUE and number is not None:
            waiting = await self.waiting_before(number)
        name = {"name": agent.name} if agent is not None else None
        return {"owner": row.owner, "agent": name, "waiting": waiting}

    async def publish(self, conversation_id: str, messages: Sequence[Message] = ()) -> None:
        """Tell open pages who has the conversation now, and what was said with it."""
        self._streams.publish(conversation_id, Event("owner", await self.shown(conversation_id)))
        for message in messages:
            self._streams.publish(conversation_id, Event("message", message))
