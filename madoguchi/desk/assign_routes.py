"""Assigning chats to agents, and merging two of one customer, over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StringConstraints

from madoguchi.conversations.tokens import is_id
from madoguchi.desk.agent import Agent
from madoguchi.desk.agents import UnknownAgentError
from madoguchi.desk.chat_routes import Readable, Use, Workable
from madoguchi.desk.gate import DeskAuth, Worker, allowed, auth_of
from madoguchi.desk.merging import MergeRefusedError
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.parts import DeskParts
from madoguchi.desk.refusals import DeskProblem, not_owner
from madoguchi.desk.roles import Action
from madoguchi.desk.roles import allowed as may
from madoguchi.desk.summary import Summary

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Lead = Annotated[Agent, Depends(allowed(Action.ASSIGN))]
Auth = Annotated[DeskAuth, Depends(auth_of)]
_Id = Annotated[str, StringConstraints(max_length=32)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Assigned(_Body):
    """To whom."""

    agent_id: _Id


class Merged(_Body):
    """Which chat becomes part of this one, or is taken out again."""

    other: _Id


async def working(auth: DeskAuth, agent_id: str) -> Agent:
    """Return an agent who works on chats. Raises DeskProblem 422 when there is none such."""
    try:
        agent = await auth.agents.get(agent_id)
    except UnknownAgentError:
        raise DeskProblem(422, "agents.agent_unknown") from None
    if agent.removed_at is not None or not may(agent.role, Action.WORK):
        raise DeskProblem(422, "agents.agent_unknown")
    return agent


@router.post("/chats/{id}/assign")
async def assign(
    chat: Readable, lead: Lead, use: Use, auth: Auth, body: Assigned
) -> dict[str, Any]:
    """Give a chat that waits, or that another agent has, to an agent."""
    return await assigned(use, auth, chat, body.agent_id, lead)


async def assigned(
    use: DeskParts, auth: DeskAuth, chat: Summary, agent_id: str, by: Agent
) -> dict[str, Any]:
    """Assign a chat; return it, and whether the agent has more than their capacity.

    Raises DeskProblem 422 for an agent who does not work, 409 for a chat that nobody waits in.
    """
    agent = await working(auth, agent_id)
    if not await use.assigning.assign(chat.id, agent.id, by.id):
        raise DeskProblem(409, "chats.not_assignable")
    use.wake_delivery()
    done = await _now(use, chat.id)
    return done | {"over_capacity": await use.workload.is_over(agent.id)}


@router.post("/chats/{id}/merge")
async def merge(chat: Workable, agent: Worker, use: Use, body: Merged) -> dict[str, Any]:
    """Make another chat of the same customer part of the agent's own."""
    await _visible(use, agent, body.other)
    try:
        await use.merging.merge(chat.id, body.other, agent.id)
    except MergeRefusedError as error:
        raise DeskProblem(409, f"chats.{error.reason}") from None
    except NotOwnerError as error:
        now = {each.id: each for each in await use.summaries.of([chat.id, body.other])}
        others = now[body.other].agent
        foreign = others is not None and others[0] == error.holder != agent.id
        raise not_owner(now[body.other if foreign else chat.id]) from None
    use.wake_delivery()
    return await _now(use, chat.id)


@router.post("/chats/{id}/unmerge")
async def unmerge(chat: Readable, lead: Lead, use: Use, body: Merged) -> dict[str, Any]:
    """Take a chat out again that was merged into this one within the last day."""
    await _visible(use, lead, body.other)
    if not await use.merging.unmerge(chat.id, body.other, lead.id):
        raise DeskProblem(409, "chats.merge_over")
    return await _now(use, chat.id)


async def _visible(use: DeskParts, agent: Agent, chat_id: str) -> None:
    if not is_id(chat_id) or not await use.seeing.one(agent, chat_id):
        raise DeskProblem(404, "chats.chat_unknown")


async def _now(use: DeskParts, chat_id: str) -> dict[str, Any]:
    [summary] = await use.summaries.of([chat_id])
    return {"summary": summary.as_json()}
