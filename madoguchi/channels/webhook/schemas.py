"""What travels over the webhook, both ways (docs/webhook-channel.md). Unknown keys are ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from madoguchi.channels.web.schemas import Link, MessageOut
from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.channel import Delivery, Recipient

_YEARS = range(2000, 10000)
_ID = r"^[!-~]+$"


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("nothing but blanks")
    return text


def _written(at: object) -> object:
    # A bare number would be taken for a Unix time, of which nobody knows the unit.
    if not isinstance(at, str) or "T" not in at.upper():
        raise ValueError("no time in ISO 8601")
    return at


def _likely(at: AwareDatetime) -> AwareDatetime:
    if at.year not in _YEARS:
        raise ValueError("no time of an event")
    return at


# Ids are visible ASCII, as everywhere in the service. PostgreSQL stores no NUL.
type Id = Annotated[str, Field(min_length=1, max_length=128, pattern=_ID)]
type Line = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]
type Text = Annotated[str, Field(pattern=r"^[^\x00]*$")]


class _In(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class User(_In):
    """A customer as the other system knows them."""

    id: Id
    name: Line | None = None


class Media(_In):
    """Where a customer's file can be fetched, and what the other system knows of it."""

    url: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[!-~]+$")]
    name: Line | None = None
    content_type: Line | None = None
    size: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class Location(_In):
    """A place, in degrees."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    title: Line | None = None
    address: Line | None = None


class Event(_In):
    """What every event has. Events of an unknown type are kept as this, without their content."""

    id: Id
    type: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[!-~]+$")]
    user: User
    at: Annotated[
        AwareDatetime, Field(strict=False), BeforeValidator(_written), AfterValidator(_likely)
    ]


class TextEvent(Event):
    """A customer wrote."""

    type: Literal["text"]
    text: Annotated[Text, AfterValidator(_not_blank)]


class ChoiceEvent(Event):
    """A customer tapped a choice of ours."""

    type: Literal["choice"]
    choice: Annotated[str, Field(min_length=1, max_length=64, pattern=_ID)]


class MediaEvent(Event):
    """A customer sent a file, perhaps with words."""

    type: Literal["image", "audio", "video", "file"]
    media: Media
    text: Text | None = None


class LocationEvent(Event):
    """A customer sent a place."""

    type: Literal["location"]
    location: Location


class FollowEvent(Event):
    """A customer may be written to, or no longer."""

    type: Literal["follow", "unfollow"]


class UnsendEvent(Event):
    """A customer took a message back; ``message`` is the id of the event that brought it."""

    type: Literal["unsend"]
    message: Id


SHAPES: dict[str, type[Event]] = {
    "text": TextEvent,
    "choice": ChoiceEvent,
    "image": MediaEvent,
    "audio": MediaEvent,
    "video": MediaEvent,
    "file": MediaEvent,
    "location": LocationEvent,
    "follow": FollowEvent,
    "unfollow": FollowEvent,
    "unsend": UnsendEvent,
}


class EventResult(BaseModel):
    """What became of one event, in the order of the request.

    An event that came before is accepted again and changes nothing. ``reason`` is ``invalid``
    (``where`` names the keys) or ``text_too_long``; sending a refused event again does not help.
    """

    id: str | None
    accepted: bool
    reason: Literal["invalid", "text_too_long"] | None = None
    where: str | None = None


class Received(BaseModel):
    """The answer to a request whose signature fits."""

    events: list[EventResult]


class _Out(BaseModel):
    model_config = ConfigDict(frozen=True)

    timestamp: str
    user: User
    conversation: str

    def body(self) -> bytes:
        """Return the bytes that are signed and sent."""
        return self.model_dump_json().encode()


class MessagesOut(_Out):
    """Messages for one customer, to be shown together and in order."""

    type: Literal["messages"] = "messages"
    messages: list[MessageOut]

    @classmethod
    def of(cls, delivery: Delivery, link: Link | None = None) -> Self:
        """Return the delivery as the other system gets it, the same at every try.

        ``link`` is where it fetches files.
        """
        return cls(
            timestamp=_in_tokyo(delivery.created_at),
            user=_user(delivery.recipient),
            conversation=delivery.recipient.conversation_id,
            messages=[MessageOut.of(message, link) for message in delivery.messages],
        )


class TypingOut(_Out):
    """An answer is being made; to be shown for some seconds or until it comes."""

    type: Literal["typing"] = "typing"

    @classmethod
    def of(cls, recipient: Recipient, now: datetime) -> Self:
        """Return the sign for a customer."""
        return cls(
            timestamp=_in_tokyo(now),
            user=_user(recipient),
            conversation=recipient.conversation_id,
        )


def _in_tokyo(at: datetime) -> str:
    return as_utc(at).astimezone(TOKYO).isoformat(timespec="milliseconds")


def _user(recipient: Recipient) -> User:
    # Not checked again: it is what the other system itself said.
    fields: dict[str, Any] = {"id": recipient.external_id, "name": recipient.name}
    return User.model_construct(**fields)
