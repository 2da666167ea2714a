"""What stands behind a platform's buttons: signed choices that expire, and a menu's commands.

A platform hands a button's data back as it was given, from any message of any age. So a choice says
for whom it was made and until when; a menu stays for months and names one of a few commands.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_DATA = 300
LIFE = timedelta(hours=24)

_VERSION = "c1"
_CHOICE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_SIGNED = re.compile(r"c1\.([A-Za-z0-9_-]{1,128})\.([0-9]{1,11})\.([A-Za-z0-9_-]{22})")
_COMMAND = re.compile(r"menu:([a-z][a-z_]{0,39})")
_MAC_BYTES = 16
_INFO = b"madoguchi line postback 1"


@dataclass(frozen=True)
class Chosen:
    """A choice that was offered to this customer, and not too long ago."""

    choice_id: str


@dataclass(frozen=True)
class Expired:
    """A choice that was offered to this customer, too long ago."""


@dataclass(frozen=True)
class Foreign:
    """Nothing of ours, or not made for this customer."""


@dataclass(frozen=True)
class Command:
    """A button that is the same for everybody: of a rich menu, or the one that fetches."""

    name: str


class Postbacks:
    """Signs choices and reads what buttons hand back."""

    def __init__(self, secret: str, life: timedelta = LIFE) -> None:
        """Sign with a key made of the secret. Raises ValueError for an empty secret."""
        if not secret:
            raise ValueError("choices cannot be signed with an empty secret")
        self._key = _derived(secret)
        self._life = life

    def sign(self, choice_id: str, user: str, now: datetime) -> str:
        """Return a button's data, of at most 300 characters, for one customer.

        Raises ValueError for an id that is no choice's.
        """
        if not _CHOICE.fullmatch(choice_id):
            raise ValueError("a choice's id has 1 to 128 letters, digits, hyphens, underscores")
        ends = str(math.ceil((now + self._life).timestamp()))
        return f"{_VERSION}.{choice_id}.{ends}.{self._mac(choice_id, ends, user)}"

    def read(self, data: str, user: str, now: datetime) -> Chosen | Expired | Foreign | Command:
        """Return what the data of a button means that this customer tapped at that time."""
        if command := _COMMAND.fullmatch(data):
            return Command(command.group(1))
        signed = _SIGNED.fullmatch(data)
        if signed is None:
            return Foreign()
        choice_id, ends, mac = signed.groups()
        if not hmac.compare_digest(mac, self._mac(choice_id, ends, user)):
            return Foreign()
        return Expired() if now.timestamp() > int(ends) else Chosen(choice_id)

    def _mac(self, choice_id: str, ends: str, user: str) -> str:
        # The user stands last: neither of the others can contain the line break.
        signed = f"{_VERSION}\n{choice_id}\n{ends}\n{user}".encode(errors="surrogatepass")
        digest = hmac.new(self._key, signed, hashlib.sha256).digest()[:_MAC_BYTES]
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def command(name: str) -> str:
    """Return the data of a button that is the same for everybody. Raises ValueError."""
    data = f"menu:{name}"
    if not _COMMAND.fullmatch(data):
        raise ValueError(f"{name!r} is no command: lower-case letters and underscores")
    return data


def _derived(secret: str) -> bytes:
    """Return a key that is of no use for whatever else the secret signs (RFC 5869, one block)."""
    extracted = hmac.new(b"\0" * 32, secret.encode(), hashlib.sha256).digest()
    return hmac.new(extracted, _INFO + b"\x01", hashlib.sha256).digest()
