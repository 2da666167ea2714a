"""The tables of proofs. Times are UTC."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base


class ProofRow(Base):
    """An order or rental that the customer of a conversation has proven to be theirs."""

    __tablename__ = "proofs"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    number: Mapped[str] = mapped_column(String(32))
    proven_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (UniqueConstraint("conversation_id", "kind", "number", name="uq_proofs"),)


class ProofTryRow(Base):
    """A wrong try to prove an order or rental, once for each of those it counts against."""

    __tablename__ = "proof_tries"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    subject: Mapped[str] = mapped_column(String(64))
    # The message that held the try: worked on twice, it still is one try.
    event: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (
        UniqueConstraint("subject", "event", name="uq_proof_tries"),
        Index("ix_proof_tries_subject", "subject", "at"),
    )
