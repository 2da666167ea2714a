"""Calls a person where the assistant is silent for too long: the engine is away, or hangs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow, InboxRow
from madoguchi.database import only_reading
from madoguchi.desk.model import Reason
from madoguchi.desk.person_words import PersonWords
from madoguchi.desk.queueing import put_into_queue
from madoguchi.desk.reception import Reception
from madoguchi.desk.standing import Standing
from madoguchi.desk.steps import locked, tell
from madoguchi.logs import log
from madoguchi.metrics import CALLS

UNANSWERED_LOOK_SECONDS = 2.0
# What the desk reads as the reason's detail.
_DETAIL = "assistant"
_AT_ONCE = 100


class Unanswered:
    """Looks for messages that have waited for the assistant too long, on SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        standing: Standing,
        reception: Reception,
        words: PersonWords,
    ) -> None:
        """Call people through the database; pages are told through the standing's streams."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock
        self._standing = standing
        self._reception = reception
        self._words = words

    async def call_for(self, silent_for: timedelta, wake: Callable[[], None]) -> list[str]:
        """Call a person to each conversation whose customer has waited so long; return which.

        People are called also when nobody is there: they see it when they come. The customer is
        told once; the assistant's answer still comes if it can before a person takes the chat.
        """
        async with AsyncSession(self._reads) as session:
            found = await session.scalars(
                select(ConversationRow.id)
                .join(InboxRow, InboxRow.conversation_id == ConversationRow.id)
                .where(*_waits(as_utc(self._clock.now()) - silent_for))
                .distinct()
                .limit(_AT_ONCE)
            )
            ids = list(found)
        called = [each for each in ids if await self._call(each, silent_for)]
        if called:
            wake()
        return called

    async def _call(self, conversation_id: str, silent_for: timedelta) -> bool:
        queue, site = await self._reception.queue_of(conversation_id)
        notice = self._words.unanswered(queue, site, self._clock.now())
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            step = await locked(session, conversation_id, as_utc(self._clock.now()))
            still = await session.scalar(
                select(InboxRow.id)
                .join(ConversationRow, InboxRow.conversation_id == ConversationRow.id)
                .where(ConversationRow.id == conversation_id, *_waits(step.now - silent_for))
                .limit(1)
            )
            if still is None:
                return False
            _, new = await put_into_queue(step, Reason.SYSTEM, detail=_DETAIL)
            if not new:
                return False
            await session.flush()
            messages = await tell(step, notice)
        CALLS.labels(Reason.SYSTEM).inc()
        log("desk").warning("person called", conversation=conversation_id, reason=Reason.SYSTEM)
        await self._standing.publish(conversation_id, messages)
        return True


def _waits(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        ConversationRow.owner == Owner.BOT,
        InboxRow.state == "pending",
        InboxRow.created_at < before,
    )
