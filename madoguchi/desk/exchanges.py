"""What was said since the last stretch with a person, as the rules of calling see it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.model import Draft, Inbound, Kind, Sender
from madoguchi.conversations.tables import InboxRow, MessageRow
from madoguchi.desk.calling import Ended, Exchange, Reply
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.queueing import last_stretch_until
from madoguchi.desk.tables import HandoffRow

# Failures in a row are among the last few messages.
_LATEST = 24


def exchange_of(inbound: Inbound, drafts: Sequence[Draft], at: datetime) -> Exchange:
    """Return the exchange that an answer makes with its message."""
    written = inbound.text if inbound.payload is None else None
    return Exchange(
        written,
        tuple(
            Reply(draft.kind, draft.name, draft.topic, _intent(draft.understanding))
            for draft in drafts
        ),
        at,
    )


async def exchanges_before(session: AsyncSession, conversation_id: str, seq: int) -> list[Exchange]:
    """Return the exchanges before message ``seq``, the newest at the end."""
    rows = await session.execute(
        select(MessageRow, InboxRow.payload)
        .outerjoin(
            InboxRow,
            (InboxRow.conversation_id == MessageRow.conversation_id)
            & (InboxRow.seq == MessageRow.seq),
        )
        .where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.seq > await last_stretch_until(session, conversation_id),
            MessageRow.seq < seq,
        )
        .order_by(MessageRow.seq.desc())
        .limit(_LATEST)
    )
    exchanges: list[Exchange] = []
    replies: list[Reply] = []
    for row, payload in rows:
        if row.sender == Sender.CUSTOMER:
            written = row.text if payload is None else None
            exchanges.append(Exchange(written, tuple(reversed(replies)), as_utc(row.at)))
            replies = []
        else:
            intent = _intent(row.understanding)
            replies.append(Reply(Kind(row.kind), topic=row.topic, intent=intent))
    return exchanges[::-1]


async def last_ended(session: AsyncSession, conversation_id: str) -> Ended | None:
    """Return the last stretch with a person, None when there was none."""
    row = await session.scalar(
        select(HandoffRow)
        .where(HandoffRow.conversation_id == conversation_id, HandoffRow.state == Stage.ENDED)
        .order_by(HandoffRow.id.desc())
        .limit(1)
    )
    if row is None or row.ended_at is None:
        return None
    return Ended(Reason(row.reason), row.detail, as_utc(row.ended_at))


def _intent(understanding: dict[str, Any] | None) -> str | None:
    """Return what was understood; a tapped choice was not understood but named."""
    known = understanding or {}
    intent, payload = known.get("intent"), known.get("payload")
    if isinstance(intent, str):
        return intent
    return payload.removeprefix("/").partition("{")[0] if isinstance(payload, str) else None
