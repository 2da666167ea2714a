"""What was told by e-mail and by webhook, for those who run the desk."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from madoguchi.clock import TOKYO
from madoguchi.desk.agent import Agent
from madoguchi.desk.chat_routes import Use
from madoguchi.desk.gate import allowed
from madoguchi.desk.refusals import DeskProblem
from madoguchi.desk.roles import Action
from madoguchi.desk.wording import untold
from madoguchi.notifications.model import Entry, State

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Overseer = Annotated[Agent, Depends(allowed(Action.READ_ALL))]
Lead = Annotated[Agent, Depends(allowed(Action.ASSIGN))]
_STUCK = (State.PARKED, State.WAITING, State.SENDING)


@router.get("/notifications")
async def list_notifications(
    _agent: Overseer,
    use: Use,
    state: Annotated[State | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
) -> dict[str, Any]:
    """Return the newest notifications: what did not arrive unless a state is asked for."""
    states = (state,) if state is not None else _STUCK
    entries = await use.notifying.outbox.entries(states, limit)
    return {"notifications": [_json(entry) for entry in entries]}


@router.post("/notifications/{number}/resend")
async def resend(
    agent: Lead, use: Use, number: Annotated[int, Path(ge=1, le=2**31 - 1)]
) -> dict[str, Any]:
    """Try a parked notification anew."""
    if not await use.notifying.outbox.resend(number):
        raise DeskProblem(409, "chats.not_resendable")
    await use.audit.record("notification.resend", agent.id, {"notification": number})
    return {}


def _json(entry: Entry) -> dict[str, Any]:
    ended = entry.ended_at.astimezone(TOKYO) if entry.ended_at is not None else None
    return {
        "id": entry.id,
        "kind": entry.kind.value,
        "via": entry.to.via.value,
        "recipient": entry.to.address or None,
        "chat_id": entry.conversation_id,
        "state": entry.state.value,
        "attempts": entry.attempts,
        "code": entry.code,
        "reason": untold(entry.code),
        "detail": entry.detail,
        "created_at": entry.created_at.astimezone(TOKYO).isoformat(timespec="milliseconds"),
        "ended_at": ended.isoformat(timespec="milliseconds") if ended is not None else None,
    }
