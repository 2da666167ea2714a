"""Takes a webhook apart into events that are stored one by one, each under an id of its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from madoguchi.channels.messenger.shapes import identifier, items, mapping, storable, text
from madoguchi.conversations.channel import RawEvent

# Instagram's message ids can be longer than an id may be in the database.
_LONGEST_ID = 100
_LONGEST_USER = 128
_MOST_ATTACHMENTS = 30
# On Instagram a message may be taken back: a text and ten files at most.
_MOST_DELETED = 11
# Some events count in seconds, most in milliseconds.
_SECONDS_END = 100_000_000_000
_YEAR_3000 = 32_503_680_000
_NUMBER = re.compile(r"[0-9]{1,16}")
# What Meta adds to a text that has a link in it: a preview of what the text says already.
PREVIEWS = frozenset({"fallback", "template"})


class BodyError(ValueError):
    """The body is no JSON object."""


@dataclass(frozen=True)
class Received:
    """An event with the product (``page``, ``instagram``) and the account that it came to."""

    object: str
    account: str | None
    event: RawEvent


def received(body: bytes, now: datetime) -> list[Received]:
    """Return the events of a webhook, in its order; ``now`` stands in for missing times.

    An odd event never loses the others. Raises BodyError for what is no JSON object.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BodyError("the body is no JSON") from error
    if not isinstance(content, dict):
        raise BodyError("the body is no JSON object")
    name = text(content.get("object"))
    found = []
    for entry in map(mapping, items(content.get("entry"))):
        account = identifier(entry.get("id"))
        at = _time(entry.get("time")) or now
        for event, standby in _events(entry):
            clean = storable(event)
            found += [Received(name, account, raw) for raw in _raw(clean, at, standby=standby)]
    return found


def message_id(mid: object, part: object = 0) -> str | None:
    """Return a message's id as we store it: Meta's own, or a hash of one that is too long.

    What is one message to Meta may be several to us; ``part`` counts them from 0.
    """
    name = identifier(mid)
    if name is None:
        return None
    if len(name) > _LONGEST_ID:
        name = "sha256:" + hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()
    return f"{name}#{part}" if isinstance(part, int) and part > 0 else name


def _events(entry: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield an entry's events, and whether another app holds the chat that they belong to."""
    for event in items(entry.get("messaging")):
        if isinstance(event, dict):
            yield event, False
    for event in items(entry.get("standby")):
        if isinstance(event, dict):
            yield event, True
    # The form that the app dashboard's test button, and accounts without a page, use.
    for change in map(mapping, items(entry.get("changes"))):
        value = mapping(change.get("value"))
        if "sender" in value:
            yield value, change.get("field") == "standby"


def _raw(event: dict[str, Any], at: datetime, *, standby: bool) -> list[RawEvent]:
    first = _event_id(event)
    when, user = _time(event.get("timestamp")) or at, _user(event)
    return [
        RawEvent(
            event_id=first if not number else f"{first}#{number}",
            user=user,
            at=when,
            payload={
                "event": event,
                "standby": standby,
                "part": number,
                "attachment": attachment,
            },
        )
        for number, attachment in enumerate(_contents(mapping(event.get("message"))))
    ]


def _contents(message: dict[str, Any]) -> list[int | None]:
    """Return what of a message is an event of its own: None for its text, or an attachment."""
    attachments = items(message.get("attachments"))[:_MOST_ATTACHMENTS]
    if message.get("is_deleted") and not message.get("is_echo"):
        # It does not say how much the message held, and every part of it has to go.
        return [None] * _MOST_DELETED
    single = any(message.get(name) for name in ("is_echo", "quick_reply", "sticker_id"))
    if single or not attachments:
        return [None]
    written = bool(text(message.get("text")).strip())
    shown: list[int | None] = [
        number
        for number, each in enumerate(attachments)
        if not (written and mapping(each).get("type") in PREVIEWS)
    ]
    return [None, *shown] if written else shown


def _event_id(event: dict[str, Any]) -> str:
    message, postback = mapping(event.get("message")), mapping(event.get("postback"))
    sent, tapped = message_id(message.get("mid")), message_id(postback.get("mid"))
    if sent is not None:
        return f"deleted:{sent}" if message.get("is_deleted") else sent
    if tapped is not None:
        return f"postback:{tapped}"
    # Delivered again, an event is the same to the letter.
    letters = json.dumps(event, sort_keys=True, ensure_ascii=True)
    return "event:" + hashlib.sha256(letters.encode()).hexdigest()


def _user(event: dict[str, Any]) -> str | None:
    """Return the customer: the sender, or of an echo the one it was sent to."""
    echo = bool(mapping(event.get("message")).get("is_echo"))
    side = mapping(event.get("recipient" if echo else "sender"))
    user = identifier(side.get("id"))
    return user if user is not None and len(user) <= _LONGEST_USER else None


def _time(value: object) -> datetime | None:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = int(value)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    seconds = value if value < _SECONDS_END else value / 1000
    if not 0 < seconds < _YEAR_3000:
        return None
    return datetime.fromtimestamp(seconds, UTC)
