"""Asking customers how satisfied they were: once for each stretch with a person, when it ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.model import Draft, Message, Sender
from madoguchi.conversations.tables import ChoiceRow, MessageRow
from madoguchi.conversations.writing import send, write
from madoguchi.database import only_reading
from madoguchi.desk.rating_words import PREFIX, meaning, rating_words
from madoguchi.desk.steps import Step
from madoguchi.desk.tables import HandoffRow, RatingRow

# A customer with two stretches in a day is asked about one of them.
_NOT_AGAIN = timedelta(hours=24)
_NOT_ASKED_AFTER = frozenset({"spam", "no_answer"})
_SHOWN = 5


@dataclass(frozen=True)
class Way:
    """A way to ask; ``inbound_id`` is the message as whose reply the question costs nothing."""

    inbound_id: int | None = None


type FindWay = Callable[[Step], Awaitable[Way | None]]


@dataclass(frozen=True)
class Asked:
    """A question that was asked: about which handoff, and the rating it has by now."""

    handoff_id: int
    score: int | None = None
    word: str | None = None


async def ask_for_rating(
    step: Step, handoff: HandoffRow, find_way: FindWay | None, notice: Draft | None = None
) -> list[Message]:
    """Ask about the stretch that has just ended, in its transaction; return what was written.

    Nothing is asked twice, nor about a stretch in which no person wrote, nor where a result says
    that nobody is there to ask, nor of customers who left or for whom there is no way. The
    ``notice`` is told in any case, and goes out with the question.
    """
    drafts = [] if notice is None else [notice]
    way = await _way(step, handoff, find_way)
    if way is not None:
        handoff.rating_asked_at = step.now
        drafts.append(rating_words().question(handoff.id))
    if not drafts:
        return []
    # What the transaction has done to the conversation counts for what is written now.
    await step.session.flush()
    written = await write(step.session, step.row.id, drafts, step.now)
    inbound_id = way.inbound_id if way is not None else None
    await send(step.session, step.row.id, written, step.now, inbound_id)
    return written.messages


async def _way(step: Step, handoff: HandoffRow, find_way: FindWay | None) -> Way | None:
    if find_way is None or handoff.rating_asked_at is not None:
        return None
    if handoff.result in _NOT_ASKED_AFTER or not await _may_be_asked(step, handoff):
        return None
    return await find_way(step)


async def _may_be_asked(step: Step, handoff: HandoffRow) -> bool:
    blocked = await step.session.scalar(
        select(ChannelUserRow.external_id).where(
            ChannelUserRow.conversation_id == step.row.id, ChannelUserRow.blocked_at.is_not(None)
        )
    )
    lately = await step.session.scalar(
        select(HandoffRow.id)
        .where(
            HandoffRow.conversation_id == step.row.id,
            HandoffRow.rating_asked_at > step.now - _NOT_AGAIN,
        )
        .limit(1)
    )
    wrote = await step.session.scalar(
        select(MessageRow.seq)
        .where(
            MessageRow.conversation_id == step.row.id,
            MessageRow.sender == Sender.AGENT,
            MessageRow.at >= handoff.asked_at,
        )
        .limit(1)
    )
    return blocked is None and lately is None and wrote is not None


async def ratings_of(
    session: AsyncSession, conversation_ids: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """Return the last rating of each conversation that has one, as JSON."""
    rows = await session.scalars(
        select(RatingRow)
        .where(RatingRow.conversation_id.in_(conversation_ids))
        .order_by(RatingRow.handoff_id)
    )
    return {row.conversation_id: _json(row) for row in rows}


class Ratings:
    """Ratings as they are read, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Read from the engine's database."""
        self._reads = only_reading(engine)

    async def of(self, conversation_id: str) -> list[dict[str, Any]]:
        """Return a chat's ratings as JSON, that of the newest handoff first, at most five."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(RatingRow)
                .where(RatingRow.conversation_id == conversation_id)
                .order_by(RatingRow.handoff_id.desc())
                .limit(_SHOWN)
            )
            return [_json(row) for row in rows]

    async def asked(self, conversation_id: str, seq: int | None = None) -> Asked | None:
        """Return what message ``seq`` asks about, or the last one that asks; None for none."""
        wanted = [
            ChoiceRow.conversation_id == conversation_id,
            ChoiceRow.payload.startswith(PREFIX),
        ]
        if seq is not None:
            wanted.append(ChoiceRow.seq == seq)
        async with AsyncSession(self._reads) as session:
            payload = await session.scalar(
                select(ChoiceRow.payload).where(*wanted).order_by(ChoiceRow.seq.desc()).limit(1)
            )
            meant = meaning(payload)
            if meant is None:
                return None
            row = await session.scalar(
                select(RatingRow).where(
                    RatingRow.conversation_id == conversation_id,
                    RatingRow.handoff_id == meant.handoff_id,
                )
            )
            if row is None:
                return Asked(meant.handoff_id)
            return Asked(meant.handoff_id, row.score, row.word)


def _json(row: RatingRow) -> dict[str, Any]:
    at = as_utc(row.at).astimezone(TOKYO)
    return {
        "handoff_id": row.handoff_id,
        "score": row.score,
        "title": rating_words().title(row.score),
        "word": row.word,
        "at": at.isoformat(timespec="milliseconds"),
    }
