"""The table of inquiries. Times are UTC, days Asia/Tokyo."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import DateTime, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base


class InquiryRow(Base):
    """One inquiry."""

    __tablename__ = "inquiries"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    member_id: Mapped[str | None] = mapped_column(String(128))
    site: Mapped[str | None] = mapped_column(String(16))
    topic: Mapped[str] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(Text)
    subject: Mapped[str | None] = mapped_column(String(64))
    contact: Mapped[str] = mapped_column(String(254))
    name: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(16))
    urgent: Mapped[bool]
    due_on: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        Index("ix_inquiries_state", "state", "due_on"),
        Index("ix_inquiries_conversation", "conversation_id"),
    )
