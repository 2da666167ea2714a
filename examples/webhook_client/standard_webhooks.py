# /// script
# requires-python = ">=3.10"
# ///
"""Signs and checks calls as Standard Webhooks 1.0.0 says. Copy this file into your own system.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE_SECONDS = 300


class NotSignedError(Exception):
    """A call is not from who it claims to be, or it is too old."""


def sign(secret: str, message_id: str, body: bytes, now: float | None = None) -> dict[str, str]:
    """Return the three headers for a call.

    The id stays the same when a call is tried again, and holds no full stop; the time is each
    try's own. ``body`` is exactly what is sent.
    """
    timestamp = str(int(time.time() if now is None else now))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(_signatures(secret, message_id, timestamp, body)),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float | None = None) -> None:
    """Return when the call is signed with the secret. Raises NotSignedError.

    The headers' names are in lower case. ``body`` is what arrived, byte for byte, before
    anything has read it as JSON.
    """
    message_id, timestamp, signatures = (headers.get(name, "") for name in HEADERS)
    if not message_id or not (timestamp.isascii() and timestamp.isdecimal()):
        raise NotSignedError("the headers are missing or odd")
    if abs((time.time() if now is None else now) - int(timestamp[:12])) > TOLERANCE_SECONDS:
        raise NotSignedError("the call is older or newer than five minutes")
    for expected in _signatures(secret, message_id, timestamp, body):
        for one in signatures.split(" "):
            # Takes the same time however much of the two is equal.
            if hmac.compare_digest(expected.encode(), one.encode()):
                return
    raise NotSignedError("no signature fits")


def _signatures(secret: str, message_id: str, timestamp: str, body: bytes) -> list[str]:
    """Return a signature for each of the secrets (two, with a blank, while one is replaced)."""
    content = b".".join([message_id.encode(), timestamp.encode(), body])
    keys = [base64.b64decode(word.removeprefix("whsec_")) for word in secret.split()]
    digests = [hmac.new(key, content, hashlib.sha256).digest() for key in keys]
    return ["v1," + base64.b64encode(digest).decode() for digest in digests]
