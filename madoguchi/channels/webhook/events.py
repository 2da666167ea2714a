"""What another system tells: read one by one, so that an odd event never loses the others."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from madoguchi.channels.webhook.schemas import (
    SHAPES,
    ChoiceEvent,
    Event,
    EventResult,
    FollowEvent,
    LocationEvent,
    MediaEvent,
    TextEvent,
    UnsendEvent,
)
from madoguchi.conversations.channel import Incident, Incoming, MediaRef, RawEvent

MOST_EVENTS = 100


class BodyError(ValueError):
    """A body is no list of events; ``where`` names what is wrong with it."""

    def __init__(self, where: str) -> None:
        """Refuse the body."""
        super().__init__(where)
        self.where = where


@dataclass(frozen=True)
class Batch:
    """The events of a request that are to be stored, and what the sender is told of each."""

    events: list[RawEvent]
    results: list[EventResult]


def read_events(body: bytes, now: datetime, max_text_length: int) -> Batch:
    """Return what is to be stored of a body. Raises BodyError when it is no list of events.

    Lengths are in characters, as the Chat API counts. An event that claims to happen later than
    now happens now: a clock that is fast must not put a customer's messages into another order.
    """
    events: dict[str, RawEvent] = {}
    results = []
    for one in _list_of_events(body):
        event, result = _read(one, max_text_length)
        results.append(result)
        if event is not None:
            # The same id twice in one request is the same event.
            events.setdefault(event.id, _raw(event, now))
    return Batch(list(events.values()), results)


def understand(raw: RawEvent) -> Incoming:
    """Return what a stored event means; ``NOTHING`` when that is not known. Never raises."""
    try:
        event = _shape(raw.payload).model_validate(raw.payload)
    except ValidationError:
        return Incoming(Incident.NOTHING)
    return _meaning(event)


def name_in(raw: RawEvent) -> str | None:
    """Return the customer's name when the event tells it, else None."""
    try:
        return Event.model_validate(raw.payload).user.name
    except ValidationError:
        return None


def _list_of_events(body: bytes) -> list[Any]:
    try:
        content = json.loads(body.decode())
    except (ValueError, RecursionError):
        raise BodyError("JSON") from None
    events = content.get("events") if isinstance(content, dict) else None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise BodyError("events")
    return events


def _read(one: Any, max_text_length: int) -> tuple[Event | None, EventResult]:
    event_id = _shown_id(one)
    try:
        event = _shape(one).model_validate(one)
    except ValidationError as error:
        refused = EventResult(id=event_id, accepted=False, reason="invalid", where=_where(error))
        return None, refused
    if isinstance(event, TextEvent | MediaEvent) and len(event.text or "") > max_text_length:
        return None, EventResult(id=event_id, accepted=False, reason="text_too_long", where="text")
    return event, EventResult(id=event_id, accepted=True)


def _shape(payload: Any) -> type[Event]:
    kind = payload.get("type") if isinstance(payload, dict) else None
    return SHAPES.get(kind, Event) if isinstance(kind, str) else Event


def _shown_id(one: Any) -> str | None:
    """Return the id for the answer; one that is no text, or not Unicode, is not repeated."""
    event_id = one.get("id") if isinstance(one, dict) else None
    return event_id if isinstance(event_id, str) and event_id.isprintable() else None


def _where(error: ValidationError) -> str:
    places = {".".join(str(part) for part in fault["loc"]) for fault in error.errors()}
    return ", ".join(sorted(place or "event" for place in places))


def _raw(event: Event, now: datetime) -> RawEvent:
    return RawEvent(
        event_id=event.id,
        user=event.user.id,
        at=min(event.at, now),
        payload=event.model_dump(mode="json", exclude_none=True),
    )


def _meaning(event: Event) -> Incoming:
    match event:
        case TextEvent():
            return Incoming(Incident.TEXT, text=event.text, message_id=event.id)
        case ChoiceEvent():
            return Incoming(Incident.CHOICE, message_id=event.id, choice_id=event.choice)
        case MediaEvent():
            return _file(event)
        case LocationEvent():
            return Incoming(Incident.LOCATION, text=_place(event), message_id=event.id)
        case _:
            return _without_content(event)


def _without_content(event: Event) -> Incoming:
    match event:
        case FollowEvent():
            return Incoming(Incident(event.type))
        case UnsendEvent():
            return Incoming(Incident.UNSEND, message_id=event.message)
        case _:
            return Incoming(Incident.NOTHING)


def _file(event: MediaEvent) -> Incoming:
    media = MediaRef(event.id, event.media.url, event.media.name, event.media.size)
    return Incoming(Incident(event.type), text=event.text or "", message_id=event.id, media=media)


def _place(event: LocationEvent) -> str:
    place = event.location
    words = [word for word in (place.title, place.address) if word and word.strip()]
    return "\n".join(words) or f"{place.latitude:.6f}, {place.longitude:.6f}"
