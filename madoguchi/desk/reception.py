"""Decides with each answer whether a person is called, and says so in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.calling import Considered
from madoguchi.conversations.model import Conversation, Draft, Inbound, Kind, Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.database import only_reading
from madoguchi.desk.calling import Call, asks_how_long, calling_rules, decide
from madoguchi.desk.exchanges import exchange_of, exchanges_before, last_ended
from madoguchi.desk.handing import Handing
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.person_words import CALLED, PersonWords, Queue
from madoguchi.desk.queueing import put_into_queue, wish_of
from madoguchi.desk.standing import Standing
from madoguchi.desk.steps import locked
from madoguchi.desk.tables import HandoffRow
from madoguchi.logs import log
from madoguchi.metrics import CALLS

# A question keeps its choices only when it is the last thing said.
_WAITS = frozenset({Kind.ASK, Kind.CLARIFY})


@dataclass(frozen=True)
class _Place:
    """Where a conversation is in the queue: whether it waits there, and behind how many."""

    waits: bool
    before: int


class Reception:
    """Receives customers who need a person, on SQLite or PostgreSQL."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        standing: Standing,
        handing: Handing,
        words: PersonWords,
    ) -> None:
        """Call by this version's rules."""
        self._reads = only_reading(engine)
        self._clock = clock
        self._standing = standing
        self._handing = handing
        self._words = words
        self._rules = calling_rules()

    async def asked_for(self, conversation_id: str, site: str | None) -> Draft:
        """Return what to say to a customer who wants a person.

        That one is called counts only when it is said: ``consider`` puts them into the queue.
        """
        place = await self._place(conversation_id)
        queue = await self._queue(place, site)
        if place.waits:
            return self._words.still_waiting(queue, site, self._clock.now())
        if queue.there:
            return self._words.called(Call(Reason.CUSTOMER), queue)
        return self._words.nobody(site, self._clock.now(), desk=True)

    async def reply(self, conversation: Conversation, inbound: Inbound) -> list[Draft] | None:
        """Return how long it will take to somebody who waits and asks just that; else None."""
        asks = inbound.payload is None and asks_how_long(inbound.text, self._rules)
        if conversation.owner is not Owner.QUEUE or not asks:
            return None
        return [await self.asked_for(conversation.id, conversation.site)]

    async def consider(
        self, conversation: Conversation, inbound: Inbound, drafts: Sequence[Draft]
    ) -> Considered:
        """Return the answer as it goes out, and what makes a call in it count."""
        if any(draft.name == CALLED for draft in drafts):
            return self._with_call(conversation, inbound, drafts, Call(Reason.CUSTOMER))
        now = as_utc(self._clock.now())
        async with AsyncSession(self._reads) as session:
            if await _is_open(session, conversation.id):
                return Considered(list(drafts))
            before = await exchanges_before(session, conversation.id, inbound.seq)
            last = await last_ended(session, conversation.id)
        call = decide(exchange_of(inbound, drafts, now), before, last, self._rules)
        if call is None:
            return Considered(list(drafts))
        queue = await self._queue(await self._place(conversation.id), conversation.site)
        if queue.there:
            told = _together(drafts, self._words.called(call, queue))
            return self._with_call(conversation, inbound, told, call)
        if call.promised or call.repeated:
            return Considered(list(drafts))
        *first, last_draft = drafts
        offered = self._words.offered(last_draft, call, conversation.site, self._clock.now())
        return Considered([*first, offered])

    async def queue_of(self, conversation_id: str) -> tuple[Queue, str | None]:
        """Return who is there for a conversation and who waits before it; and its site."""
        async with AsyncSession(self._reads) as session:
            site = await session.scalar(
                select(ConversationRow.site).where(ConversationRow.id == conversation_id)
            )
        return await self._queue(await self._place(conversation_id), site), site

    def _with_call(
        self, conversation: Conversation, inbound: Inbound, drafts: Sequence[Draft], call: Call
    ) -> Considered:
        asked_in = inbound.seq if call.reason is Reason.CUSTOMER else None

        async def settle(session: AsyncSession, _inbound_id: int) -> None:
            step = await locked(session, conversation.id, as_utc(self._clock.now()))
            if step.row.owner != Owner.AGENT:
                goal = await wish_of(session, conversation.id, asked_in)
                await put_into_queue(step, call.reason, goal, call.detail)

        async def stored() -> None:
            CALLS.labels(call.reason).inc()
            log("desk").info("person called", conversation=conversation.id, reason=call.reason)
            await self._standing.publish(conversation.id)

        return Considered(list(drafts), settle, stored)

    async def _queue(self, place: _Place, site: str | None) -> Queue:
        """Return whether somebody is there: at work by the hours, and at the desk."""
        at_work = self._words.is_open(site, self._clock.now())
        return Queue(at_work and await self._handing.somebody_is_there(), place.before)

    async def _place(self, conversation_id: str) -> _Place:
        """Return the place in the queue, or that at which a new one would begin."""
        async with AsyncSession(self._reads) as session:
            mine = await session.scalar(
                select(HandoffRow.id).where(
                    HandoffRow.conversation_id == conversation_id,
                    HandoffRow.state == Stage.WAITING,
                )
            )
            waiting = select(func.count()).where(HandoffRow.state == Stage.WAITING)
            if mine is not None:
                waiting = waiting.where(HandoffRow.id < mine)
            return _Place(mine is not None, int(await session.scalar(waiting) or 0))


async def _is_open(session: AsyncSession, conversation_id: str) -> bool:
    found = await session.scalar(
        select(HandoffRow.id).where(
            HandoffRow.conversation_id == conversation_id, HandoffRow.state != Stage.ENDED
        )
    )
    return found is not None


def _together(drafts: Sequence[Draft], called: Draft) -> list[Draft]:
    """Return the answer with the call after it, or before its question."""
    if drafts[-1].kind in _WAITS:
        return [*drafts[:-1], called, drafts[-1]]
    return [*drafts, called]
