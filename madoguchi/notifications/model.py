"""What is told outside the desk's pages, as the rest of the service sees it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """Where a notification stands."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"


class Via(StrEnum):
    """How somebody is told. By chat and phone a person has told already: nothing is sent."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    CHAT = "chat"
    PHONE = "phone"
    # Nobody is told: it stands in an inquiry's history.
    DESK = "desk"


class Kind(StrEnum):
    """What is told."""

    CHAT_WAITS = "chat_waits"
    CHAT_RETURNED = "chat_returned"
    INQUIRIES_DUE = "inquiries_due"
    INQUIRY_REPLY = "inquiry_reply"
    INQUIRY_CHANGE = "inquiry_change"
    TRANSCRIPT = "transcript"


@dataclass(frozen=True)
class Recipient:
    """Somebody to tell: an e-mail address, or the webhook's, which is empty here."""

    via: Via
    address: str = ""

    @property
    def mark(self) -> str:
        """A short name for keys, from which the address cannot be read."""
        return hashlib.sha256(f"{self.via}:{self.address}".encode()).hexdigest()[:24]


@dataclass(frozen=True)
class NewNotification:
    """Something to tell; a second one of the same key is the same one."""

    key: str
    kind: Kind
    to: Recipient
    # What the text is made of when it is sent; no customer's words but in answers to them.
    payload: Mapping[str, Any] = field(default_factory=dict)
    conversation_id: str | None = None
    state: State = State.WAITING
    code: str | None = None


@dataclass(frozen=True)
class Claim:
    """A notification that this process, and no other, may send now; times are in UTC."""

    id: int
    key: str
    kind: Kind
    to: Recipient
    payload: Mapping[str, Any]
    conversation_id: str | None
    attempt: int
    created_at: datetime


@dataclass(frozen=True)
class Entry:
    """A notification as those see it who run the desk: how it fares, not what it says."""

    id: int
    kind: Kind
    to: Recipient
    conversation_id: str | None
    state: State
    attempts: int
    code: str | None
    detail: str | None
    created_at: datetime
    ended_at: datetime | None
