"""The tables of running skills. Times are UTC."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base


class DialogueRow(Base):
    """What a conversation's next message meets: a running skill, and what was talked about."""

    __tablename__ = "dialogues"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    memory: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class DialogueTurnRow(Base):
    """What one message has led to so far; it counts only when its replies are stored."""

    __tablename__ = "dialogue_turns"

    inbound_id: Mapped[int] = mapped_column(
        ForeignKey("inbox.id", ondelete="CASCADE"), primary_key=True
    )
    conversation_id: Mapped[str] = mapped_column(String(32))
    state: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    memory: Mapped[dict[str, Any]] = mapped_column(JSON)
    replies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
