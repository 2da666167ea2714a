"""Who has a chat open at the moment: told from desk to desk while it is so, and stored nowhere.

A page says it again every ten seconds. Whoever hears it forgets it soon after, so that a browser
that dies stops looking by itself, and nobody has to notice its death.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self

from madoguchi.conversations.stream import AGENT_LOOKS, Event


@dataclass(frozen=True)
class Look:
    """That an agent looks at a chat, writes in it, or does neither any more."""

    agent_id: str
    on: bool
    writes: bool

    def as_event(self) -> Event:
        """Return what the other desks are told."""
        return Event(AGENT_LOOKS, {"agent": self.agent_id, "on": self.on, "writes": self.writes})

    @classmethod
    def of(cls, event: Event) -> Self | None:
        """Return what an event tells, None when it is about something else or makes no sense."""
        if event.name != AGENT_LOOKS or not isinstance(event.data, dict):
            return None
        agent = event.data.get("agent")
        if not isinstance(agent, str):
            return None
        return cls(agent, event.data.get("on") is True, event.data.get("writes") is True)


@dataclass(frozen=True)
class Looking:
    """A look at a chat that stands so; ``holder`` is its agent's id."""

    chat_id: str
    look: Look
    owner: str
    holder: str | None

    def as_json(self) -> dict[str, Any]:
        """Return what a colleague's page is told."""
        return {
            "chat_id": self.chat_id,
            "agent_id": self.look.agent_id,
            "on": self.look.on,
            "writes": self.look.writes,
        }


class Looks:
    """What was heard since it was last asked for: the last word of each agent in each chat."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self._heard: dict[tuple[str, str], Look] = {}

    def hear(self, chat_id: str, look: Look) -> None:
        """Keep it until it is taken."""
        self._heard[chat_id, look.agent_id] = look

    def forget(self) -> None:
        """Have heard nothing."""
        self._heard.clear()

    @property
    def chats(self) -> set[str]:
        """The chats of what was heard."""
        return {chat for chat, _ in self._heard}

    def take(self, places: dict[str, tuple[str, str | None]]) -> tuple[Looking, ...]:
        """Return what was heard of chats whose place is known, and forget all of these."""
        found = [(key, look) for key, look in self._heard.items() if key[0] in places]
        for key, _ in found:
            del self._heard[key]
        return tuple(Looking(key[0], look, *places[key[0]]) for key, look in found)


def for_others(agent_id: str, looking: Iterable[Looking]) -> Iterable[Looking]:
    """Return what is about somebody else: an agent's own second window is no colleague."""
    return (each for each in looking if each.look.agent_id != agent_id)
