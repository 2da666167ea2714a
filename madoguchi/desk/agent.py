"""An agent as the parts of the desk see one, and which values an agent may have."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from madoguchi.clock import TOKYO, as_utc
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow

LONGEST_NAME = 80
LONGEST_EMAIL = 254
MOST_CAPACITY = 50
USUAL_CAPACITY = 4
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Presence(StrEnum):
    """Whether an agent is there for new chats."""

    ONLINE = "online"
    AWAY = "away"
    OFFLINE = "offline"


class AgentFieldError(Exception):
    """A value that no agent may have; ``field``: login, name, email, role or capacity."""

    def __init__(self, field: str) -> None:
        """Refuse the field's value."""
        super().__init__(field)
        self.field = field


@dataclass(frozen=True)
class Agent:
    """Someone who works at the desk; nothing secret is in it. Times are in Asia/Tokyo."""

    id: str
    login: str
    name: str
    role: Role
    email: str | None
    # How many chats at a time.
    capacity: int
    presence: Presence
    presence_at: datetime | None
    totp: bool
    locked_until: datetime | None
    removed_at: datetime | None
    created_at: datetime


def agent_of(row: AgentRow) -> Agent:
    """Return the agent of a row."""
    return Agent(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        email=row.email,
        capacity=row.capacity,
        presence=Presence(row.presence),
        presence_at=_tokyo(row.presence_at),
        totp=row.totp_confirmed_at is not None,
        locked_until=_tokyo(row.locked_until),
        removed_at=_tokyo(row.removed_at),
        created_at=as_utc(row.created_at).astimezone(TOKYO),
    )


def known_login(login: str) -> str | None:
    """Return a sign-in name as it is stored, None for what cannot be one."""
    plain = unicodedata.normalize("NFKC", login).strip().lower()
    return plain if _LOGIN.fullmatch(plain) else None


def checked_login(login: str) -> str:
    """Return a new sign-in name as it is stored. Raises AgentFieldError."""
    plain = known_login(login)
    if plain is None:
        raise AgentFieldError("login")
    return plain


def checked_name(name: str) -> str:
    """Return the name that customers see, without what cannot be seen. Raises AgentFieldError."""
    # Categories C: controls, directions of writing and halves of characters.
    seen = "".join(" " if character.isspace() else character for character in name)
    plain = "".join(c for c in seen if unicodedata.category(c)[0] != "C").strip()
    if not 0 < len(plain) <= LONGEST_NAME:
        raise AgentFieldError("name")
    return plain


def checked_email(email: str | None) -> str | None:
    """Return the address, None when there is none. Raises AgentFieldError."""
    plain = (email or "").strip()
    if not plain:
        return None
    if len(plain) > LONGEST_EMAIL or not _EMAIL.fullmatch(plain):
        raise AgentFieldError("email")
    return plain


def checked_capacity(capacity: int) -> int:
    """Return how many chats at a time, 1 to 50. Raises AgentFieldError."""
    if not 1 <= capacity <= MOST_CAPACITY:
        raise AgentFieldError("capacity")
    return capacity


def _tokyo(at: datetime | None) -> datetime | None:
    return as_utc(at).astimezone(TOKYO) if at is not None else None
