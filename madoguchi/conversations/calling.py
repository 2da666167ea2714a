"""What a turn asks before its answer is stored: whether a person is called with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from madoguchi.conversations.model import Conversation, Draft, Inbound
from madoguchi.conversations.receiving import Settle


@dataclass(frozen=True)
class Considered:
    """An answer as it goes out; ``settle`` belongs into its transaction, ``stored`` after it."""

    drafts: list[Draft]
    settle: Settle | None = None
    stored: Callable[[], Awaitable[None]] | None = None


class Calling(Protocol):
    """Whoever calls people."""

    async def reply(self, conversation: Conversation, inbound: Inbound) -> list[Draft] | None:
        """Return the answer to a message that is about the waiting itself; None for others."""
        ...

    async def consider(
        self, conversation: Conversation, inbound: Inbound, drafts: Sequence[Draft]
    ) -> Considered:
        """Return the answer with the call that it leads to, if any."""
        ...
