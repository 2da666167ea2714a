"""What a messaging channel (LINE, Messenger, a webhook) is to the rest of the service.

A channel turns its platform's events into ``Incoming`` and brings messages to the platform as a
``Sender``. Everything between, once and in order, is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Draft, Message

# The widget needs none of this: it reads the conversation itself.
WEB = "web"


class Incident(StrEnum):
    """What happened on the platform."""

    TEXT = "text"
    CHOICE = "choice"
    STICKER = "sticker"
    IMAGE = "image"
    AUDIO = "audio"
    VIDEO = "video"
    FILE = "file"
    LOCATION = "location"
    # The customer lets the shop write to them, or no longer.
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    LINK = "link"
    # A button of ours that is for the channel itself, not for the assistant.
    COMMAND = "command"
    UNSEND = "unsend"
    # The platform says that it took a message of ours.
    ECHO = "echo"
    # A customer asks for what was promised for later.
    FETCH = "fetch"
    # A button whose signature is not ours or whose time is over.
    EXPIRED = "expired"
    # The same button again, or an event that asks for nothing: only recorded.
    NOTHING = "nothing"


# What a customer sends as a file, in the order of docs/glossary.md.
MEDIA = frozenset({Incident.IMAGE, Incident.AUDIO, Incident.VIDEO, Incident.FILE})


@dataclass(frozen=True)
class RawEvent:
    """An event as the platform sent it, with what is needed to store it once and in order.

    ``user`` is None when it belongs to no customer (groups, connection checks); ``at`` is when the
    platform says that it happened, ``received_at`` when it was stored, by the machine's time.
    """

    event_id: str
    user: str | None
    at: datetime
    payload: dict[str, Any]
    # A redelivery opens the reply token of the first delivery again.
    reply_token: str | None = None
    received_at: datetime | None = None


@dataclass(frozen=True)
class MediaRef:
    """Where a customer's file is fetched: by the platform's id or at its address."""

    external_id: str
    url: str | None = None
    name: str | None = None
    size: int | None = None


@dataclass(frozen=True)
class Incoming:
    """An event that was understood.

    ``text`` is what the transcript shows of it; ``message_id`` the platform's id of the message,
    by which it may be taken back later; ``choice_id`` the tapped choice; ``payload`` a command
    of the engine that needs no choice (a rich menu's button); ``nonce`` proves an account link;
    ``received_at`` is when the event came, which may be long before it is worked on.
    """

    kind: Incident
    text: str = ""
    message_id: str | None = None
    choice_id: str | None = None
    payload: str | None = None
    reply_token: str | None = None
    media: MediaRef | None = None
    nonce: str | None = None
    delivery_id: int | None = None
    # Another system holds the chat: nothing may be sent.
    standby: bool = False
    received_at: datetime | None = None


@dataclass(frozen=True)
class Profile:
    """What the platform tells about a customer."""

    name: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Recipient:
    """Whom a delivery is for. ``heard_at`` is when they last wrote, for channels with a window."""

    channel: str
    external_id: str
    conversation_id: str
    name: str | None = None
    member_id: str | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """Messages that go out together: what was stored in one transaction.

    ``retry_key`` is the same at every try. ``attempt`` counts from 1; ``unsure`` says that an
    earlier try may have reached the platform although nothing is known of it (a timeout, a killed
    process). ``inbound_id`` is the inbox' number of the message that this answers; ``last_code``
    how the try before this one ended.
    """

    id: int
    recipient: Recipient
    messages: tuple[Message, ...]
    retry_key: UUID
    attempt: int
    unsure: bool
    created_at: datetime
    inbound_id: int | None = None
    last_code: str | None = None


class Result(StrEnum):
    """How a try to deliver ended."""

    SENT = "sent"
    # Try again: the platform is busy, away or broken. ``after`` may say when.
    RETRY = "retry"
    # As RETRY, but the platform may have taken it.
    UNSURE = "unsure"
    # Wait for the customer: nothing may be sent now (quota, a promised later answer).
    HELD = "held"
    # No try will ever work: parked for the shop to see.
    REFUSED = "refused"
    # The customer does not want messages any more.
    UNWANTED = "unwanted"


@dataclass(frozen=True)
class Outcome:
    """The end of a try. ``counted`` is how many messages the platform bills for it.

    ``code`` names the reason for the desk's message files (``rate_limit``, ``token_expired``);
    ``detail`` is the platform's own text without personal data; ``external_ids`` are its ids of
    the messages, in order. ``unsent`` says of what is held that nothing of it can have arrived,
    also not by an earlier try that seemed unsure, so that it may go with something else.
    """

    result: Result
    via: str | None = None
    counted: int = 0
    code: str | None = None
    detail: str | None = None
    after: timedelta | None = None
    external_ids: tuple[str, ...] = ()
    unsent: bool = False


class Progress(Protocol):
    """Remembers how many parts of a delivery have arrived, where a crash does not lose it."""

    async def done(self, delivery_id: int) -> int:
        """Return how many parts, from the first on, the platform has taken."""
        ...

    async def mark(self, delivery_id: int, parts: int) -> None:
        """Note that it took the first ``parts``; never lowers what was noted before."""
        ...


class Sender(Protocol):
    """Brings messages to a platform."""

    async def deliver(self, delivery: Delivery) -> Outcome:
        """Try once. Raises nothing for what a platform may do: every failure is an outcome."""
        ...

    async def thinking(self, recipient: Recipient) -> None:
        """Show the customer that an answer is being made; a failure is of no consequence."""
        ...


@dataclass(frozen=True)
class Fetched:
    """A customer's file as the platform gave it."""

    content: bytes
    content_type: str | None
    name: str | None = None


class MediaPendingError(Exception):
    """The platform is still preparing the file: ask again later."""


class MediaGoneError(Exception):
    """The file cannot be had any more, or never: the text says why, for the desk."""


class MediaTooLargeError(Exception):
    """The file is larger than may be stored."""


class MessagingChannel(Protocol):
    """One platform: understands its events, knows its customers, sends and fetches."""

    name: str
    # The shop (store, rental) that the account belongs to; None when it serves both.
    site: str | None

    @property
    def sender(self) -> Sender:
        """What brings messages to the platform."""
        ...

    def understand(self, raw: RawEvent) -> Incoming:
        """Return what an event means. Never raises: what is not known is ``NOTHING``."""
        ...

    async def profile(self, external_id: str) -> Profile | None:
        """Return what is known of a customer, None when the platform does not say."""
        ...

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a customer's file of at most ``limit`` bytes.

        Raises MediaPendingError, MediaGoneError, MediaTooLargeError, or whatever the connection
        raises, which means: later.
        """
        ...

    async def keep(
        self,
        session: AsyncSession,
        incoming: Incoming,
        conversation_id: str,
        inbound_id: int | None,
    ) -> None:
        """Store what only this platform needs, in the transaction that stores the message."""
        ...

    async def after(self, incoming: Incoming, recipient: Recipient) -> Sequence[Draft]:
        """Do what only this platform knows about a LINK or COMMAND; return what to tell.

        It may be called twice for the same event.
        """
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
