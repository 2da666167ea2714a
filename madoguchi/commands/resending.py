"""What an outbox could not deliver, listed and tried again: the same for each outbox."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.commands.database import opened_database
from madoguchi.settings import Settings

_MOST_LISTED = 200
# As many as are parked at once, if ever.
_ALL = 10_000


class Entry(Protocol):
    """What an outbox tells of one thing to be delivered."""

    @property
    def id(self) -> int:
        """Return the number that operators name it by."""
        ...


class Store[S: StrEnum, E: Entry](Protocol):
    """An outbox whose entries can be tried anew."""

    async def entries(self, states: Sequence[S], *, limit: int) -> list[E]:
        """Return the newest entries in these states, newest first."""
        ...

    async def resend(self, number: int) -> bool:
        """Return whether the entry is tried anew."""
        ...


@dataclass(frozen=True)
class Resending[S: StrEnum, E: Entry]:
    """One outbox's commands.

    ``stuck`` are the states of what has not arrived, ``parked`` the one of what was given up;
    ``nothing`` is said when nothing is to be listed, and ``left_alone`` of what cannot be resent.
    """

    store: Callable[[AsyncEngine], Store[S, E]]
    stuck: Sequence[S]
    parked: S
    head: str
    line: Callable[[E], str]
    nothing: str
    left_alone: str

    async def listed(self, settings: Settings, *, everything: bool = False) -> str:
        """Return what has not arrived, or the newest of all, a line each."""
        states = list(type(self.parked)) if everything else self.stuck
        async with opened_database(settings) as database:
            entries = await self.store(database).entries(states, limit=_MOST_LISTED)
        if not entries:
            return self.nothing
        return "\n".join([self.head, *map(self.line, reversed(entries))])

    async def resend(
        self, settings: Settings, numbers: Sequence[int], *, parked: bool = False
    ) -> str:
        """Try entries anew: those named, or all that are parked. Returns what was done."""
        async with opened_database(settings) as database:
            store = self.store(database)
            if parked:
                numbers = [each.id for each in await store.entries([self.parked], limit=_ALL)]
            done = [number for number in numbers if await store.resend(number)]
        left = sorted(set(numbers) - set(done))
        words = [f"{len(done)} will be sent again by the running service"]
        if left:
            words.append(f"{self.left_alone}, so left alone: {', '.join(map(str, left))}")
        return "; ".join(words)
