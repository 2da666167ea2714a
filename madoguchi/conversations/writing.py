"""Writes messages into a transcript and, where the channel needs it, into the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel import WEB
from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.model import Draft, Message, Owner, Sender
from madoguchi.conversations.rows import choice_rows, message_of, message_row
from madoguchi.conversations.tables import ConversationRow
from madoguchi.desk.search_index import index_messages
from madoguchi.desk.tables import DeskChangeRow


class UnknownConversationError(Exception):
    """There is no such conversation, or the token is another one's."""


@dataclass(frozen=True)
class Source:
    """Where a customer's message came from: the client's own id and the platform's.

    One that is ``aside`` is no matter for whoever answers: it opens no closed conversation, and
    nobody is kept waiting by it.
    """

    client_id: str
    external_id: str | None = None
    aside: bool = False


@dataclass(frozen=True)
class Written:
    """Messages as they were stored, and their conversation's channel and owner by then."""

    messages: list[Message]
    channel: str
    owner: Owner


async def lock(session: AsyncSession, conversation_id: str) -> None:
    """Keep everyone else from changing the conversation until the transaction ends.

    Whoever changes rows of a conversation locks it first: two that did so in another order would
    wait for each other.
    """
    await session.execute(
        select(ConversationRow.id).where(ConversationRow.id == conversation_id).with_for_update()
    )


async def write(
    session: AsyncSession,
    conversation_id: str,
    drafts: Sequence[Draft],
    at: datetime,
    source: Source | None = None,
) -> Written:
    """Number and store the drafts; the update of the counter orders concurrent writers.

    What comes from a customer (``source``) opens a closed conversation again, unless it is aside.
    While an agent has the chat, nothing of the bot's is written: the result has no messages then.
    Raises UnknownConversationError.
    """
    values: dict[str, Any] = {
        "last_seq": ConversationRow.last_seq + len(drafts),
        "updated_at": at,
    }
    if source is not None and not source.aside:
        closed = ConversationRow.owner == Owner.CLOSED
        values["owner"] = case((closed, Owner.BOT.value), else_=ConversationRow.owner)
        values |= {"last_customer_at": at, "snoozed_until": None}
    which = [ConversationRow.id == conversation_id]
    if any(draft.sender == Sender.BOT for draft in drafts):
        which.append(ConversationRow.owner != Owner.AGENT)
    found = (
        await session.execute(
            update(ConversationRow)
            .where(*which)
            .values(**values)
            .returning(ConversationRow.last_seq, ConversationRow.channel, ConversationRow.owner)
        )
    ).one_or_none()
    if found is None:
        return await _unwritten(session, conversation_id)
    last, channel, owner = found
    messages, rows = [], []
    for seq, draft in enumerate(drafts, start=last - len(drafts) + 1):
        row = message_row(conversation_id, seq, draft, at, source.client_id if source else None)
        row.external_id = source.external_id if source else None
        choices = choice_rows(conversation_id, seq, draft.choices)
        session.add(row)
        session.add_all(choices)
        rows.append(row)
        messages.append(message_of(row, choices))
    if owner != Owner.BOT:
        session.add(DeskChangeRow(conversation_id=conversation_id, kind="message", at=at))
    await session.flush()
    await index_messages(session, rows)
    return Written(messages, channel, Owner(owner))


async def _unwritten(session: AsyncSession, conversation_id: str) -> Written:
    """Return that nothing was written, because an agent has the chat. Raises for no chat."""
    row = await session.get(ConversationRow, conversation_id)
    if row is None:
        raise UnknownConversationError
    return Written([], row.channel, Owner(row.owner))


async def send(
    session: AsyncSession,
    conversation_id: str,
    written: Written,
    at: datetime,
    inbound_id: int | None = None,
) -> None:
    """Put what was written into the outbox, in the transaction that wrote it.

    What is held for the customer joins the next delivery only when that one goes (outbox.py):
    others may be waiting before this one. The widget reads the conversation itself, so its
    messages have no delivery.
    """
    if written.channel == WEB or not written.messages:
        return
    session.add(
        OutboxRow(
            conversation_id=conversation_id,
            channel=written.channel,
            inbound_id=inbound_id,
            seqs=[message.seq for message in written.messages],
            state="waiting",
            attempts=0,
            unsure=False,
            parts_done=0,
            retry_key=str(uuid4()),
            # Not the service's clock, which may stand still: a delivery must not.
            next_at=datetime.now(UTC),
            counted=0,
            created_at=at,
        )
    )
