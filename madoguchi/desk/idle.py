"""Puts chats back into the queue whose agent has left the customer waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from madoguchi.conversations.model import Draft
from madoguchi.desk.ownership import Ownership
from madoguchi.logs import log
from madoguchi.metrics import RETURNED

IDLE_LOOK_SECONDS = 20.0


class ReturnTold(Protocol):
    """Tells those who answer for the desk."""

    async def chat_returned(self, conversation_id: str) -> None:
        """Tell of a chat that is back in the queue; twice tells once."""
        ...


async def return_idle(
    ownership: Ownership,
    after: timedelta,
    notice: Draft,
    told: ReturnTold,
    wake: Callable[[], None],
) -> None:
    """Put chats back whose agent has been silent so long, and tell customers and leads of each.

    ``wake`` has what customers are told delivered.
    """
    for conversation in await ownership.return_idle(after, notice):
        RETURNED.inc()
        log("desk").warning("chat returned to the queue", conversation=conversation)
        wake()
        await told.chat_returned(conversation)
