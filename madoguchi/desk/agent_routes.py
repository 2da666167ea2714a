"""The desk's agents over HTTP: who there is, who is there, who did what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from madoguchi.clock import as_utc
from madoguchi.conversations.tokens import is_id
from madoguchi.desk import passwords, roles
from madoguchi.desk.agent import MOST_CAPACITY, Agent, AgentFieldError
from madoguchi.desk.agents import (
    LastAdminError,
    LoginTakenError,
    NewAgent,
    UnknownAgentError,
)
from madoguchi.desk.gate import DeskAuth, Reader, Worker, allowed, auth_of
from madoguchi.desk.passwords import WeakPasswordError
from madoguchi.desk.refusals import DeskProblem
from madoguchi.desk.roles import Action
from madoguchi.desk.signin_schemas import (
    AgentChangeBody,
    AgentList,
    AgentOut,
    AuditList,
    EntryOut,
    NewAgentBody,
    OneAgent,
    PresenceBody,
    WholeAgentOut,
)

router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Auth = Annotated[DeskAuth, Depends(auth_of)]
Manager = Annotated[Agent, Depends(allowed(Action.MANAGE_AGENTS))]
AuditReader = Annotated[Agent, Depends(allowed(Action.READ_AUDIT))]

_LARGEST_ID = 2**31 - 1


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the parts raise about agents and passwords into the desk's problems."""
    try:
        yield
    except UnknownAgentError:
        raise DeskProblem(404, "agents.agent_unknown") from None
    except LoginTakenError:
        raise DeskProblem(409, "agents.login_taken") from None
    except LastAdminError:
        raise DeskProblem(409, "agents.last_admin") from None
    except AgentFieldError as error:
        raise DeskProblem(422, f"agents.agent_{error.field}", most=MOST_CAPACITY) from None
    except WeakPasswordError as error:
        raise DeskProblem(
            422,
            f"signin.password_{error.reason}",
            shortest=passwords.SHORTEST,
            longest=passwords.LONGEST,
        ) from None


@router.get("/agents")
async def list_agents(auth: Auth, reader: Reader) -> AgentList:
    """Return the agents: names and presence for everybody, the rest for those who manage."""
    shown = WholeAgentOut if roles.allowed(reader.role, Action.READ_AGENTS) else AgentOut
    now = as_utc(auth.clock.now())
    there = {each.id: each for each in await auth.workload.all()}
    rows = []
    for agent in await auth.agents.all():
        row = shown.of(agent)
        if agent.id in there:
            row.presence, row.chats = there[agent.id].presence, there[agent.id].chats
        if isinstance(row, WholeAgentOut):
            row.locked = agent.locked_until is not None and as_utc(agent.locked_until) > now
        rows.append(row)
    return AgentList(agents=rows)


@router.post("/agents", status_code=201)
async def add_agent(auth: Auth, manager: Manager, body: NewAgentBody) -> OneAgent:
    """Add an agent; a password that was made up is in this answer and nowhere else."""
    password = passwords.generated() if body.password is None else body.password
    new = NewAgent(body.login, body.name, body.role, body.email, body.capacity)
    with refusing():
        agent = await auth.agents.create(new, password, manager.id)
    return OneAgent(
        agent=WholeAgentOut.of(agent), password=password if body.password is None else None
    )


@router.patch("/agents/{agent_id}")
async def change_agent(
    auth: Auth, manager: Manager, agent_id: str, body: AgentChangeBody
) -> OneAgent:
    """Change an agent's fields or password, unlock, switch the second factor off, or remove."""
    with refusing():
        number = _id(agent_id)
        await auth.agents.update(number, body.fields(), manager.id)
        if body.password is not None:
            await auth.upkeep.set_password(number, body.password, manager.id)
        if body.unlock:
            await auth.upkeep.unlock(number, manager.id)
        if body.reset_totp:
            await auth.upkeep.reset_totp(number, manager.id)
        if body.removed:
            await auth.agents.remove(number, manager.id)
        return OneAgent(agent=WholeAgentOut.of(await auth.agents.get(number)))


@router.post("/agents/{agent_id}/reset")
async def reset_agent(auth: Auth, manager: Manager, agent_id: str) -> OneAgent:
    """Give an agent a made-up password; locks, second factor and sign-ins are gone."""
    password = passwords.generated()
    with refusing():
        agent = await auth.agents.reset(_id(agent_id), password, manager.id)
    return OneAgent(agent=WholeAgentOut.of(agent), password=password)


@router.delete("/agents/{agent_id}", status_code=204)
async def remove_agent(auth: Auth, manager: Manager, agent_id: str) -> None:
    """Take an agent from the desk."""
    with refusing():
        await auth.agents.remove(_id(agent_id), manager.id)


@router.post("/presence")
async def set_presence(auth: Auth, worker: Worker, body: PresenceBody) -> OneAgent:
    """Say whether one is there for new chats."""
    with refusing():
        agent = await auth.agents.set_presence(worker.id, body.presence)
    return OneAgent(agent=WholeAgentOut.of(agent))


@router.get("/audit")
async def read_audit(
    auth: Auth,
    _reader: AuditReader,
    before: Annotated[int | None, Query(ge=1, le=_LARGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    agent: Annotated[str | None, Query(pattern=r"^[A-Za-z0-9_-]{1,32}$")] = None,
) -> AuditList:
    """Return who did what, the newest first."""
    entries = await auth.audit.entries(before=before, limit=limit, agent_id=agent)
    more = entries[-1].id if len(entries) == limit else None
    return AuditList(entries=[EntryOut.of(entry) for entry in entries], next=more)


def _id(offered: str) -> str:
    if not is_id(offered):
        raise UnknownAgentError(offered)
    return offered
