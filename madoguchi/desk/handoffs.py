"""Handoffs read back from their rows."""

from __future__ import annotations

from datetime import datetime

from madoguchi.clock import as_utc
from madoguchi.desk.model import Handoff, Reason, Stage
from madoguchi.desk.tables import HandoffRow


def handoff_of(row: HandoffRow) -> Handoff:
    """Return the handoff of a row; times are in UTC."""

    def time(at: datetime | None) -> datetime | None:
        return as_utc(at) if at is not None else None

    return Handoff(
        id=row.id,
        conversation_id=row.conversation_id,
        reason=Reason(row.reason),
        goal=row.goal,
        stage=Stage(row.state),
        asked_at=as_utc(row.asked_at),
        detail=row.detail,
        site=row.site,
        agent_id=row.agent_id,
        taken_at=time(row.taken_at),
        ended_at=time(row.ended_at),
        result=row.result,
    )
