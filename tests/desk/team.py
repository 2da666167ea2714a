"""Agents and chats on a database, for what is about who gets which."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import Conversation, Customer
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.tables import ConversationRow
from madoguchi.desk.agent import Agent, Presence
from madoguchi.desk.assigning import Assigning
from madoguchi.desk.audit import Entry
from madoguchi.desk.merging import Merging
from madoguchi.desk.model import Reason
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.roles import Role
from madoguchi.desk.workload import Workload
from tests.desk.signin_parts import Desk
from tests.support.databases import TestClock


@dataclass
class Team:
    """The parts, as one process has them."""

    database: AsyncEngine
    clock: TestClock
    desk: Desk

    def __post_init__(self) -> None:
        """Put the parts together."""
        self.store = ConversationStore(self.database, self.clock)
        self.ownership = Ownership(self.database, self.clock, Streams())
        self.assigning = Assigning(self.database, self.clock, self.ownership)
        self.merging = Merging(self.database, self.clock, self.ownership)
        self.workload = Workload(self.database, self.clock)

    async def agent(
        self, login: str, capacity: int = 4, role: Role = Role.AGENT, *, there: bool = True
    ) -> Agent:
        """Return a new agent, who is there."""
        agent = await self.desk.add(login, role)
        await self.desk.auth.agents.update(agent.id, {"capacity": capacity}, None)
        if there:
            await self.desk.auth.agents.set_presence(agent.id, Presence.ONLINE)
        return agent

    async def chat(self, member_id: str | None = None) -> str:
        """Return a new chat, which the assistant has."""
        conversation, _, _ = await self.store.open(Customer("web", member_id=member_id), [])
        return conversation.id

    async def waiting(self, member_id: str | None = None) -> str:
        """Return a new chat that waits for a person."""
        chat = await self.chat(member_id)
        await self.ownership.call(chat, Reason.CUSTOMER, "相談")
        return chat

    async def waiting_again(self, chat: str) -> int:
        """Call a person into a chat that is there; return the handoff's number."""
        return (await self.ownership.call(chat, Reason.CUSTOMER, "相談")).id

    async def taken(self, agent: Agent, member_id: str | None = None) -> str:
        """Return a new chat that the agent has."""
        chat = await self.waiting(member_id)
        assert await self.ownership.take(chat, agent.id)
        return chat

    async def get(self, chat: str) -> Conversation:
        """Return a chat."""
        return await self.store.get(chat)

    async def row(self, chat: str) -> ConversationRow:
        """Return what is stored of a chat."""
        async with AsyncSession(self.database) as session:
            found = await session.scalar(select(ConversationRow).where(ConversationRow.id == chat))
        assert found is not None
        return found

    async def holder(self, chat: str) -> str | None:
        """Return the id of the agent who has a chat."""
        return (await self.row(chat)).agent_id

    async def deeds(self, chat: str) -> list[Entry]:
        """Return what was done with a chat, the oldest first."""
        return (await self.desk.auth.audit.entries(conversation_id=chat))[::-1]
