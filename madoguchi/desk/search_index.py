"""What chats are found by: written in the transaction that writes what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.desk.search_tables import SearchTextRow
from madoguchi.desk.search_words import normal, pieces, shown
from madoguchi.desk.tables import NoteRow


def text_row(conversation_id: str, source: str, place: int, text: str) -> dict[str, Any] | None:
    """Return the values of a text's row, None for a text without words."""
    plain = normal(text)
    if not plain:
        return None
    return {
        "conversation_id": conversation_id,
        "source": source,
        "place": place,
        "text": plain,
        "pieces": " ".join(pieces(plain)),
    }


async def index_messages(session: AsyncSession, rows: Iterable[MessageRow]) -> None:
    """Have messages found that are new."""
    texts = [
        text_row(row.conversation_id, "message", row.seq, shown(row.text, row.card)) for row in rows
    ]
    await _write(session, texts)


async def index_messages_anew(
    session: AsyncSession, conversation_id: str, rows: Sequence[MessageRow]
) -> None:
    """Have a chat's messages found by what they say now, and by nothing that they said before."""
    await session.execute(
        delete(SearchTextRow).where(
            SearchTextRow.conversation_id == conversation_id,
            SearchTextRow.source == "message",
            SearchTextRow.place.in_([row.seq for row in rows]),
        )
    )
    await index_messages(session, rows)


async def add_note(session: AsyncSession, note: NoteRow) -> None:
    """Store a note and have it found. Raises IntegrityError when there is no such chat."""
    session.add(note)
    await session.flush()
    await _write(session, [text_row(note.conversation_id, "note", note.id, note.text)])


async def index_tags(session: AsyncSession, conversation_id: str, tags: Sequence[str]) -> None:
    """Have a chat found by its tags, and by none that it had before."""
    await _replace(session, conversation_id, "tag", tags)


async def index_names(session: AsyncSession, conversation_id: str) -> None:
    """Have a chat found by its member's name and number, and by the name on the platform."""
    chat = await session.execute(
        select(ConversationRow.member_name, ConversationRow.member_id).where(
            ConversationRow.id == conversation_id
        )
    )
    names = await session.scalars(
        select(ChannelUserRow.name).where(ChannelUserRow.conversation_id == conversation_id)
    )
    found = [*(chat.one_or_none() or ()), *names]
    await _replace(session, conversation_id, "name", [name or "" for name in found])


async def _replace(
    session: AsyncSession, conversation_id: str, source: str, texts: Sequence[str]
) -> None:
    await session.execute(
        delete(SearchTextRow).where(
            SearchTextRow.conversation_id == conversation_id, SearchTextRow.source == source
        )
    )
    rows = [text_row(conversation_id, source, place, text) for place, text in enumerate(texts)]
    await _write(session, rows)


async def _write(session: AsyncSession, rows: Iterable[dict[str, Any] | None]) -> None:
    written = [row for row in rows if row is not None]
    if written:
        await session.execute(insert(SearchTextRow), written)
