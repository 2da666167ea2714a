"""The signature that proves that a webhook is Meta's."""

from __future__ import annotations

import hashlib
import hmac
import re

HEADER = "X-Hub-Signature-256"
_FORM = re.compile(r"sha256=([0-9a-f]{64})")


def signature(secret: str, body: bytes) -> str:
    """Return the header's value for a body: ``sha256=`` and the HMAC-SHA256 in lowercase hex."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def fits(secret: str, body: bytes, header: str | None) -> bool:
    """Return whether the header signs exactly these bytes; an empty secret fits nothing.

    The bytes have to be those that came: Meta escapes some characters in its JSON, and JSON that
    was read and written again has another signature.
    """
    if not secret or header is None or _FORM.fullmatch(header) is None:
        return False
    return hmac.compare_digest(signature(secret, body), header)
