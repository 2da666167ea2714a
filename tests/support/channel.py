"""A messaging channel for tests: its platform is a list, and fails when it is told to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel import (
    Delivery,
    Fetched,
    Incident,
    Incoming,
    MediaRef,
    Outcome,
    Profile,
    RawEvent,
    Recipient,
    Result,
)
from madoguchi.conversations.model import Draft

NAME = "pigeon"
SENT = Outcome(Result.SENT, via="push", counted=1)


def event(number: int, user: str = "hana", at: float = 0, **payload: Any) -> RawEvent:
    """Return an event of a customer; by default a text."""
    content = {"kind": "text", "text": f"質問{number}", "id": f"m{number}"} | payload
    when = datetime(2026, 12, 1, 0, 30, tzinfo=UTC).timestamp() + (at or number)
    return RawEvent(f"event-{number}", user, datetime.fromtimestamp(when, UTC), content)


@dataclass
class Pigeon:
    """Carries messages; ``script`` says how the next tries end, after it every try succeeds."""

    site: str | None = None
    name: str = NAME
    script: deque[Outcome] = field(default_factory=deque)
    tries: list[Delivery] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    profiles: dict[str, str] = field(default_factory=dict)
    profile_fails: bool = False
    answers: list[Draft] = field(default_factory=list)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def sender(self) -> Pigeon:
        """The same: it sends, too."""
        return self

    async def deliver(self, delivery: Delivery) -> Outcome:
        """End as the script says."""
        outcome = self.script.popleft() if self.script else SENT
        async with self.changed:
            self.tries.append(delivery)
            if outcome.result is Result.SENT:
                user = delivery.recipient.external_id
                self.told.extend((user, message.text) for message in delivery.messages)
            self.changed.notify_all()
        return outcome

    async def has_told(self, count: int) -> list[tuple[str, str]]:
        """Return what arrived once it is so much."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.told) >= count)
        return self.told

    async def has_tried(self, count: int) -> list[Delivery]:
        """Return the tries once there are so many."""
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.tries) >= count)
        return self.tries

    async def thinking(self, recipient: Recipient) -> None:
        """Show nothing."""

    def understand(self, raw: RawEvent) -> Incoming:
        """Return what the event's content says."""
        content = raw.payload
        kind = Incident(content["kind"])
        return Incoming(
            kind,
            text=content.get("text", ""),
            message_id=content.get("id"),
            choice_id=content.get("choice"),
            delivery_id=content.get("delivery"),
            nonce=content.get("nonce"),
            standby=content.get("standby", False),
        )

    async def profile(self, external_id: str) -> Profile | None:
        """Return the name that was set."""
        if self.profile_fails:
            raise OSError("the platform is away")
        name = self.profiles.get(external_id)
        return Profile(name) if name is not None else None

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return nothing of use."""
        return Fetched(b"", None)

    async def keep(
        self,
        session: AsyncSession,
        incoming: Incoming,
        conversation_id: str,
        inbound_id: int | None,
    ) -> None:
        """Store nothing."""

    async def after(self, incoming: Incoming, recipient: Recipient) -> Sequence[Draft]:
        """Return what was set."""
        return self.answers

    async def close(self) -> None:
        """Close nothing."""
