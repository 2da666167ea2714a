"""Signatures of the Standard Webhooks specification 1.0.0, symmetric (``v1``), both ways.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
# How far a call's time may be from ours, in either direction.
TOLERANCE = timedelta(minutes=5)

_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)
_WANTED = (
    "a secret is whsec_ and the base64 of 24 to 64 random bytes, e.g. the output of "
    "'echo whsec_$(openssl rand -base64 32)'; two with a blank between them while one is replaced"
)
# The specification joins id, time and body with full stops: one inside would move the borders.
_ID = re.compile(r"[!-\-/-~]{1,256}")
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class SecretError(ValueError):
    """What is configured is no secret of the specification; the message says what one is."""


class SignatureError(Exception):
    """A call is not proven to be from who knows the secret; ``code`` says what is wrong."""

    def __init__(self, code: str) -> None:
        """Refuse with ``signature_missing``, ``signature_expired`` or ``signature_invalid``."""
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Secrets:
    """The keys that calls are signed with: the current one and, while it is replaced, the old."""

    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def read(cls, text: str) -> Secrets:
        """Return the secrets that are written with blanks between them. Raises SecretError."""
        keys = tuple(_key(word) for word in text.split())
        if not keys:
            raise SecretError(_WANTED)
        return cls(keys)


def _key(word: str) -> bytes:
    try:
        key = base64.b64decode(word.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not word.startswith(_PREFIX) or len(key) not in _KEY_BYTES:
        raise SecretError(_WANTED)
    return key


def signed(secrets: Secrets, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove a call: its id, the time of this try, a signature per key.

    Raises ValueError for an id that cannot be signed.
    """
    if not _ID.fullmatch(message_id):
        raise ValueError("an id has 1 to 256 visible ASCII characters and no full stop")
    timestamp = str(int(at.timestamp()))
    return {
        ID: message_id,
        TIMESTAMP: timestamp,
        SIGNATURE: " ".join(_signatures(secrets, message_id, timestamp, body)),
    }


def verify(secrets: Secrets, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    """Return when the raw body was signed with one of the secrets within the tolerance.

    The names of the headers are looked up in lower case. Raises SignatureError.
    """
    message_id, timestamp, given = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not (message_id and timestamp and given):
        raise SignatureError("signature_missing")
    if not (_ID.fullmatch(message_id) and _TIMESTAMP.fullmatch(timestamp)):
        raise SignatureError("signature_invalid")
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        raise SignatureError("signature_expired")
    if not _any_fits(_signatures(secrets, message_id, timestamp, body), given.split(" ")):
        raise SignatureError("signature_invalid")


def _signatures(secrets: Secrets, message_id: str, timestamp: str, body: bytes) -> list[str]:
    content = b".".join((message_id.encode(), timestamp.encode(), body))
    digests = (hmac.new(key, content, hashlib.sha256).digest() for key in secrets.keys)
    return [f"v1,{base64.b64encode(digest).decode()}" for digest in digests]


def _any_fits(expected: list[str], given: list[str]) -> bool:
    """Compare all with all, whatever is found: the time taken tells nothing of a secret."""
    pairs = [
        hmac.compare_digest(ours.encode(), theirs.encode(errors="replace"))
        for ours in expected
        for theirs in given
    ]
    return any(pairs)
