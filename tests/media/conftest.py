"""Conversations whose customers have sent files, on each database."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import SystemClock
from madoguchi.conversations.channel import Incident, MediaRef
from madoguchi.conversations.model import Customer
from madoguchi.conversations.outbox import machine_time
from madoguchi.conversations.store import Arrival, ConversationStore
from madoguchi.media.attachments import Attachment, Attachments, Claim, attach


@dataclass
class MachineClock:
    """The machine's time, which a test moves on."""

    ahead: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC) + self.ahead

    def advance(self, by: timedelta) -> None:
        """Let time pass."""
        self.ahead += by


class Inbox:
    """Customers' messages with files, stored as the service stores them."""

    def __init__(self, database: AsyncEngine, time: MachineClock) -> None:
        """Store in the database."""
        self.store = ConversationStore(database, SystemClock())
        self.attachments = Attachments(database, time.now)
        self._numbers = itertools.count(1)

    async def conversation(self) -> str:
        """Return a new conversation."""
        opened, _, _ = await self.store.open(Customer("line"), [])
        return opened.id

    async def send(
        self,
        conversation_id: str,
        media: MediaRef,
        kind: Incident = Incident.IMAGE,
        *,
        channel: str = "line",
        event_id: str | None = None,
    ) -> int:
        """Store a customer's file; returns its message's number in the conversation."""

        async def also(session: AsyncSession, inbound_id: int) -> None:
            await attach(session, inbound_id, channel, kind, media)

        inbound, _ = await self.store.receive(
            conversation_id,
            event_id or f"event-{next(self._numbers)}",
            text="（画像）",
            arrival=Arrival(kind=kind, also=also),
        )
        return inbound.seq

    async def claimed(self, media: MediaRef, kind: Incident = Incident.IMAGE) -> Claim:
        """Return the claim of a new file, in a new conversation."""
        await self.send(await self.conversation(), media, kind)
        [claim] = await self.attachments.claim(["line"], 1)
        return claim

    async def file_of(self, claim: Claim) -> Attachment:
        """Return how the one file of the claim's conversation stands."""
        [found] = await self.attachments.of_conversation(claim.conversation_id)
        return found


@pytest.fixture
def time() -> MachineClock:
    """The machine's time."""
    assert machine_time().tzinfo is UTC
    return MachineClock()


@pytest.fixture
def inbox(database: AsyncEngine, time: MachineClock) -> Inbox:
    """Messages with files."""
    return Inbox(database, time)
