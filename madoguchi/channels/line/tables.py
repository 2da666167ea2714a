"""What only LINE needs to be kept: reply tokens, and nonces of account links."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base

_TIME = DateTime(timezone=True)


class ReplyTokenRow(Base):
    """The right to one free answer, and the delivery that has tried to use it."""

    __tablename__ = "line_reply_tokens"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    inbound_id: Mapped[int | None]
    token: Mapped[str] = mapped_column(String(256), unique=True)
    delivery_id: Mapped[int | None] = mapped_column(index=True)
    # The delivery goes by push from now on, whatever becomes of its tries.
    refused: Mapped[bool]
    at: Mapped[datetime] = mapped_column(_TIME)

    __table_args__ = (Index("ix_line_reply_tokens", "conversation_id", "at"),)


class LinkNonceRow(Base):
    """A member's proof, from the shop's login, that a LINE account is theirs; used once."""

    __tablename__ = "link_nonces"

    nonce_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(String(128))
    member_name: Mapped[str | None] = mapped_column(String(200))
    ends_at: Mapped[datetime] = mapped_column(_TIME)
    used_at: Mapped[datetime | None] = mapped_column(_TIME)
