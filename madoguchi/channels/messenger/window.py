"""Until when Meta lets a shop write: a day after the customer did, a week for the shop's people.

Meta's policy, "Standard Messaging window" and "Human Agent" tag.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from madoguchi.conversations.model import Message, Sender

DAY = timedelta(hours=24)
WEEK = timedelta(days=7)


def terms(
    heard_at: datetime | None, now: datetime, *, by_person: bool, human_agent: bool = True
) -> dict[str, Any] | None:
    """Return how a message has to be declared now; None when nothing may be sent any more.

    When it is not known when the customer last wrote, Meta decides: it refuses what is too late.
    ``human_agent`` says whether the shop's app may use that tag.
    """
    if heard_at is None or now - heard_at < DAY:
        return {"messaging_type": "RESPONSE"}
    if by_person and human_agent and now - heard_at < WEEK:
        return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return None


def written_by_person(messages: Iterable[Message]) -> bool:
    """Return whether nothing of it was written by a machine: the tag is for people alone."""
    return all(message.sender is Sender.AGENT for message in messages)
