"""The table of leases: which process works on what, and until when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, String
from sqlalchemy.orm import Mapped, mapped_column

from madoguchi.database import Base


class LeaseRow(Base):
    """One lease: ``holder`` has the thing called ``name`` to itself until ``expires_at`` (UTC)."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(128), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
