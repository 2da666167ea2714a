"""Puts chats back into the queue whose agent has left the customer waiting."""

from __future__ import annotations

from datetime import timedelta

from madoguchi.desk.ownership import Ownership
from madoguchi.logs import log
from madoguchi.metrics import RETURNED

IDLE_LOOK_SECONDS = 20.0


async def return_idle(ownership: Ownership, after: timedelta) -> None:
    """Put chats back whose agent has been silent so long, and note each."""
    for conversation in await ownership.return_idle(after):
        RETURNED.inc()
        log("desk").warning("chat returned to the queue", conversation=conversation)
