"""Reads messages and the inbox back from their rows."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Inbound, Message, Sender
from madoguchi.conversations.rows import message_of
from madoguchi.conversations.tables import ChoiceRow, InboxRow, MessageRow
from madoguchi.media.tables import AttachmentRow


async def read_inbound(session: AsyncSession, row: InboxRow) -> Inbound:
    """Return a stored inbound message with the replies that it has by now."""
    said = await session.get_one(MessageRow, (row.conversation_id, row.seq))
    replies: list[Message] = []
    if row.replies_from is not None:
        between = await read_messages(
            session, row.conversation_id, row.replies_from - 1, row.replies_to
        )
        # A customer may have written more while the answer was on its way.
        replies = [message for message in between if message.sender != Sender.CUSTOMER]
    return Inbound(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        text=said.text,
        payload=row.payload,
        attempts=row.attempts,
        told_to_wait=row.told_to_wait,
        done=row.state != "pending",
        replies=tuple(replies),
        kind=row.kind,
    )


async def read_messages(
    session: AsyncSession, conversation_id: str, after: int, until: int | None = None
) -> list[Message]:
    """Return the messages numbered above ``after`` (up to ``until``) with choices and files.

    What a customer took back is not among them.
    """
    wanted = [
        MessageRow.conversation_id == conversation_id,
        MessageRow.seq > after,
        MessageRow.withdrawn_at.is_(None),
    ]
    offered = [ChoiceRow.conversation_id == conversation_id, ChoiceRow.seq > after]
    attached = [
        AttachmentRow.conversation_id == conversation_id,
        AttachmentRow.seq > max(after, 0),
        AttachmentRow.state == "kept",
    ]
    if until is not None:
        wanted.append(MessageRow.seq <= until)
        offered.append(ChoiceRow.seq <= until)
        attached.append(AttachmentRow.seq <= until)
    rows = await session.scalars(select(MessageRow).where(*wanted).order_by(MessageRow.seq))
    choices: dict[int, list[ChoiceRow]] = {}
    for choice in await session.scalars(
        select(ChoiceRow).where(*offered).order_by(ChoiceRow.seq, ChoiceRow.position)
    ):
        choices.setdefault(choice.seq, []).append(choice)
    files: dict[int, list[AttachmentRow]] = {}
    for file in await session.scalars(
        select(AttachmentRow)
        .where(*attached)
        .order_by(AttachmentRow.seq, AttachmentRow.created_at, AttachmentRow.id)
    ):
        files.setdefault(file.seq, []).append(file)
    return [message_of(row, choices.get(row.seq, []), files.get(row.seq, [])) for row in rows]
