"""The request by which a desk's page says that its agent looks at a chat."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, StrictBool

from madoguchi.conversations.tokens import is_id
from madoguchi.desk.agent import Agent
from madoguchi.desk.chat_routes import Use
from madoguchi.desk.gate import allowed
from madoguchi.desk.looking import Look
from madoguchi.desk.refusals import DeskProblem
from madoguchi.desk.roles import Action

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)


class LookBody(BaseModel):
    """Whether the chat is on the agent's screen, and whether they write in it."""

    model_config = ConfigDict(extra="forbid")

    on: StrictBool
    writes: StrictBool = False


@router.post("/chats/{id}/looking")
async def looking(
    chat_id: Annotated[str, Path(alias="id")],
    agent: Annotated[Agent, Depends(allowed(Action.WORK))],
    use: Use,
    body: LookBody,
) -> dict[str, Any]:
    """Tell the colleagues who may see the chat; auditors look without being seen.

    Who lost the chat a moment ago may still say that they look no more. Raises DeskProblem 404.
    """
    if not is_id(chat_id) or (body.on and not await use.seeing.one(agent, chat_id)):
        raise DeskProblem(404, "chats.chat_unknown")
    look = Look(agent.id, on=body.on, writes=body.on and body.writes)
    use.streams.publish(chat_id, look.as_event())
    return {}
