"""The identifiers that LINE gives out, in LINE's formats."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid

USER_ID = re.compile(r"U[0-9a-f]{32}")
GROUP_ID = re.compile(r"C[0-9a-f]{32}")
ROOM_ID = re.compile(r"R[0-9a-f]{32}")
ULID = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")

_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80
_ULID_LENGTH = 26
_FIRST_MESSAGE_ID = 610_000_000_000_000_000


def user_id(name: str) -> str:
    """Return the user id that belongs to a name: the same every time."""
    return "U" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def group_id(name: str) -> str:
    """Return the group id that belongs to a name: the same every time."""
    return "C" + hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()


def ulid(milliseconds: int) -> str:
    """Return a new ULID of that time: 48 bits of time, 80 random ones, in Crockford's base 32."""
    number = (milliseconds << _RANDOM_BITS) | secrets.randbits(_RANDOM_BITS)
    characters = []
    for _ in range(_ULID_LENGTH):
        number, digit = divmod(number, 32)
        characters.append(_CROCKFORD[digit])
    return "".join(reversed(characters))


def token() -> str:
    """Return a new opaque token: for replies, quotes, reading, linking accounts."""
    return secrets.token_hex(16)


def request_id() -> str:
    """Return a new ``x-line-request-id``."""
    return str(uuid.uuid4())


def rich_menu_id() -> str:
    """Return a new rich menu's id."""
    return f"richmenu-{secrets.token_hex(16)}"


class MessageIds:
    """Message ids: decimal numbers in a string, always rising."""

    def __init__(self) -> None:
        """Begin where LINE's ids were in 2026."""
        self._next = _FIRST_MESSAGE_ID

    def new(self) -> str:
        """Return the next one."""
        self._next += 1
        return str(self._next)
