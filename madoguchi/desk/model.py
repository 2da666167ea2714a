"""What the desk is about, as its parts see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Reason(StrEnum):
    """Why a person is wanted."""

    CUSTOMER = "customer"
    # The assistant failed twice in a row.
    FAILED = "failed"
    # A rule says so: loss or theft, damage on arrival, a complaint, trouble with a payment.
    RULE = "rule"
    SYSTEM = "system"


class Stage(StrEnum):
    """Where a handoff stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    ENDED = "ended"


@dataclass(frozen=True)
class Handoff:
    """One stretch in which a person is wanted or has the chat."""

    id: int
    conversation_id: str
    reason: Reason
    goal: str
    stage: Stage
    asked_at: datetime
    detail: str | None = None
    site: str | None = None
    agent_id: str | None = None
    taken_at: datetime | None = None
    ended_at: datetime | None = None
    result: str | None = None
