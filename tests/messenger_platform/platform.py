"""The platform's state: one account of one product, its customers, and what was sent to them."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.messenger_platform.errors import (
    BLOCKED,
    INSTAGRAM_WINDOW,
    NO_PERSON,
    WINDOW,
    invalid,
)
from tests.messenger_platform.events import Event, event
from tests.messenger_platform.faults import Faults
from tests.messenger_platform.limits import check_message

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@dataclass
class Person:
    """A customer as the account knows them."""

    id: str
    name: str | None
    heard_at: datetime | None = None
    blocks: bool = False
    # What they see of the account: seen, typing.
    actions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Sent:
    """A message that reached a customer."""

    person: str
    mid: str
    message: dict[str, Any]
    messaging_type: str | None
    tag: str | None

    @property
    def text(self) -> str | None:
        """Its text, None for a template."""
        return self.message.get("text")

    @property
    def titles(self) -> list[str]:
        """What stands on its quick replies."""
        return [reply["title"] for reply in self.message.get("quick_replies", [])]

    @property
    def elements(self) -> list[dict[str, Any]]:
        """A template's elements."""
        found: list[dict[str, Any]] = (
            self.message.get("attachment", {}).get("payload", {}).get("elements", [])
        )
        return found


@dataclass(frozen=True)
class File:
    """A file on the platform's file server; ``status`` and ``to`` answer something else."""

    content: bytes = b""
    content_type: str = "application/octet-stream"
    status: int = 200
    to: str | None = None
    tells_length: bool = True


@dataclass
class Platform:
    """One account. ``object`` is ``page`` or ``instagram``."""

    object: str = "page"
    account: str = "100000000000001"
    app_id: str = "900000000000009"
    token: str = "page-token"
    app_secret: str = "app-secret"
    now: datetime = NOON
    people: dict[str, Person] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    # What the service has been told of its own messages; a test brings them when it likes.
    echoes: list[Event] = field(default_factory=list)
    faults: Faults = field(default_factory=Faults)
    files: dict[str, File] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    # Set when a message was taken.
    taken: asyncio.Event = field(default_factory=asyncio.Event)

    def person(self, name: str | None = "佐藤 花子", number: int = 1) -> Person:
        """Return a customer who has just written."""
        person = Person(f"20000000000000{number:02}", name, heard_at=self.now)
        self.people[person.id] = person
        return person

    def milliseconds(self) -> int:
        """Return the platform's time as its events tell it."""
        return round(self.now.timestamp() * 1000)

    def mid(self) -> str:
        """Return a new message's id; Instagram's are long."""
        return "m_" + secrets.token_urlsafe(30 if self.object == "page" else 120)

    def from_person(self, person: Person, **content: Any) -> Event:
        """Return an event of a customer's; what they write opens the window."""
        if "message" in content or "postback" in content:
            person.heard_at = self.now
        return event(person.id, self.account, self.milliseconds(), **content)

    def take(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out a request of the Send API. Raises MetaError."""
        person = self.people.get(str(request.get("recipient", {}).get("id")))
        if person is None:
            raise NO_PERSON
        if "sender_action" in request:
            if request["sender_action"] not in {"typing_on", "typing_off", "mark_seen"}:
                raise invalid("Param sender_action is unknown")
            if set(request) != {"recipient", "sender_action"}:
                raise invalid("Cannot send both message and state at the same time")
            person.actions.append(request["sender_action"])
            return {"recipient_id": person.id}
        check_message(request.get("message"), self.object)
        self._check_window(request, person)
        mid = self.mid()
        sent = Sent(
            person.id, mid, request["message"], request.get("messaging_type"), request.get("tag")
        )
        self.sent.append(sent)
        self.echoes.append(self._echo(sent))
        self.taken.set()
        return {"recipient_id": person.id, "message_id": mid}

    def _check_window(self, request: dict[str, Any], person: Person) -> None:
        if person.blocks:
            raise BLOCKED
        closed = WINDOW if self.object == "page" else INSTAGRAM_WINDOW
        if person.heard_at is None:
            raise closed
        silent, how = self.now - person.heard_at, request.get("messaging_type")
        if how == "MESSAGE_TAG":
            if request.get("tag") != "HUMAN_AGENT":
                raise invalid("Param tag is unknown")
            if silent >= timedelta(days=7):
                raise closed
        elif how != "RESPONSE":
            raise invalid("The parameter messaging_type is required")
        elif silent >= timedelta(hours=24):
            raise closed

    def _echo(self, sent: Sent) -> Event:
        carried: dict[str, Any] = {
            name: sent.message[name] for name in ("text", "metadata") if name in sent.message
        }
        message = {"is_echo": True, "app_id": int(self.app_id), "mid": sent.mid} | carried
        return event(self.account, sent.person, self.milliseconds(), message=message)
