"""The small steps that changes of ownership are made of, inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.model import Draft, Message, Owner, Sender
from madoguchi.conversations.tables import ConversationRow, InboxRow, MessageRow
from madoguchi.conversations.writing import send, write
from madoguchi.desk.model import Stage
from madoguchi.desk.tables import DeskChangeRow, HandoffRow

_LAST = 6
_LONGEST_WISH = 160


@dataclass(frozen=True)
class Step:
    """A step's place: the open transaction and the locked conversation."""

    session: AsyncSession
    row: ConversationRow
    now: datetime


def is_theirs(step: Step, agent_id: str) -> bool:
    """Return whether the agent has the chat."""
    return step.row.owner == Owner.AGENT and step.row.agent_id == agent_id


async def open_handoff(step: Step) -> HandoffRow | None:
    """Return the stretch that is not over, if there is one."""
    found: HandoffRow | None = await step.session.scalar(
        select(HandoffRow).where(
            HandoffRow.conversation_id == step.row.id, HandoffRow.state != Stage.ENDED
        )
    )
    return found


async def silence_the_bot(step: Step) -> None:
    """Take back what the bot has not sent, and leave what it has not answered to the agent."""
    await step.session.execute(
        update(InboxRow)
        .where(InboxRow.conversation_id == step.row.id, InboxRow.state == "pending")
        .values(state="done", done_at=step.now)
    )
    await step.session.execute(
        update(OutboxRow)
        .where(OutboxRow.conversation_id == step.row.id, OutboxRow.state.in_(("waiting", "held")))
        .values(state="cancelled", code="taken_over", ended_at=step.now)
    )


async def tell(step: Step, notice: Draft | None) -> list[Message]:
    """Tell the customer something; returns what was stored."""
    if notice is None:
        return []
    written = await write(step.session, step.row.id, [notice], step.now)
    await send(step.session, step.row.id, written, step.now)
    return written.messages


def changed(step: Step, kind: str = "chat") -> None:
    """Have open desks learn of it."""
    step.session.add(DeskChangeRow(conversation_id=step.row.id, kind=kind, at=step.now))


async def wish_of(step: Step) -> str:
    """Return what the customer wants in their own words: the longest of the last they wrote."""
    written = await step.session.scalars(
        select(MessageRow.text)
        .where(
            MessageRow.conversation_id == step.row.id,
            MessageRow.sender == Sender.CUSTOMER,
            MessageRow.withdrawn_at.is_(None),
        )
        .order_by(MessageRow.seq.desc())
        .limit(_LAST)
    )
    return " ".join(max(written, key=len, default="").split())[:_LONGEST_WISH]
