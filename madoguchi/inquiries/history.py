"""What was done about an inquiry: replies, changes of its state, and what the customer added.

An inquiry's entries are counted, and each is a row of notifications under the inquiry's number and
its own: a reply by e-mail is sent from there, everything else is told by being noted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import TOKYO, as_utc
from madoguchi.conversations.tables import MessageRow
from madoguchi.inquiries.model import InquiryState
from madoguchi.notifications.model import Kind, NewNotification, Recipient, State, Via
from madoguchi.notifications.outbox import put
from madoguchi.notifications.tables import NotificationRow

# No inquiry has a tenth of it.
MOST = 200


class HistoryFullError(Exception):
    """So much was done about the inquiry that it has to go on in a new one."""


@dataclass(frozen=True)
class Step:
    """One entry; ``at`` is in Asia/Tokyo. ``state`` is the inquiry's from then on."""

    place: int
    via: Via
    state: InquiryState
    at: datetime
    # Whether a mail has arrived at its server; what is not sent counts as told.
    delivery: State
    # None: the customer.
    agent_id: str | None
    text: str | None = None
    # What the reply was asked for with, so that it is given once.
    key: str | None = None
    # Where in the chat it stands.
    conversation_id: str | None = None
    seq: int | None = None

    @property
    def answers(self) -> bool:
        """Whether it tells the customer something."""
        return self.agent_id is not None and self.via is not Via.DESK


@dataclass(frozen=True)
class NewStep:
    """An entry to add: how and whom it tells, and the inquiry's state from then on.

    ``details`` are JSON: ``agent_id``, ``text``, ``key``, what a mail needs besides, and with
    ``chat`` and ``seq`` where a customer wrote it.
    """

    to: Recipient
    state: InquiryState
    details: Mapping[str, Any] = field(default_factory=dict)
    # The inquiry's chat, with which the entry is deleted.
    chat: str | None = None


async def history_of(session: AsyncSession, number: str) -> list[Step]:
    """Return what was done about an inquiry, in its order."""
    rows = await session.scalars(
        select(NotificationRow)
        .where(NotificationRow.key.in_([_key(number, place) for place in range(1, MOST + 1)]))
        .order_by(NotificationRow.id)
    )
    found = list(rows)
    words = await _words(session, found)
    return [_step(place, row, words) for place, row in enumerate(found, 1)]


async def note(
    session: AsyncSession, number: str, known: Sequence[Step], new: NewStep, now: datetime
) -> None:
    """Add an entry after those that are ``known``; the caller holds the inquiry's row.

    Raises HistoryFullError.
    """
    if len(known) >= MOST:
        raise HistoryFullError(number)
    told = NewNotification(
        key=_key(number, len(known) + 1),
        kind=Kind.INQUIRY_CHANGE if new.to.via is Via.DESK else Kind.INQUIRY_REPLY,
        to=new.to,
        payload={"number": number, "state": new.state, **new.details},
        conversation_id=new.chat,
        state=State.WAITING if new.to.via is Via.EMAIL else State.SENT,
    )
    await put(session, [told], now)


def _key(number: str, place: int) -> str:
    return f"inquiry/{number}/{place}"


async def _words(
    session: AsyncSession, rows: list[NotificationRow]
) -> Mapping[tuple[str, int], str]:
    """Return what customers added, from their chats; what they took back is not there."""
    places = [(row.payload["chat"], row.payload["seq"]) for row in rows if row.payload.get("chat")]
    if not places:
        return {}
    which = [
        and_(MessageRow.conversation_id == chat, MessageRow.seq == seq) for chat, seq in places
    ]
    found = await session.execute(
        select(MessageRow.conversation_id, MessageRow.seq, MessageRow.text).where(
            or_(*which), MessageRow.withdrawn_at.is_(None)
        )
    )
    return {(chat, seq): text for chat, seq, text in found}


def _step(place: int, row: NotificationRow, words: Mapping[tuple[str, int], str]) -> Step:
    payload = row.payload
    said = words.get((payload.get("chat", ""), payload.get("seq", 0)))
    return Step(
        place=place,
        via=Via(row.via),
        state=InquiryState(payload["state"]),
        at=as_utc(row.created_at).astimezone(TOKYO),
        delivery=State(row.state),
        agent_id=payload.get("agent_id"),
        text=payload.get("text") or said,
        key=payload.get("key"),
        conversation_id=payload.get("chat"),
        seq=payload.get("seq"),
    )
