"""Puts a conversation into the queue, in the transaction of whoever has a reason to."""

from __future__ import annotations

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.model import Kind, Owner, Sender
from madoguchi.conversations.tables import MessageRow
from madoguchi.desk.goals import as_goal
from madoguchi.desk.model import Reason, Stage
from madoguchi.desk.steps import Step, changed, open_handoff
from madoguchi.desk.tables import HandoffRow

_LAST = 6
_LONGEST_DETAIL = 200
# 「オペレーターにつないでいただけますか」 is shorter.
_TELLS = 20


async def put_into_queue(
    step: Step, reason: Reason, goal: str = "", detail: str | None = None
) -> tuple[HandoffRow, bool]:
    """Return the handoff that is open, and whether it was opened now.

    Without a ``goal`` it is what the customer wrote. Who waits already, or is with an agent, stays
    where they are.
    """
    known = await open_handoff(step)
    if known is not None:
        return known, False
    made = HandoffRow(
        conversation_id=step.row.id,
        reason=reason,
        detail=detail[:_LONGEST_DETAIL] if detail else None,
        goal=goal or await wish_of(step.session, step.row.id),
        site=step.row.site,
        state=Stage.WAITING,
        asked_at=step.now,
    )
    step.session.add(made)
    await step.session.flush()
    step.row.owner, step.row.handoff_id = Owner.QUEUE, made.id
    step.row.agent_id = None
    changed(step)
    return made, True


async def last_stretch_until(session: AsyncSession, conversation_id: str) -> int:
    """Return the number of the last message of the stretches with people so far, 0 without any.

    Told by what was said and not by times: a clock may stand still.
    """
    theirs = or_(
        MessageRow.sender == Sender.AGENT,
        and_(MessageRow.sender == Sender.SYSTEM, MessageRow.kind == Kind.HANDOFF),
    )
    last = await session.scalar(
        select(func.max(MessageRow.seq)).where(
            MessageRow.conversation_id == conversation_id, theirs
        )
    )
    return int(last or 0)


async def wish_of(session: AsyncSession, conversation_id: str, asked_in: int | None = None) -> str:
    """Return what the customer wants in their own words: the longest of the last they wrote.

    What they wrote up to the last stretch with a person was that one's. The message ``asked_in``
    asks for a person: a short one says nothing of why.
    """
    rows = await session.execute(
        select(MessageRow.seq, MessageRow.text)
        .where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.seq > await last_stretch_until(session, conversation_id),
            MessageRow.sender == Sender.CUSTOMER,
            MessageRow.withdrawn_at.is_(None),
            # A rating is no wish.
            MessageRow.act.is_(None),
        )
        .order_by(MessageRow.seq.desc())
        .limit(_LAST)
    )
    written = [(seq, text) for seq, text in rows]
    telling = [text for seq, text in written if seq != asked_in or len(text) >= _TELLS]
    longest = max(telling or [text for _, text in written], key=len, default="")
    return as_goal(longest)
