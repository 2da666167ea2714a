"""The store on each database, and what runs above it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import TOKYO, FixedClock
from madoguchi.conversations.store import ConversationStore

NOW = datetime(2026, 12, 1, 9, 30, 15, 250000, tzinfo=TOKYO)


@pytest.fixture
def store(database: AsyncEngine) -> ConversationStore:
    """A store on a migrated database, at half past nine in Tokyo."""
    return ConversationStore(database, FixedClock(NOW))
