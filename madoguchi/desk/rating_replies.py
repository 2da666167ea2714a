"""What a customer taps or writes when they were asked how satisfied they were.

Nothing of it is for the assistant, and nothing of it opens a chat or changes whose it is. Which
message is a word is read from the transcript: the one that follows the request to write it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.model import Draft, Kind, Sender
from madoguchi.conversations.tables import ChoiceRow, MessageRow
from madoguchi.conversations.writing import lock
from madoguchi.desk.rating_words import (
    LONGEST_WORD,
    PREFIX,
    Act,
    Meant,
    meaning,
    rating_words,
    typed,
)
from madoguchi.desk.tables import DeskChangeRow, RatingRow
from madoguchi.metrics import RATINGS

# So long after the request a message is the word, and a typed title a tap.
WORD_LIFE = timedelta(minutes=10)
_TYPED_LIFE = timedelta(hours=24)


@dataclass(frozen=True)
class Aside:
    """A message that is about a rating: how the transcript shows it, and what is replied."""

    shown: str
    replies: tuple[Draft, ...]


async def rating_in(
    session: AsyncSession,
    conversation_id: str,
    content: ChoiceRow | str,
    payload: str | None,
    at: datetime,
) -> Aside | None:
    """Store the rating that a message is about; None for a message that is about none.

    ``payload`` is the message's own, without a choice. The conversation is locked for as long as
    the transaction lasts.
    """
    if isinstance(content, ChoiceRow):
        meant, said = meaning(content.payload), content.title
        if meant is not None:
            await lock(session, conversation_id)
    elif payload is not None:
        meant, said = meaning(payload), content
        if meant is not None:
            await lock(session, conversation_id)
    else:
        meant, said = await _written(session, conversation_id, content, at), content
    return await _stored(session, conversation_id, meant, said, at) if meant is not None else None


async def withdraw_rating(
    session: AsyncSession, conversation_id: str, text: str, payload: str | None, at: datetime
) -> None:
    """Delete what a message had brought that the customer takes back: a score, or the word."""
    mine = RatingRow.conversation_id == conversation_id
    meant = meaning(payload)
    if meant is not None and meant.score is not None and not meant.says:
        await session.execute(
            delete(RatingRow).where(
                mine, RatingRow.handoff_id == meant.handoff_id, RatingRow.score == meant.score
            )
        )
    else:
        await session.execute(
            update(RatingRow).where(mine, RatingRow.word == text.strip()).values(word=None)
        )
    session.add(DeskChangeRow(conversation_id=conversation_id, kind="chat", at=at))


async def _stored(
    session: AsyncSession, conversation_id: str, meant: Meant, said: str, at: datetime
) -> Aside:
    words = rating_words()
    row = await session.scalar(
        select(RatingRow).where(
            RatingRow.conversation_id == conversation_id, RatingRow.handoff_id == meant.handoff_id
        )
    )
    if meant.writes:
        return Aside(said, (words.prompt(meant.handoff_id),))
    if meant.stops:
        return Aside(said, (words.stopped(),))
    word = said.strip() if meant.says else None
    if word is not None and len(word) > LONGEST_WORD:
        return Aside(said, (words.too_long(meant.handoff_id),))
    if meant.score is None and row is None:
        # They took their score back in between; what they wrote is still no question.
        return Aside(said, (words.stopped(),))
    before = row.score if row is not None else None
    if row is None:
        row = RatingRow(conversation_id=conversation_id, handoff_id=meant.handoff_id)
        session.add(row)
    row.at = at
    row.score = meant.score or row.score
    row.word = word or row.word
    session.add(DeskChangeRow(conversation_id=conversation_id, kind="chat", at=at))
    await session.flush()
    if row.score != before:
        RATINGS.labels(str(row.score)).inc()
    shown = said
    if word is not None and meant.score is not None:
        shown = f"{words.title(meant.score)}\n{word}"
    if word is not None:
        return Aside(shown, (words.done(),))
    changed = before is not None and before != row.score
    thanks = words.thanks(
        meant.handoff_id, row.score, changed=changed, has_word=row.word is not None
    )
    return Aside(shown, (thanks,))


async def _written(
    session: AsyncSession, conversation_id: str, text: str, at: datetime
) -> Meant | None:
    """Return what a text means that follows one of our messages, None when it is a new matter."""
    if await _last_choice(session, conversation_id) is None:
        return None  # almost always: nothing was asked in this conversation
    await lock(session, conversation_id)
    choice = await _last_choice(session, conversation_id)
    if choice is None or await _went_on(session, conversation_id, choice.seq):
        return None
    asked = await session.get_one(MessageRow, (conversation_id, choice.seq))
    age = as_utc(at) - as_utc(asked.at)
    offered = await session.scalars(
        select(ChoiceRow)
        .where(ChoiceRow.conversation_id == conversation_id, ChoiceRow.seq == choice.seq)
        .order_by(ChoiceRow.position)
    )
    named = typed(text, {each.payload: each.title for each in offered})
    if asked.act == Act.PROMPT:
        if age > WORD_LIFE:
            return None
        stop = meaning(choice.payload)
        if named is not None or stop is None:
            return meaning(named)
        return Meant(stop.handoff_id, says=True)
    return meaning(named) if age <= _TYPED_LIFE else None


async def _last_choice(session: AsyncSession, conversation_id: str) -> ChoiceRow | None:
    found: ChoiceRow | None = await session.scalar(
        select(ChoiceRow)
        .where(ChoiceRow.conversation_id == conversation_id, ChoiceRow.payload.startswith(PREFIX))
        .order_by(ChoiceRow.seq.desc(), ChoiceRow.position)
        .limit(1)
    )
    return found


async def _went_on(session: AsyncSession, conversation_id: str, seq: int) -> bool:
    """Return whether something came after our message that a text could be about instead."""
    later = await session.scalar(
        select(MessageRow.seq)
        .where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.seq > seq,
            or_(
                MessageRow.sender.in_((Sender.CUSTOMER, Sender.AGENT)),
                and_(MessageRow.sender == Sender.BOT, MessageRow.kind.in_(_QUESTIONS)),
            ),
        )
        .limit(1)
    )
    return later is not None


_QUESTIONS = (Kind.ASK, Kind.CLARIFY)
