"""Takes files out of the database, in whatever transaction takes their message out."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.media.tables import AttachmentRow


async def remove_files(session: AsyncSession, conversation_id: str, seq: int) -> int:
    """Delete the files of a message with their bytes; returns how many those were."""
    return await remove_where(
        session,
        and_(AttachmentRow.conversation_id == conversation_id, AttachmentRow.seq == seq),
    )


async def remove_where(session: AsyncSession, which: ColumnElement[bool]) -> int:
    """Delete the files that are so, with their bytes; returns how many those were.

    One statement, and the bytes go by the database's cascade: what is sent at the same moment
    keeps both or loses both.
    """
    gone = await session.execute(delete(AttachmentRow).where(which))
    return int(gone.rowcount)  # type: ignore[attr-defined]  # a CursorResult
