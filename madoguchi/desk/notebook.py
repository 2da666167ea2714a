"""Notes, tags, read marks and canned answers: what agents keep beside the chats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.writing import UnknownConversationError, lock
from madoguchi.database import only_reading
from madoguchi.desk.search_index import add_note, index_tags
from madoguchi.desk.tables import (
    CannedAnswerRow,
    DeskChangeRow,
    NoteRow,
    ReadMarkRow,
    TagRow,
)

# A place to fill in: 「{{お名前}}」 or 〔注文番号〕. What still has one is not sent.
PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}|〔[^〔〕]*〕")
MOST_TAGS = 20


class ShortcutTakenError(Exception):
    """Another canned answer has the shortcut."""


@dataclass(frozen=True)
class Canned:
    """A canned answer; ``id`` is 0 for one that is not stored yet."""

    id: int
    shortcut: str
    title: str
    text: str
    site: str | None


class Notebook:
    """Notes and the like, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    async def note(self, conversation_id: str, agent_id: str, text: str) -> None:
        """Add a note. Raises UnknownConversationError."""
        async with AsyncSession(self._engine) as session, session.begin():
            await self._change(session, conversation_id, "note")
            note = NoteRow(
                conversation_id=conversation_id, agent_id=agent_id, text=text, at=self._now()
            )
            with _unknown():
                await add_note(session, note)

    async def tag(self, conversation_id: str, tags: Sequence[str]) -> None:
        """Set a chat's tags. Raises UnknownConversationError."""
        async with AsyncSession(self._engine) as session, session.begin():
            # The tags of one of two who tag at once, not some of both.
            await lock(session, conversation_id)
            await self._change(session, conversation_id, "chat")
            await session.execute(delete(TagRow).where(TagRow.conversation_id == conversation_id))
            kept = sorted(set(tags))
            session.add_all(TagRow(conversation_id=conversation_id, tag=tag) for tag in kept)
            with _unknown():
                await session.flush()
                await index_tags(session, conversation_id, kept)

    async def read(self, conversation_id: str, seq: int) -> None:
        """Note that an agent has read up to a message; never goes back."""
        async with AsyncSession(self._engine) as session, session.begin():
            await lock(session, conversation_id)
            row = await session.get(ReadMarkRow, (conversation_id, "agent"))
            if row is None:
                row = ReadMarkRow(conversation_id=conversation_id, side="agent", seq=0)
                session.add(row)
            if seq > row.seq:
                row.seq, row.at = seq, self._now()
                await self._change(session, conversation_id, "read")
            else:
                row.at = self._now()
            with _unknown():
                await session.flush()

    async def canned(self, site: str | None = None) -> list[Canned]:
        """Return the canned answers for a shop, or all of them, by their shortcuts."""
        asked = select(CannedAnswerRow).order_by(CannedAnswerRow.shortcut)
        if site is not None:
            asked = asked.where(or_(CannedAnswerRow.site.is_(None), CannedAnswerRow.site == site))
        async with AsyncSession(self._reads) as session:
            return [
                Canned(row.id, row.shortcut, row.title, row.text, row.site)
                for row in await session.scalars(asked)
            ]

    async def put_canned(self, canned: Canned) -> Canned | None:
        """Store a new or changed canned answer; None for a number that there is none of.

        Raises ShortcutTakenError.
        """
        try:
            async with AsyncSession(self._engine) as session, session.begin():
                row = await session.get(CannedAnswerRow, canned.id) if canned.id else None
                if canned.id and row is None:
                    return None
                if row is None:
                    row = CannedAnswerRow()
                    session.add(row)
                row.shortcut, row.title, row.text = canned.shortcut, canned.title, canned.text
                row.site, row.updated_at = canned.site, self._now()
                await session.flush()
                return Canned(row.id, row.shortcut, row.title, row.text, row.site)
        except IntegrityError:
            raise ShortcutTakenError from None

    async def drop_canned(self, number: int) -> None:
        """Delete a canned answer, if it is there."""
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(delete(CannedAnswerRow).where(CannedAnswerRow.id == number))

    async def _change(self, session: AsyncSession, conversation_id: str, kind: str) -> None:
        session.add(DeskChangeRow(conversation_id=conversation_id, kind=kind, at=self._now()))

    def _now(self) -> datetime:
        return as_utc(self._clock.now())


@contextmanager
def _unknown() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise UnknownConversationError from None
