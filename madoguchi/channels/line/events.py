"""A webhook's body as events that can be stored: whatever LINE sends, none is lost for another.

LINE's own parser refuses a whole webhook for one event of a form that it does not know. Here only
what is no webhook at all is refused; what an event means is found out later (``meaning.py``).
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from datetime import UTC, datetime
from typing import Any

from madoguchi.conversations.channel import RawEvent

# The columns that these are stored in have room for so many characters.
LONGEST_ID = 128
LONGEST_TOKEN = 256

# PostgreSQL stores neither, and no customer can see them.
_UNSTORABLE = re.compile(r"[\0\ud800-\udfff]")
_DEEPEST = 50
_LONGEST_NUMBER = 30
_FIRST_YEAR, _LAST_YEAR = 2011, 2100
# The console's old connection check comes from this user, who is nobody.
_NOBODY = "Udeadbeefdeadbeefdeadbeefdeadbeef"


class MalformedWebhookError(Exception):
    """A body is no JSON object with a list of events; the text says what it is instead."""


def raw_events(body: bytes, now: datetime) -> list[RawEvent]:
    """Return a webhook's events in their order; a connection check has none.

    An event without an id gets one made of its content, the same for a redelivery; one without a
    sensible time happened ``now``. Only a chat with one customer has a user: the bot answers in
    no group. Raises MalformedWebhookError.
    """
    content = _read(body)
    events = content.get("events", [])
    if not isinstance(events, list):
        raise MalformedWebhookError("events is no list")
    return [_event(event, now) for event in events]


def text_at(value: object, *path: str) -> str:
    """Return the text below these names, an empty one when there is none or something else."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else ""


def reply_token_of(payload: dict[str, Any]) -> str | None:
    """Return an event's reply token; None without one, and while another system has the chat."""
    token = text_at(payload, "replyToken")
    usable = 0 < len(token) <= LONGEST_TOKEN and not is_standby(payload)
    return token if usable else None


def is_standby(payload: dict[str, Any]) -> bool:
    """Return whether another system has the chat, so that nothing may be sent."""
    return payload.get("mode") == "standby"


def _read(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(
            # A signed body with a broken character still has other events.
            body.decode("utf-8-sig", "replace"),
            parse_constant=lambda _name: None,
            parse_float=_finite,
            parse_int=_short,
        )
    except ValueError:
        raise MalformedWebhookError("the body is no JSON") from None
    except RecursionError:
        raise MalformedWebhookError("the body is nested too deeply") from None
    if not isinstance(content, dict):
        raise MalformedWebhookError("the body is no JSON object")
    storable: dict[str, Any] = _storable(content, _DEEPEST)
    return storable


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _short(digits: str) -> int | None:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else None


def _storable(value: Any, depth: int) -> Any:
    """Return the value without what databases refuse; what is nested too deeply is None."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, dict | list) and depth == 0:
        return None
    if isinstance(value, dict):
        return {_UNSTORABLE.sub("", k): _storable(v, depth - 1) for k, v in value.items()}
    if isinstance(value, list):
        return [_storable(each, depth - 1) for each in value]
    return value


def _event(event: Any, now: datetime) -> RawEvent:
    payload: dict[str, Any] = event if isinstance(event, dict) else {"odd": event}
    return RawEvent(
        event_id=_id(payload),
        user=_user(payload),
        at=_time(payload.get("timestamp"), now),
        payload=payload,
        reply_token=reply_token_of(payload),
    )


def _id(payload: dict[str, Any]) -> str:
    given = text_at(payload, "webhookEventId")
    if given and len(given) <= LONGEST_ID:
        return given
    # LINE says only here that it sends an event again.
    content = {name: value for name, value in payload.items() if name != "deliveryContext"}
    written = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(written.encode()).hexdigest()


def _user(payload: dict[str, Any]) -> str | None:
    user = text_at(payload, "source", "userId")
    alone = text_at(payload, "source", "type") == "user"
    return user if alone and user != _NOBODY and 0 < len(user) <= LONGEST_ID else None


def _time(milliseconds: object, now: datetime) -> datetime:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int | float):
        return now
    try:
        at = datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return now
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else now
