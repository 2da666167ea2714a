"""Closes conversations after a long silence; the next message opens them again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.stream import Event, Streams
from madoguchi.conversations.tables import ConversationRow, InboxRow
from madoguchi.database import only_reading
from madoguchi.metrics import CLOSED
from madoguchi.periodic import Periodic

_LOOK_SECONDS = 60.0
_AT_ONCE = 200


class SilenceWorker:
    """Closes what fell silent, now and then."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        streams: Streams,
        *,
        after: timedelta,
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        """Close after so long a silence; ``forget`` ends what was begun in the conversation."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._streams = streams
        self._after = after
        self._forget = forget
        self._looks = Periodic("silence", _LOOK_SECONDS, self._close_all)

    async def start(self) -> None:
        """Begin looking; with no time set, nothing is ever closed."""
        if self._after:
            await self._looks.start()

    async def stop(self) -> None:
        """Stop looking."""
        await self._looks.stop()

    async def _close_all(self) -> None:
        while await self.close_silent() == _AT_ONCE:
            pass

    async def close_silent(self) -> int:
        """Close some conversations that the bot has and nobody writes in; return how many."""
        until = as_utc(self._clock.now()) - self._after
        silent = (
            ConversationRow.owner == Owner.BOT,
            ConversationRow.updated_at < until,
            # What waits for its answer is not silent, however long it takes.
            ~select(InboxRow.id)
            .where(
                InboxRow.conversation_id == ConversationRow.id,
                InboxRow.state == "pending",
            )
            .exists(),
        )
        async with AsyncSession(self._reads) as session:
            ids = list(
                await session.scalars(select(ConversationRow.id).where(*silent).limit(_AT_ONCE))
            )
        for conversation_id in ids:
            await self._close(conversation_id, silent)
        return len(ids)

    async def _close(self, conversation_id: str, silent: tuple[object, ...]) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            closed = await session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id, *silent)  # type: ignore[arg-type]
                .values(owner=Owner.CLOSED)
                .execution_options(synchronize_session=False)
            )
        if closed.rowcount != 1:  # type: ignore[attr-defined]
            return  # somebody wrote between our look and our write
        CLOSED.inc()
        await self._forget(conversation_id)
        self._streams.publish(
            conversation_id, Event("owner", {"owner": Owner.CLOSED, "agent": None, "waiting": None})
        )
