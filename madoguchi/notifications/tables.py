"""The table of what is told by e-mail and by webhook, and how far each has got."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base

_TIME = DateTime(timezone=True)


class NotificationRow(Base):
    """One thing that one recipient is told, once."""

    __tablename__ = "notifications"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    # Whatever runs twice writes the same key and so notifies once.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    via: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE")
    )
    recipient: Mapped[str] = mapped_column(String(320))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(_TIME)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_at: Mapped[datetime | None] = mapped_column(_TIME)
    code: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(_TIME)
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)

    __table_args__ = (
        Index("ix_notifications_state", "state", "next_at"),
        Index("ix_notifications_conversation", "conversation_id"),
    )
