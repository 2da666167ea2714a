"""The tables of messaging channels: customers, events as they came, and what goes out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base

_TIME = DateTime(timezone=True)


class ChannelUserRow(Base):
    """A customer as a platform knows them, and their one conversation there."""

    __tablename__ = "channel_users"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(128))
    conversation_id: Mapped[str | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str | None] = mapped_column(String(200))
    profile_at: Mapped[datetime | None] = mapped_column(_TIME)
    member_id: Mapped[str | None] = mapped_column(String(128))
    linked_at: Mapped[datetime | None] = mapped_column(_TIME)
    blocked_at: Mapped[datetime | None] = mapped_column(_TIME)
    heard_at: Mapped[datetime | None] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)

    __table_args__ = (UniqueConstraint("channel", "external_id", name="uq_channel_users"),)


class ChannelEventRow(Base):
    """An event as the platform sent it: stored before it is acknowledged, then worked on once."""

    __tablename__ = "channel_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str] = mapped_column(String(16))
    event_id: Mapped[str] = mapped_column(String(128))
    user: Mapped[str | None] = mapped_column(String(128))
    # Gone once the event is done: what the customer wrote is in the transcript then.
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    kind: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    # When it happened, by the platform's clock: the order in which events are worked on.
    at: Mapped[datetime] = mapped_column(_TIME)
    received_at: Mapped[datetime] = mapped_column(_TIME)
    next_at: Mapped[datetime] = mapped_column(_TIME)

    __table_args__ = (
        UniqueConstraint("channel", "event_id", name="uq_channel_events"),
        Index("ix_channel_events_pending", "state", "next_at"),
        Index("ix_channel_events_user", "channel", "user", "state"),
    )


class WithdrawalRow(Base):
    """A message that was taken back, for the case that it arrives after its withdrawal."""

    __tablename__ = "channel_withdrawals"

    channel: Mapped[str] = mapped_column(String(16), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    at: Mapped[datetime] = mapped_column(_TIME)


class OutboxRow(Base):
    """Messages of one transaction on their way to a platform."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(16))
    inbound_id: Mapped[int | None]
    # The numbers of the messages, in order.
    seqs: Mapped[list[int]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int]
    # A try may have reached the platform although its end was never seen.
    unsure: Mapped[bool]
    parts_done: Mapped[int]
    retry_key: Mapped[str] = mapped_column(String(36), unique=True)
    claimed_by: Mapped[str | None] = mapped_column(String(64))
    claimed_until: Mapped[datetime | None] = mapped_column(_TIME)
    next_at: Mapped[datetime] = mapped_column(_TIME)
    via: Mapped[str | None] = mapped_column(String(16))
    counted: Mapped[int]
    code: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[str | None] = mapped_column(String(500))
    external_ids: Mapped[list[str] | None] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    ended_at: Mapped[datetime | None] = mapped_column(_TIME)

    __table_args__ = (
        Index("ix_outbox_state", "state", "next_at"),
        Index("ix_outbox_conversation", "conversation_id", "id"),
        # Chats with a message that did not arrive.
        Index(
            "ix_outbox_failed",
            "conversation_id",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
    )
