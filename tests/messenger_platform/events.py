"""Webhook events as Meta writes them (Messenger Platform, "Webhook Events Reference")."""

from __future__ import annotations

from typing import Any

type Event = dict[str, Any]


def event(sender: str, recipient: str, milliseconds: int, **content: Any) -> Event:
    """Return an event of any kind."""
    return {
        "sender": {"id": sender},
        "recipient": {"id": recipient},
        "timestamp": milliseconds,
        **content,
    }


def attachment(kind: str, **payload: Any) -> Event:
    """Return an attachment."""
    return {"type": kind, "payload": payload}


def location(title: str, latitude: float, longitude: float) -> Event:
    """Return the attachment of a place."""
    where = {"lat": latitude, "long": longitude}
    return {"title": title, "type": "location", "payload": {"coordinates": where}}


def notification(
    object_: str, account: str, milliseconds: int, events: list[Event], *, standby: bool = False
) -> Event:
    """Return a webhook's body; other apps' chats come as ``standby``."""
    entry = {"id": account, "time": milliseconds, "standby" if standby else "messaging": events}
    return {"object": object_, "entry": [entry]}
