"""The tables of conversations. Times are UTC; the service shows them in Asia/Tokyo."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base


class ConversationRow(Base):
    """One customer's conversation and who answers in it."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    site: Mapped[str | None] = mapped_column(String(16))
    member_id: Mapped[str | None] = mapped_column(String(128))
    member_name: Mapped[str | None] = mapped_column(String(200))
    owner: Mapped[str] = mapped_column(String(16))
    # The number of the newest message; raised by conditional update, so it also orders writers.
    last_seq: Mapped[int]
    last_topic: Mapped[str | None] = mapped_column(String(64))
    # The agent who has the chat, and the handoff that it is in.
    agent_id: Mapped[str | None] = mapped_column(String(32))
    handoff_id: Mapped[int | None]
    # The chat of the same customer in which agents go on with this one.
    merged_into: Mapped[str | None] = mapped_column(String(32))
    snoozed_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_customer_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_agent_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        # Pages of the desk's lists go on after a moment and an id.
        Index("ix_conversations_newest", "updated_at", "id"),
        Index("ix_conversations_view", "owner", "updated_at", "id"),
        Index("ix_conversations_queue", "owner", "handoff_id", "id"),
        Index("ix_conversations_agent", "agent_id", "owner"),
        Index("ix_conversations_member", "member_id"),
        Index("ix_conversations_merged", "merged_into", "owner"),
    )


class MessageRow(Base):
    """One message of a transcript, from whomever it came."""

    __tablename__ = "messages"

    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    sender: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str | None] = mapped_column(String(64))
    act: Mapped[str | None] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    card: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    client_id: Mapped[str | None] = mapped_column(String(128))
    # What the assistant understood (intent, confidence, candidates); never shown to customers.
    understanding: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    # The platform's id of a customer's message, by which they may take it back.
    external_id: Mapped[str | None] = mapped_column(String(128))
    withdrawn_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    agent_id: Mapped[str | None] = mapped_column(String(32))

    __table_args__ = (Index("ix_messages_external", "conversation_id", "external_id"),)


class ChoiceRow(Base):
    """A button below a message. Its payload reaches the engine only when it is tapped here."""

    __tablename__ = "choices"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    seq: Mapped[int]
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    topic: Mapped[str | None] = mapped_column(String(64))
    act: Mapped[str | None] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(String(500))


class InboxRow(Base):
    """What came in from a customer: stored before it is acknowledged, then answered once."""

    __tablename__ = "inbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(128))
    body_hash: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(16), server_default="text")
    seq: Mapped[int]
    payload: Mapped[str | None] = mapped_column(String(500))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    told_to_wait: Mapped[bool]
    replies_from: Mapped[int | None]
    replies_to: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    done_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("conversation_id", "event_id", name="uq_inbox_event"),
        Index("ix_inbox_pending", "state", "conversation_id", "id"),
    )


class LabelRow(Base):
    """A customer's own answer to 「次のどれについてですか？」: an example for the training data."""

    __tablename__ = "labels"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    text: Mapped[str] = mapped_column(Text)
    offered: Mapped[list[str]] = mapped_column(JSON)
    chosen: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
