"""Who may do what at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What somebody is at the desk."""

    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"
    # For those who have to look into everything and must not be able to change it.
    AUDITOR = "auditor"


class Action(StrEnum):
    """What the desk asks permission for; one's own password and sessions need none."""

    # The queue, one's own chats, inquiries, canned answers and who is there.
    READ = "read"
    # Other agents' chats too.
    READ_ALL = "read_all"
    # E-mail addresses and sign-in names of agents.
    READ_AGENTS = "read_agents"
    READ_AUDIT = "read_audit"
    # Take, answer, note, tag, snooze, close, give back and transfer one's own chats; inquiries.
    WORK = "work"
    # Transfer and assign the chats of others.
    ASSIGN = "assign"
    WRITE_CANNED = "write_canned"
    MANAGE_AGENTS = "manage_agents"


READING: Final = frozenset(
    {Action.READ, Action.READ_ALL, Action.READ_AGENTS, Action.READ_AUDIT},
)
_AGENT: Final = frozenset({Action.READ, Action.WORK})
_LEAD: Final = _AGENT | {Action.READ_ALL, Action.ASSIGN, Action.WRITE_CANNED}
_ALLOWED: Final[Mapping[Role, frozenset[Action]]] = {
    Role.AGENT: _AGENT,
    Role.LEAD: _LEAD,
    Role.ADMIN: _LEAD | READING | {Action.MANAGE_AGENTS},
    Role.AUDITOR: READING,
}


def allowed(role: Role, action: Action) -> bool:
    """Return whether somebody with the role may do it."""
    return action in _ALLOWED[role]


def actions_of(role: Role) -> frozenset[Action]:
    """Return everything that the role may do."""
    return _ALLOWED[role]
