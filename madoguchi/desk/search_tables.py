"""The table that chats are found by."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base


class SearchTextRow(Base):
    """What was written in one place of a chat, as the search reads it.

    The migration keeps an index over ``pieces`` in step with this table: an FTS5 table with
    triggers on SQLite, a GIN index on PostgreSQL.
    """

    __tablename__ = "search_texts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    # message, note, name or tag.
    source: Mapped[str] = mapped_column(String(8))
    # The message's or note's number; 0 for what a chat has once.
    place: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    pieces: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        UniqueConstraint("conversation_id", "source", "place", name="uq_search_texts"),
    )
