"""Where a conversation's skill stands, as it is stored between two messages."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self


@dataclass
class SkillState:
    """One run of one skill. It holds customers' numbers and so never leaves the service."""

    # Names this run: changes are made once per run, however often a message is worked on.
    id: str
    skill: str
    # The question that waits for its answer.
    asking: str | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    # The buttons below the question, by their ids.
    options: dict[str, Any] = field(default_factory=dict)
    # The message that led to the question: what else it says is no answer to it.
    asked_in: int | None = None
    misses: int = 0
    # Another question is being answered; the waiting one is asked again after it.
    interrupted: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the state as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """Return the state that was stored."""
        return cls(**stored)


@dataclass(frozen=True)
class Memory:
    """What the conversation was about last, so that 「それ」 needs no number."""

    order: str | None = None
    rental: str | None = None
    product: str | None = None

    def with_subject(self, kind: str, number: str) -> Memory:
        """Return the memory with the order, rental or item that is talked about now."""
        return replace(self, **{kind: number})


@dataclass(frozen=True)
class Standing:
    """What the engine has to know of a conversation to understand its next message."""

    # The skill that waits for an answer.
    skill: str | None = None
    # What of their own the customer speaks of: "order", "rental".
    own: tuple[str, ...] = ()
