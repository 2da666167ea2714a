"""Files that agents send: held for the agent until a message takes them along."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import and_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.model import File, Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.media.removal import remove_where
from madoguchi.media.sendable import Sendable
from madoguchi.media.tables import AttachmentRow
from madoguchi.media.uploads import Upload, store, waits_for


class NotSendableError(Exception):
    """The chat's channel does not take such a file; ``reason`` says why (messages/desk.yml)."""

    def __init__(self, reason: str) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason


class AgentFiles:
    """Agents' files, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, sendable: Callable[[str], Sendable]) -> None:
        """``sendable`` says what a channel takes."""
        self._engine = engine
        self.sendable = sendable

    async def hold(self, conversation_id: str, agent_id: str, upload: Upload) -> File:
        """Keep a file for the agent who has the chat, and for no other one.

        Raises NotOwnerError, NotSendableError, RefusedError and UnknownConversationError.
        """
        async with AsyncSession(self._engine) as session, session.begin():
            chat = await session.scalar(
                select(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .with_for_update()
            )
            if chat is None:
                raise UnknownConversationError
            if chat.owner != Owner.AGENT or chat.agent_id != agent_id:
                raise NotOwnerError(chat.agent_id if chat.owner == Owner.AGENT else None)
            takes = self.sendable(chat.channel)
            if not takes.allows(upload.kind):
                raise NotSendableError(takes.reason or "images_only")
            number = await store(session, conversation_id, upload, chat.channel, agent_id=agent_id)
        return File(number, upload.kind, upload.name, upload.content_type, len(upload.content))

    async def drop(self, conversation_id: str, agent_id: str, file_id: str) -> bool:
        """Delete a file that the agent has not sent; False when there is no such one."""
        which = and_(
            AttachmentRow.id == file_id,
            AttachmentRow.conversation_id == conversation_id,
            waits_for(agent_id),
        )
        async with AsyncSession(self._engine) as session, session.begin():
            return await remove_where(session, which) == 1
