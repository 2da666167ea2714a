"""The tables of the desk. Times are UTC; the desk shows them in Asia/Tokyo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base

_TIME = DateTime(timezone=True)


class AgentRow(Base):
    """Someone who works at the desk."""

    __tablename__ = "agents"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str | None] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(255))
    totp_secret: Mapped[str | None] = mapped_column(String(255))
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)
    # The last code that was taken, so that none is good twice.
    totp_counter: Mapped[int | None]
    failed: Mapped[int]
    locked_until: Mapped[datetime | None] = mapped_column(_TIME)
    capacity: Mapped[int]
    presence: Mapped[str] = mapped_column(String(16))
    presence_at: Mapped[datetime | None] = mapped_column(_TIME)
    removed_at: Mapped[datetime | None] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)


class AgentSessionRow(Base):
    """One sign-in, until it ends or is ended; only a hash of its token is stored."""

    __tablename__ = "agent_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    agent_id: Mapped[str] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    client: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(_TIME)
    seen_at: Mapped[datetime] = mapped_column(_TIME)
    ends_at: Mapped[datetime] = mapped_column(_TIME)
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)


class AuditRow(Base):
    """What an agent did, for those who have to answer for it."""

    __tablename__ = "audit_log"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    agent_id: Mapped[str | None] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(64))
    conversation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(_TIME, index=True)


class HandoffRow(Base):
    """One stretch in which a person is wanted or has the chat."""

    __tablename__ = "handoffs"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(16))
    detail: Mapped[str | None] = mapped_column(String(200))
    goal: Mapped[str] = mapped_column(Text)
    site: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    agent_id: Mapped[str | None] = mapped_column(String(32))
    asked_at: Mapped[datetime] = mapped_column(_TIME)
    taken_at: Mapped[datetime | None] = mapped_column(_TIME)
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)
    result: Mapped[str | None] = mapped_column(String(64))
    rating_asked_at: Mapped[datetime | None] = mapped_column(_TIME)

    __table_args__ = (
        Index("ix_handoffs_state", "state", "asked_at"),
        Index(
            "uq_handoffs_open",
            "conversation_id",
            unique=True,
            sqlite_where=text("state != 'ended'"),
            postgresql_where=text("state != 'ended'"),
        ),
    )


class DeskChangeRow(Base):
    """That something changed in a chat: what open desks read on from after a broken line."""

    __tablename__ = "desk_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    # From which message on what was said is another than before; None: nothing of it.
    seq: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(_TIME)


class NoteRow(Base):
    """What agents tell each other about a chat; customers never see it."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    agent_id: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_TIME)


class TagRow(Base):
    """A word that agents find chats by."""

    __tablename__ = "conversation_tags"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    tag: Mapped[str] = mapped_column(String(40), primary_key=True, index=True)


class CannedAnswerRow(Base):
    """An answer that agents insert; ``{{…}}`` are places to fill in."""

    __tablename__ = "canned_answers"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    shortcut: Mapped[str] = mapped_column(String(40), unique=True)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    site: Mapped[str | None] = mapped_column(String(16))
    updated_at: Mapped[datetime] = mapped_column(_TIME)


class RatingRow(Base):
    """How satisfied a customer was, once for each handoff."""

    __tablename__ = "ratings"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    handoff_id: Mapped[int | None]
    score: Mapped[int]
    word: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(_TIME)

    __table_args__ = (UniqueConstraint("conversation_id", "handoff_id", name="uq_ratings"),)


class ReadMarkRow(Base):
    """Up to which message a side of a chat has read."""

    __tablename__ = "read_marks"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    side: Mapped[str] = mapped_column(String(8), primary_key=True)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(_TIME)
