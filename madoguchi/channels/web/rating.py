"""How satisfied a customer on the web was: the score, and a word if they like."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Header
from pydantic import BaseModel, ConfigDict, Field

from madoguchi.channels.web.chat import PROBLEMS, Authorised, Use, checked_key, count_once
from madoguchi.channels.web.schemas import MessageOut, Replies
from madoguchi.conversations.model import Conversation, Inbound
from madoguchi.conversations.store import Arrival, KeyReusedError
from madoguchi.conversations.stream import Event
from madoguchi.desk.rating_words import (
    LONGEST_WORD,
    rating_words,
    said_payload,
    score_payload,
)
from madoguchi.problems import Problem
from madoguchi.services import Services

router = APIRouter(prefix="/api/v1", tags=["chat"])


class NewRating(BaseModel):
    """A score, a word about it, or both.

    ``message`` is the number of the message that asked; without it the last one that did.
    """

    model_config = ConfigDict(extra="forbid")

    score: Literal[1, 2, 3, 4, 5] | None = None
    # PostgreSQL stores no NUL.
    word: str | None = Field(None, pattern=r"^[^\x00]*$")
    message: int | None = Field(None, ge=1, le=2**31 - 1)


class RatingOut(BaseModel):
    """The rating as it stands now."""

    score: int
    word: str | None


class RatingReplies(Replies):
    """The thanks, who answers in the conversation (as before), and the rating."""

    rating: RatingOut


@router.post("/conversations/{id}/rating", responses=PROBLEMS)
async def rate(
    body: NewRating,
    conversation: Authorised,
    use: Use,
    idempotency_key: Annotated[str | None, Header()] = None,
) -> RatingReplies:
    """Take a rating of what a person has done, once per Idempotency-Key; the last one counts."""
    key = checked_key(idempotency_key)
    word = _checked_word(body)
    await count_once(conversation, key, use)
    asked = await use.desk.ratings.asked(conversation.id, body.message)
    if asked is None:
        raise Problem(404, "rating_unknown")
    if body.score is None and asked.score is None:
        raise Problem(422, "rating_score_missing")
    text, payload = _said(asked.handoff_id, body.score, word)
    inbound = await _receive(conversation, key, text, payload, use)
    known = await use.desk.ratings.asked(conversation.id, body.message)
    owner = (await use.store.get(conversation.id)).owner
    if known is None or known.score is None:
        raise Problem(404, "rating_unknown")
    return RatingReplies(
        owner=owner.value,
        messages=[MessageOut.of(message, use.links.shown) for message in inbound.replies],
        rating=RatingOut(score=known.score, word=known.word),
    )


def _said(handoff_id: int, score: int | None, word: str | None) -> tuple[str, str]:
    """Return what the customer says, and the payload that it stands for."""
    if word is not None:
        return word, said_payload(handoff_id, score)
    if score is None:
        raise Problem(422, "rating_score_missing")
    return rating_words().title(score), score_payload(handoff_id, score)


async def _receive(
    conversation: Conversation, key: str, text: str, payload: str, use: Services
) -> Inbound:
    arrival = Arrival(payload=payload, digest=payload)
    try:
        inbound, message = await use.store.receive(conversation.id, key, text=text, arrival=arrival)
    except KeyReusedError:
        raise Problem(422, "key_reused") from None
    if message is not None:
        for each in (message, *inbound.replies):
            use.streams.publish(conversation.id, Event("message", each))
    return inbound


def _checked_word(body: NewRating) -> str | None:
    """Return the word without blanks around it; what is only blanks is none."""
    word = (body.word or "").strip() or None
    if word is not None and len(word) > LONGEST_WORD:
        raise Problem(422, "text_too_long", limit=LONGEST_WORD)
    return word
