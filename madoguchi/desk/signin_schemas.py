"""What the desk sends and gets about agents and their sign-ins, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field

from madoguchi.desk.agent import USUAL_CAPACITY, Agent, Presence
from madoguchi.desk.agents import Changes
from madoguchi.desk.audit import Entry
from madoguchi.desk.roles import Action, Role, actions_of
from madoguchi.desk.sessions import Session

# Far above what is right, and far below what is work to refuse.
type _Text = Annotated[str, Field(max_length=1024)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SignInBody(_Body):
    """A try to sign in."""

    login: _Text
    password: _Text
    code: _Text | None = None


class PasswordChange(_Body):
    """A new password for oneself."""

    current: _Text
    new: _Text


class FactorOff(_Body):
    """The own password once more, and a one-time code."""

    password: _Text
    code: _Text


class CodeBody(_Body):
    """A one-time code."""

    code: _Text


class PresenceBody(_Body):
    """Whether one is there for new chats."""

    presence: Presence


class NewAgentBody(_Body):
    """Who is to work at the desk; without a password one is made up."""

    login: _Text
    name: _Text
    role: Role
    email: _Text | None = None
    capacity: int = USUAL_CAPACITY
    password: _Text | None = None


class AgentChangeBody(_Body):
    """What is to be changed; what is left out stays."""

    name: _Text = ""
    role: Role = Role.AGENT
    email: _Text | None = None
    capacity: int = USUAL_CAPACITY
    password: _Text | None = None
    unlock: bool = False
    reset_totp: bool = False
    # Nobody comes back: a removed agent's sign-in name is not given again.
    removed: Literal[True] | None = None

    def fields(self) -> Changes:
        """Return what is to be changed of the agent's own fields."""
        named = self.model_dump(exclude_unset=True, include={"name", "role", "email", "capacity"})
        return cast("Changes", named)


class AgentOut(BaseModel):
    """An agent as every colleague sees one."""

    id: str
    name: str
    role: Role
    presence: Presence
    presence_at: datetime | None
    # None where it was not counted.
    chats: int | None = None
    capacity: int

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """Return the agent's JSON."""
        return cls.model_validate(agent, from_attributes=True)


class WholeAgentOut(AgentOut):
    """An agent as one sees oneself, and as those do who manage agents."""

    login: str
    email: str | None
    totp: bool
    locked_until: datetime | None
    locked: bool = False
    created_at: datetime


class MyselfOut(WholeAgentOut):
    """The one who is signed in, with what the desk has to offer them."""

    actions: list[Action]

    @classmethod
    def of(cls, agent: Agent) -> Self:
        """Return the agent's JSON."""
        whole = WholeAgentOut.of(agent).model_dump()
        return cls(**whole, actions=sorted(actions_of(agent.role)))


class Myself(BaseModel):
    """The answer to signing in."""

    agent: MyselfOut


class OneAgent(BaseModel):
    """One agent; ``password`` only when it was made up, and only this once."""

    agent: WholeAgentOut
    password: str | None = None


class AgentList(BaseModel):
    """The agents by their sign-in names."""

    agents: list[WholeAgentOut | AgentOut]


class SessionOut(BaseModel):
    """One sign-in of oneself."""

    id: str
    client: str
    created_at: datetime
    seen_at: datetime
    ends_at: datetime
    current: bool

    @classmethod
    def of(cls, session: Session, *, current: bool) -> Self:
        """Return the sign-in's JSON."""
        return cls(
            id=session.id,
            client=session.client,
            created_at=session.created_at,
            seen_at=session.seen_at,
            ends_at=session.ends_at,
            current=current,
        )


class SessionList(BaseModel):
    """One's own sign-ins, the latest seen first."""

    sessions: list[SessionOut]


class SecretOut(BaseModel):
    """A second factor that is to be confirmed: its secret, and the same as a QR code's text."""

    secret: str
    uri: str


class EntryOut(BaseModel):
    """One deed of the audit log."""

    id: int
    agent_id: str | None
    action: str
    conversation_id: str | None
    detail: Mapping[str, Any]
    at: datetime

    @classmethod
    def of(cls, entry: Entry) -> Self:
        """Return the deed's JSON."""
        return cls.model_validate(entry, from_attributes=True)


class AuditList(BaseModel):
    """Deeds, the newest first; ``next`` goes into ``before`` for older ones."""

    entries: list[EntryOut]
    next: int | None
