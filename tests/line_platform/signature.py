"""The signature that proves to a bot that a webhook is LINE's."""

from __future__ import annotations

import base64
import hashlib
import hmac

HEADER = "x-line-signature"


def signature(secret: str, body: bytes) -> str:
    """Return the base64 of the body's HMAC-SHA256 with the channel secret."""
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
