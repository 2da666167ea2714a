"""The tables of customers' files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base

_TIME = DateTime(timezone=True)


class AttachmentRow(Base):
    """A file that belongs to a message, and how far it is fetched."""

    __tablename__ = "attachments"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    channel: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    # Where it is fetched (channel.MediaRef); gone once that is done.
    source: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    name: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(64))
    content_type: Mapped[str | None] = mapped_column(String(100))
    size: Mapped[int | None]
    # Who at the desk sends it; None: a customer's.
    agent_id: Mapped[str | None] = mapped_column(String(32))
    digest: Mapped[str | None] = mapped_column(String(64))
    attempts: Mapped[int]
    next_at: Mapped[datetime] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)

    __table_args__ = (
        Index("ix_attachments_state", "state", "next_at"),
        Index("ix_attachments_conversation", "conversation_id", "seq"),
    )


class AttachmentContentRow(Base):
    """A file's bytes, apart from what lists of files need."""

    __tablename__ = "attachment_contents"

    attachment_id: Mapped[str] = mapped_column(
        ForeignKey("attachments.id", ondelete="CASCADE"), primary_key=True
    )
    content: Mapped[bytes] = mapped_column(LargeBinary)
