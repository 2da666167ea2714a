"""What every channel is given when it is opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.conversations.channel import RawEvent
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.people import People
from madoguchi.media.links import FileLinks


@dataclass(frozen=True)
class Needs:
    """The service's parts that channels use; ``store_events`` returns what was known before."""

    database: AsyncEngine
    clock: Clock
    people: People
    outbox: Outbox
    store_events: Callable[[str, list[RawEvent]], Awaitable[set[str]]]
    links: FileLinks
