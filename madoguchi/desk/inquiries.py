"""Inquiries at the desk: listed by when they are due, each with what was done about it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.database import only_reading
from madoguchi.desk.inquiry_replies import InquiryReplies, opened
from madoguchi.desk.tables import AgentRow
from madoguchi.inquiries.history import Step
from madoguchi.inquiries.model import InquiryState
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.knowledge.words import words as skill_words
from madoguchi.notifications.model import Via

_MOST = 200
_OPEN = (InquiryState.OPEN, InquiryState.WORKING)


class DeskInquiries:
    """Inquiries, on SQLite or PostgreSQL."""

    def __init__(
        self, engine: AsyncEngine, clock: Clock, catalogue: Catalogue, *, mail: bool = False
    ) -> None:
        """Titles are the catalogue's; ``mail``: mails can be sent."""
        self.replies = InquiryReplies(engine, clock, mail=mail)
        self._mail = mail
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
        """Return an inquiry with what was done about it and how it can be answered, as JSON."""
        async with AsyncSession(self._reads) as session:
            try:
                found = await opened(
                    session, number, self._clock.now(), mail=self._mail, locked=False
                )
            except LookupError:
                return None
            named = await session.execute(
                select(AgentRow.id, AgentRow.name).where(
                    AgentRow.id.in_({step.agent_id for step in found.history if step.agent_id})
                )
            )
            agents = {agent: name for agent, name in named}  # noqa: C416  (rows are no pairs)
        history = [_entry(step, agents) for step in found.history]
        ways = [way.as_json() for way in found.ways]
        return self._json(found.row, history) | {"ways": ways}

    def _json(self, row: InquiryRow, history: list[dict[str, Any]]) -> dict[str, Any]:
        due = datetime.combine(row.due_on, time(23, 59, 59), TOKYO)
        return {
            "number": row.number,
            "topic": row.topic,
            "topic_title": self._title(row.topic),
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

    def _title(self, topic: str) -> str | None:
        """Return what an inquiry is about, as its customer chose it."""
        name = f"inquiry.topics.{topic}"
        if skill_words().has(name):
            return skill_words()(name)
        known = self._catalogue.topics.get(topic)
        act = self._catalogue.acts.get(topic.removeprefix("act/"))
        return known.title if known is not None else act.title if act is not None else None


def _entry(step: Step, agents: dict[str, str]) -> dict[str, Any]:
    """Return an entry of the history; ``by`` is None for the customer."""
    agent = step.agent_id
    return {
        "via": step.via.value,
        "state": step.state.value,
        "by": {"id": agent, "name": agents.get(agent, "")} if agent is not None else None,
        "at": _iso(step.at),
        "text": step.text,
        # Only a mail can fail to arrive.
        "delivery": step.delivery.value if step.via is Via.EMAIL else None,
        "chat_id": step.conversation_id,
    }


def _iso(at: datetime) -> str:
    return as_utc(at).astimezone(TOKYO).isoformat(timespec="milliseconds")
