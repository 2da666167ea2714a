"""One chat as an agent sees it: everything that was said and done, with what the bot thought."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.model import Sender
from madoguchi.conversations.tables import ChoiceRow, MessageRow
from madoguchi.database import only_reading
from madoguchi.desk.tables import AgentRow, NoteRow
from madoguchi.desk.wording import undelivered, understood
from madoguchi.media.tables import AttachmentRow

# Older messages are fetched when the agent scrolls up to them.
PAGE = 200


@dataclass(frozen=True)
class _Around:
    """What belongs to the messages."""

    choices: dict[int, list[ChoiceRow]]
    deliveries: dict[int, OutboxRow]
    files: dict[int, list[AttachmentRow]]
    agents: dict[str, str]


class ChatReader:
    """Reads chats, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Read from the engine's database."""
        self._reads = only_reading(engine)

    async def messages(
        self,
        conversation_id: str,
        *,
        before: int | None = None,
        after: int = 0,
        limit: int = PAGE,
    ) -> list[dict[str, Any]]:
        """Return the newest messages (below ``before``, above ``after``), oldest first, as JSON.

        What was taken back is there without its content, so that the agent knows of it.
        """
        wanted = [MessageRow.conversation_id == conversation_id, MessageRow.seq > after]
        if before is not None:
            wanted.append(MessageRow.seq < before)
        async with AsyncSession(self._reads) as session:
            newest = await session.scalars(
                select(MessageRow).where(*wanted).order_by(MessageRow.seq.desc()).limit(limit)
            )
            rows = list(newest)[::-1]
            around = await _around(session, conversation_id, rows)
        return [_message(row, around) for row in rows]

    async def newest(self, conversation_id: str, count: int) -> list[dict[str, Any]]:
        """Return at most so many of the newest messages, oldest first, as JSON."""
        return (await self.messages(conversation_id, limit=min(count, PAGE)))[-count:]

    async def notes(self, *conversation_ids: str) -> list[dict[str, Any]]:
        """Return the notes of chats that are one, oldest first, as JSON."""
        async with AsyncSession(self._reads) as session:
            found = await session.execute(
                select(NoteRow, AgentRow.name)
                .outerjoin(AgentRow, AgentRow.id == NoteRow.agent_id)
                .where(NoteRow.conversation_id.in_(conversation_ids))
                .order_by(NoteRow.id)
            )
            return [
                {
                    "id": note.id,
                    "agent": {"id": note.agent_id, "name": name or ""},
                    "text": note.text,
                    "at": as_utc(note.at).astimezone(TOKYO).isoformat(timespec="milliseconds"),
                }
                for note, name in found
            ]


async def _around(
    session: AsyncSession, conversation_id: str, rows: Sequence[MessageRow]
) -> _Around:
    if not rows:
        return _Around({}, {}, {}, {})
    seqs = [row.seq for row in rows]
    choices: dict[int, list[ChoiceRow]] = defaultdict(list)
    for choice in await session.scalars(
        select(ChoiceRow)
        .where(ChoiceRow.conversation_id == conversation_id, ChoiceRow.seq.in_(seqs))
        .order_by(ChoiceRow.seq, ChoiceRow.position)
    ):
        choices[choice.seq].append(choice)
    files: dict[int, list[AttachmentRow]] = defaultdict(list)
    for file in await session.scalars(
        select(AttachmentRow)
        .where(AttachmentRow.conversation_id == conversation_id, AttachmentRow.seq.in_(seqs))
        .order_by(AttachmentRow.created_at, AttachmentRow.id)
    ):
        files[file.seq].append(file)
    deliveries: dict[int, OutboxRow] = {}
    for delivery in await session.scalars(
        select(OutboxRow)
        .where(
            OutboxRow.conversation_id == conversation_id,
            OutboxRow.state != "merged",
            # What went out before these messages were written has none of them.
            OutboxRow.created_at >= min(row.at for row in rows),
        )
        .order_by(OutboxRow.id)
    ):
        deliveries |= dict.fromkeys(delivery.seqs, delivery)
    named = await session.execute(
        select(AgentRow.id, AgentRow.name).where(
            AgentRow.id.in_({row.agent_id for row in rows if row.agent_id})
        )
    )
    agents = {number: name for number, name in named}  # noqa: C416  (rows are no pairs)
    return _Around(choices, deliveries, files, agents)


def _message(row: MessageRow, around: _Around) -> dict[str, Any]:
    agent = (
        {"id": row.agent_id, "name": around.agents.get(row.agent_id, "")} if row.agent_id else None
    )
    return {
        "seq": row.seq,
        "from": row.sender,
        "kind": row.kind,
        "topic": row.topic,
        "act": row.act,
        "text": row.text,
        "choices": [
            {"id": each.id, "title": each.title, "topic": each.topic, "act": each.act}
            for each in around.choices.get(row.seq, ())
        ],
        "card": row.card,
        "at": as_utc(row.at).astimezone(TOKYO).isoformat(timespec="milliseconds"),
        "client_id": row.client_id if row.sender == Sender.AGENT else None,
        "understanding": understood(row.understanding),
        "delivery": _delivery(around.deliveries.get(row.seq)),
        "attachments": [_file(each) for each in around.files.get(row.seq, ())],
        "agent": agent,
        "withdrawn": row.withdrawn_at is not None,
    }


def _delivery(row: OutboxRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row.id,
        "state": row.state,
        "via": row.via,
        "counted": row.counted,
        "code": row.code,
        "reason": undelivered(row.code),
    }


def _file(row: AttachmentRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "name": row.name,
        "state": row.state,
        "reason": row.reason,
        "content_type": row.content_type,
        "size": row.size,
    }
