"""Remembers what customers meant when the assistant had to ask: labelled examples."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Kind, Sender
from madoguchi.conversations.tables import ChoiceRow, LabelRow, MessageRow

# The payload of a choice that is not to be taken any more.
RETIRED = "/continue"


async def remember_choice(session: AsyncSession, choice: ChoiceRow, at: datetime) -> None:
    """Store what the customer had written with the choice taken, if the assistant had asked."""
    if choice.payload == RETIRED:
        return
    asked = await session.get_one(MessageRow, (choice.conversation_id, choice.seq))
    if asked.kind != Kind.CLARIFY:
        return
    wrote = await session.scalar(
        select(MessageRow.text)
        .where(
            MessageRow.conversation_id == choice.conversation_id,
            MessageRow.seq < choice.seq,
            MessageRow.sender == Sender.CUSTOMER,
        )
        .order_by(MessageRow.seq.desc())
        .limit(1)
    )
    if wrote is None:
        return
    offered = await session.scalars(
        select(ChoiceRow.payload)
        .where(
            ChoiceRow.conversation_id == choice.conversation_id,
            ChoiceRow.seq == choice.seq,
        )
        .order_by(ChoiceRow.position)
    )
    session.add(
        LabelRow(
            conversation_id=choice.conversation_id,
            text=wrote,
            offered=list(offered),
            chosen=choice.payload,
            at=at,
        )
    )
