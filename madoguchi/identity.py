"""Identity tokens: who the shop's own site says the customer is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeGuard

import jwt

from madoguchi.clock import Clock

AUDIENCE = "madoguchi"
LONGEST_LIFE = timedelta(hours=1)
_LONGEST_ID = 128


class IdentityError(Exception):
    """The token proves nothing: it is forged, expired, too long-lived or not for us."""


@dataclass(frozen=True)
class Identity:
    """A signed-in member of the shop."""

    member_id: str
    name: str | None


def read_identity(token: str, secret: str, clock: Clock) -> Identity:
    """Return who a token names. Raises IdentityError (rules.md, "Who may see what")."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=AUDIENCE,
            # The times are checked below, against the clock that was passed in.
            options={
                "require": ["sub", "exp", "aud"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except jwt.PyJWTError as error:
        raise IdentityError(type(error).__name__) from None
    _check_life(claims, clock)
    member_id, name = claims["sub"], claims.get("name")
    if not _is_plain(member_id) or not 0 < len(member_id) <= _LONGEST_ID:
        raise IdentityError("sub")
    return Identity(member_id, name[:200] if _is_plain(name) else None)


def _is_plain(value: object) -> TypeGuard[str]:
    """Return whether a value is a text that every database can store."""
    return isinstance(value, str) and not re.search(r"[\0\ud800-\udfff]", value)


def _check_life(claims: dict[str, Any], clock: Clock) -> None:
    expires, now = claims["exp"], clock.now().timestamp()
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        raise IdentityError("exp")
    if not now < expires <= now + LONGEST_LIFE.total_seconds():
        raise IdentityError("exp")
    starts = claims.get("nbf", now)
    if isinstance(starts, bool) or not isinstance(starts, int | float) or starts > now:
        raise IdentityError("nbf")


def sign_identity(
    member_id: str, name: str | None, secret: str, clock: Clock, life: timedelta = LONGEST_LIFE
) -> str:
    """Return a token for a member, as a shop's site makes it; the demo shop uses it."""
    claims = {"sub": member_id, "aud": AUDIENCE, "exp": int((clock.now() + life).timestamp())}
    return jwt.encode(claims | ({"name": name} if name else {}), secret, algorithm="HS256")
