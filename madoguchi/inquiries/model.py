"""An inquiry as the rest of the service sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class InquiryState(StrEnum):
    """Where an inquiry stands."""

    OPEN = "open"
    WORKING = "working"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True)
class NewInquiry:
    """What a customer wants a person to look at."""

    # A topic's or act's id, or a word of messages/skills/inquiry.yml.
    topic: str
    summary: str
    # A telephone number, an e-mail address, or "chat".
    contact: str
    site: str | None = None
    conversation_id: str | None = None
    member_id: str | None = None
    name: str | None = None
    # The order or rental that it is about.
    subject: str | None = None
    urgent: bool = False


@dataclass(frozen=True)
class Inquiry:
    """A stored inquiry, ``number`` like Q-20261122-0007; due at the end of a day in Tokyo."""

    number: str
    topic: str
    summary: str
    contact: str
    state: InquiryState
    due_on: date
    created_at: datetime
    site: str | None
    conversation_id: str | None
    member_id: str | None
    name: str | None
    subject: str | None
    urgent: bool
