"""The small steps that changes of ownership are made of, inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel_tables import OutboxRow
from madoguchi.conversations.model import Draft, Message, Owner
from madoguchi.conversations.tables import ConversationRow, InboxRow
from madoguchi.conversations.writing import UnknownConversationError, send, write
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.tables import AuditRow, DeskChangeRow, HandoffRow


@dataclass(frozen=True)
class Step:
    """A step's place: the open transaction and the locked conversation."""

    session: AsyncSession
    row: ConversationRow
    now: datetime


async def locked(session: AsyncSession, conversation_id: str, now: datetime) -> Step:
    """Return the conversation, which nobody else changes until the transaction ends.

    ``now`` is in UTC. Raises UnknownConversationError.
    """
    row = await session.scalar(
        select(ConversationRow).where(ConversationRow.id == conversation_id).with_for_update()
    )
    if row is None:
        raise UnknownConversationError
    return Step(session, row, now)


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


async def hand_to(step: Step, agent_id: str) -> None:
    """Make the chat the agent's, from whomever it comes.

    From here on nothing of the bot goes out, and ``taken_at`` says since when the agent has it.
    """
    handoff = await open_handoff(step)
    if handoff is None:
        handoff = HandoffRow(
            conversation_id=step.row.id,
            reason=Reason.CUSTOMER,
            detail="taken without a call",
            goal="",
            site=step.row.site,
            state=Stage.WAITING,
            asked_at=step.now,
        )
        step.session.add(handoff)
        await step.session.flush()
    if step.row.owner != Owner.AGENT:
        await silence_the_bot(step)
    handoff.state, handoff.agent_id, handoff.taken_at = Stage.TAKEN, agent_id, step.now
    step.row.owner, step.row.agent_id = Owner.AGENT, agent_id
    step.row.handoff_id, step.row.snoozed_until = handoff.id, None
    changed(step)


async def put_back(step: Step) -> None:
    """Have the chat wait again, with its old place."""
    handoff = await open_handoff(step)
    if handoff is not None:
        handoff.state, handoff.agent_id = Stage.WAITING, None
    step.row.owner, step.row.agent_id, step.row.snoozed_until = Owner.QUEUE, None, None
    changed(step)


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


def deed(step: Step, action: str, agent_id: str | None, **detail: Any) -> None:
    """Write a deed into the log, so that both stand or neither; without an agent, the system's."""
    step.session.add(
        AuditRow(
            agent_id=agent_id,
            action=action,
            conversation_id=step.row.id,
            detail=detail,
            at=step.now,
        )
    )


def changed(step: Step, kind: str = "chat") -> None:
    """Have open desks learn of it."""
    step.session.add(DeskChangeRow(conversation_id=step.row.id, kind=kind, at=step.now))
