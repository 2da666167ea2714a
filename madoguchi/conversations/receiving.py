"""Puts what a customer sent into the transcript and the inbox, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations import tokens
from madoguchi.conversations.channel import Incident
from madoguchi.conversations.labels import remember_choice
from madoguchi.conversations.model import Draft, Inbound, Kind, Message, Owner, Sender
from madoguchi.conversations.reading import read_inbound, read_messages
from madoguchi.conversations.tables import ChoiceRow, InboxRow
from madoguchi.conversations.writing import Source, Written, send, write
from madoguchi.desk.rating_replies import Aside, rating_in
from madoguchi.desk.rating_words import Act

# What may be about a rating.
_ASIDES = frozenset({Incident.TEXT, Incident.CHOICE})

type Settle = Callable[[AsyncSession, int], Awaitable[None]]


@dataclass(frozen=True)
class Arrival:
    """What only a messaging channel knows of a message.

    ``payload`` is a command that needs no choice; ``external_id`` the platform's id; one that is
    not ``answered`` is only noted; ``also`` stores what belongs to the message in the same
    transaction, given its number in the inbox. ``digest`` tells files apart that have no words.
    """

    kind: Incident = Incident.TEXT
    payload: str | None = None
    external_id: str | None = None
    sender: Sender = Sender.CUSTOMER
    answered: bool = True
    also: Settle | None = None
    digest: str = ""


PLAIN = Arrival()


@dataclass(frozen=True)
class ReceivedEvent:
    """A message's own id, a digest of its content, and when it came (UTC)."""

    event_id: str
    digest: str
    at: datetime


class UnknownChoiceError(Exception):
    """The choice was never offered in this conversation."""


class KeyReusedError(Exception):
    """An idempotency key came again with another body."""


async def store_inbound(
    session: AsyncSession,
    conversation_id: str,
    event: ReceivedEvent,
    content: ChoiceRow | str,
    arrival: Arrival,
) -> tuple[Inbound, Message]:
    """Return what was stored: the inbox' entry and the transcript's message.

    What a customer says to the question how satisfied they were is no matter for whoever answers:
    it has its reply at once.
    """
    choice = content if isinstance(content, ChoiceRow) else None
    said = content.title if isinstance(content, ChoiceRow) else content
    aside = None
    if arrival.kind in _ASIDES:
        aside = await rating_in(session, conversation_id, content, arrival.payload, event.at)
    if choice is not None and aside is None:
        await remember_choice(session, choice, event.at)
    draft = Draft(kind=Kind.NOTICE, text=said, sender=arrival.sender)
    if aside is not None:
        draft = replace(draft, text=aside.shown, act=Act.RATING)
    source = Source(event.event_id, arrival.external_id, aside=aside is not None)
    written = await write(session, conversation_id, [draft], event.at, source)
    [message] = written.messages
    row = InboxRow(
        conversation_id=conversation_id,
        event_id=event.event_id,
        body_hash=event.digest,
        kind=arrival.kind,
        seq=message.seq,
        payload=choice.payload if choice is not None else arrival.payload,
        state="pending" if _for_the_bot(arrival, written, aside) else "done",
        attempts=0,
        told_to_wait=False,
        created_at=event.at,
    )
    session.add(row)
    await session.flush()
    if arrival.also is not None:
        await arrival.also(session, row.id)
        # With the file that it may have by now.
        [message] = await read_messages(session, conversation_id, message.seq - 1, message.seq)
    if aside is not None and arrival.answered:
        replied = await write(session, conversation_id, aside.replies, event.at)
        await send(session, conversation_id, replied, event.at, row.id)
        row.replies_from, row.replies_to = replied.messages[0].seq, replied.messages[-1].seq
    return await read_inbound(session, row), message


def _for_the_bot(arrival: Arrival, written: Written, aside: Aside | None) -> bool:
    # What is written to an agent is theirs to answer.
    return arrival.answered and aside is None and written.owner != Owner.AGENT


async def offered(
    session: AsyncSession, conversation_id: str, choice_id: str | None
) -> ChoiceRow | None:
    """Return the choice of that id, None without one. Raises UnknownChoiceError."""
    if choice_id is None:
        return None
    known = tokens.is_id(choice_id)
    choice = await session.get(ChoiceRow, choice_id) if known else None
    if choice is None or choice.conversation_id != conversation_id:
        raise UnknownChoiceError
    return choice
