"""Gives a chat back to the assistant, which begins anew with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from madoguchi.conversations.model import Draft
from madoguchi.desk.ownership import Ownership
from madoguchi.engine.client import EngineFailedError, EngineUnavailableError
from madoguchi.logs import log

# The agent waits for it, and it is no harm when it does not happen.
_SECONDS = 2.0


class GivingBack:
    """Gives back, tells the customer, and has the engine forget."""

    def __init__(
        self, ownership: Ownership, notice: Draft, forget: Callable[[str], Awaitable[None]]
    ) -> None:
        """Tell the notice; ``forget`` deletes what the engine holds of a conversation."""
        self._ownership = ownership
        self._notice = notice
        self._forget = forget

    async def __call__(self, conversation_id: str, agent_id: str, note: str | None) -> bool:
        """Return whether the chat is the assistant's now; False when it was not this agent's.

        What the engine held is told over by the service at its next message, so it may be away.
        """
        if not await self._ownership.give_back(conversation_id, agent_id, note, self._notice):
            return False
        try:
            async with asyncio.timeout(_SECONDS):
                await self._forget(conversation_id)
        except (EngineUnavailableError, EngineFailedError, TimeoutError) as error:
            log("desk").info(
                "not forgotten", conversation=conversation_id, reason=type(error).__name__
            )
        return True
