"""Inquiries at the desk: listed by when they are due, worked on, answered in the chat."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.conversations.model import Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.conversations.writing import send, write
from madoguchi.database import only_reading
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.tables import AgentRow, AuditRow
from madoguchi.inquiries.model import InquiryState
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.knowledge.catalogue import Catalogue

_MOST = 200
_OPEN = (InquiryState.OPEN, InquiryState.WORKING)
_ACTIONS = ("inquiry.state", "inquiry.reply")


class NoChatError(Exception):
    """The inquiry came without a chat: it is answered by its contact only."""


class DeskInquiries:
    """Inquiries, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, catalogue: Catalogue) -> None:
        """Read and write the engine's database; titles are the catalogue's."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._catalogue = catalogue

    async def listed(self, state: str | None, words: str) -> list[dict[str, Any]]:
        """Return inquiries, those due first at the top, without their history, as JSON."""
        wanted = [InquiryRow.state == state] if state else [InquiryRow.state.in_(_OPEN)]
        if words:
            wanted = [
                or_(
                    InquiryRow.number == words.upper(),
                    InquiryRow.summary.contains(words, autoescape=True),
                    InquiryRow.contact.contains(words, autoescape=True),
                    InquiryRow.subject == words.upper(),
                )
            ]
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(InquiryRow)
                .where(*wanted)
                .order_by(InquiryRow.due_on, InquiryRow.number)
                .limit(_MOST)
            )
            return [self._json(row, []) for row in rows]

    async def get(self, number: str) -> dict[str, Any] | None:
        """Return an inquiry with what was done about it, as JSON."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(InquiryRow, number)
            if row is None:
                return None
            found = await session.execute(
                select(AuditRow, AgentRow.name)
                .outerjoin(AgentRow, AgentRow.id == AuditRow.agent_id)
                .where(AuditRow.action.in_(_ACTIONS), AuditRow.at >= row.created_at)
                .order_by(AuditRow.id)
            )
            history = [
                {"state": each.detail.get("state", ""), "by": {"name": name}, "at": _iso(each.at)}
                for each, name in found
                if each.detail.get("inquiry") == number
            ]
            return self._json(row, history)

    async def move(self, number: str, state: InquiryState) -> bool:
        """Put an inquiry into a state; False when there is none."""
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.get(InquiryRow, number)
            if row is None:
                return False
            row.state, row.updated_at = state, self._now()
            return True

    async def reply(
        self, number: str, agent_id: str, text: str, key: str
    ) -> tuple[str, Message | None]:
        """Answer in the customer's chat; returns the chat, and the message unless it was sent.

        Raises LookupError for no such inquiry, NoChatError, and NotOwnerError while another agent
        has the chat.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            row = await session.get(InquiryRow, number)
            if row is None:
                raise LookupError(number)
            chat = row.conversation_id
            locked = await session.scalar(
                select(ConversationRow).where(ConversationRow.id == chat).with_for_update()
            )
            if chat is None or locked is None:
                raise NoChatError
            if locked.owner == Owner.AGENT and locked.agent_id != agent_id:
                raise NotOwnerError(locked.agent_id)
            row.state, row.updated_at = InquiryState.ANSWERED, self._now()
            known = await session.scalar(
                select(MessageRow.seq).where(
                    MessageRow.conversation_id == chat,
                    MessageRow.sender == Sender.AGENT,
                    MessageRow.client_id == key,
                )
            )
            if known is not None:
                return chat, None
            draft = Draft(Kind.ANSWER, text, sender=Sender.AGENT)
            written = await write(session, chat, [draft], self._now())
            [message] = written.messages
            stored = await session.get_one(MessageRow, (chat, message.seq))
            stored.agent_id, stored.client_id = agent_id, key
            await send(session, chat, written, self._now())
            return chat, message

    def _json(self, row: InquiryRow, history: list[dict[str, Any]]) -> dict[str, Any]:
        due = datetime.combine(row.due_on, time(23, 59, 59), TOKYO)
        topic = self._catalogue.topics.get(row.topic) or self._catalogue.acts.get(
            row.topic.removeprefix("act/")
        )
        return {
            "number": row.number,
            "topic": row.topic,
            "topic_title": topic.title if topic is not None else None,
            "text": row.summary,
            "subject": row.subject,
            "contact": row.contact,
            "name": row.name,
            "member_id": row.member_id,
            "site": row.site,
            "state": row.state,
            "urgent": row.urgent,
            "due_at": due.isoformat(),
            "created_at": _iso(row.created_at),
            "chat_id": row.conversation_id,
            "history": history,
        }

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


def _iso(at: datetime) -> str:
    return as_utc(at).astimezone(TOKYO).isoformat(timespec="milliseconds")
