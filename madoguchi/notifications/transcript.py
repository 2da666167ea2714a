"""A chat's transcript as its customer gets it: plain text, times in Asia/Tokyo, nothing inner.

There are no notes, no understanding and nothing that was taken back; files stand as their names,
cards as their lines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.conversations.model import Sender
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.database import only_reading
from madoguchi.desk.tables import AgentRow
from madoguchi.knowledge.business import Business
from madoguchi.knowledge.japanese import clock_time, day_in_full
from madoguchi.media.tables import AttachmentRow
from madoguchi.notifications.wording import shop_name, wording

# A longer chat begins with its newest so many messages: nobody reads more, and a mail holds it.
MOST_MESSAGES = 2000
_INDENT = "  "


@dataclass(frozen=True)
class Line:
    """One message of a transcript."""

    at: datetime
    sender: Sender
    text: str
    agent: str | None = None
    card: Mapping[str, Any] | None = None
    files: Sequence[str | None] = ()


class Transcripts:
    """Reads transcripts, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, business: Business) -> None:
        """Read from the engine's database."""
        self._reads = only_reading(engine)
        self._clock = clock
        self._business = business

    async def of(self, conversation_id: str) -> str:
        """Return a conversation's transcript. Raises UnknownConversationError."""
        async with AsyncSession(self._reads) as session:
            row = await session.get(ConversationRow, conversation_id)
            if row is None:
                raise UnknownConversationError
            lines = await _lines(session, conversation_id)
        return written(lines, shop_name(self._business, row.site), self._clock.now())


def written(lines: Iterable[Line], shop: str, now: datetime) -> str:
    """Return the transcript's text, a heading for each day in Tokyo."""
    words = wording()
    at = f"{now.astimezone(TOKYO).year}年{day_in_full(now)} {clock_time(now)}"
    parts = [words("transcript.title", shop=shop), words("transcript.made", at=at)]
    day: date | None = None
    for line in lines:
        today = line.at.astimezone(TOKYO).date()
        if today != day:
            day = today
            parts += ["", words("transcript.day", day=f"{day.year}年{day_in_full(day)}")]
        parts += ["", *_paragraph(line)]
    if day is None:
        parts += ["", words("transcript.empty")]
    return "\n".join(parts) + "\n"


def _paragraph(line: Line) -> list[str]:
    words = wording()
    if line.sender == Sender.AGENT and line.agent:
        who = words("transcript.speakers.named_agent", agent=line.agent)
    else:
        who = words(f"transcript.speakers.{line.sender.value}")
    files = [
        words("transcript.file", file=name or words("transcript.unnamed")) for name in line.files
    ]
    inner = [*line.text.splitlines(), *_card(line.card), *files]
    head = words("transcript.line", time=clock_time(line.at), who=who)
    return [head, *(f"{_INDENT}{each}".rstrip() for each in inner)]


def _card(card: Mapping[str, Any] | None) -> list[str]:
    if not card:
        return []
    words = wording()
    state = (card.get("state") or {}).get("label")
    title = f"{card.get('title') or ''}{words('transcript.state', state=state) if state else ''}"
    rows = [
        words("transcript.row", label=row.get("label", ""), value=row.get("value", ""))
        for row in card.get("rows") or ()
    ]
    return [each for each in (title, *rows) if each]


async def _lines(session: AsyncSession, conversation_id: str) -> list[Line]:
    newest = await session.scalars(
        select(MessageRow)
        .where(MessageRow.conversation_id == conversation_id, MessageRow.withdrawn_at.is_(None))
        .order_by(MessageRow.seq.desc())
        .limit(MOST_MESSAGES)
    )
    rows = list(newest)[::-1]
    files: dict[int, list[str | None]] = defaultdict(list)
    for seq, name in await session.execute(
        select(AttachmentRow.seq, AttachmentRow.name)
        .where(AttachmentRow.conversation_id == conversation_id)
        .order_by(AttachmentRow.created_at, AttachmentRow.id)
    ):
        files[seq].append(name)
    named = await session.execute(
        select(AgentRow.id, AgentRow.name).where(
            AgentRow.id.in_({row.agent_id for row in rows if row.agent_id})
        )
    )
    agents = {number: name for number, name in named}  # noqa: C416  (rows are no pairs)
    return [
        Line(
            as_utc(row.at),
            Sender(row.sender),
            row.text,
            agents.get(row.agent_id or ""),
            row.card,
            files.get(row.seq, ()),
        )
        for row in rows
    ]
