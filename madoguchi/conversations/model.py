"""What a conversation is made of, as the rest of the service sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Owner(StrEnum):
    """Who answers in a conversation."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    CLOSED = "closed"


class Sender(StrEnum):
    """Who wrote a message."""

    BOT = "bot"
    AGENT = "agent"
    CUSTOMER = "customer"
    SYSTEM = "system"


class Kind(StrEnum):
    """What a message is (docs/chat-api.md)."""

    ANSWER = "answer"
    ASK = "ask"
    RESULT = "result"
    CLARIFY = "clarify"
    FALLBACK = "fallback"
    HANDOFF = "handoff"
    SMALLTALK = "smalltalk"
    NOTICE = "notice"


@dataclass(frozen=True)
class Choice:
    """A next step that the customer can tap. The payload stays on the server."""

    title: str
    payload: str
    topic: str | None = None
    act: str | None = None
    id: str = ""


@dataclass(frozen=True)
class Draft:
    """A message that is not stored yet."""

    kind: Kind
    text: str
    topic: str | None = None
    act: str | None = None
    choices: tuple[Choice, ...] = ()
    card: dict[str, Any] | None = None
    sender: Sender = Sender.BOT
    understanding: dict[str, Any] | None = None
    # What its text is called in the message files, by which rules know what was said. Not stored.
    name: str | None = field(default=None, compare=False)


@dataclass(frozen=True)
class File:
    """A kept file of a message, without its bytes; ``size`` counts them."""

    id: str
    kind: str
    name: str | None
    content_type: str
    size: int


@dataclass(frozen=True)
class Message:
    """A stored message; ``seq`` counts from 1 in its conversation."""

    seq: int
    sender: Sender
    kind: Kind
    text: str
    at: datetime
    topic: str | None = None
    act: str | None = None
    choices: tuple[Choice, ...] = ()
    card: dict[str, Any] | None = None
    client_id: str | None = None
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Conversation:
    """A conversation without its messages."""

    id: str
    channel: str
    site: str | None
    member_id: str | None
    owner: Owner
    last_seq: int
    last_topic: str | None


@dataclass(frozen=True)
class Inbound:
    """A stored message of a customer, waiting for or having its answer."""

    id: int
    conversation_id: str
    seq: int
    text: str
    payload: str | None
    attempts: int
    told_to_wait: bool
    done: bool
    replies: tuple[Message, ...] = field(default=())
    kind: str = "text"


@dataclass(frozen=True)
class Customer:
    """Who the channel says is writing."""

    channel: str
    site: str | None = None
    member_id: str | None = None
    member_name: str | None = None
