"""The signature by which a webhook proves that it is LINE's."""

from __future__ import annotations

import base64
import hashlib
import hmac

HEADER = "x-line-signature"


def fits(secret: str, body: bytes, header: str | None) -> bool:
    """Return whether the header is the body's signature with the channel secret.

    It is taken over the bytes as they came: JSON that was read and written again has another one.
    A missing header fits nothing, nor does anything fit an empty secret, which anybody knows.
    """
    if header is None or not secret:
        return False
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    # The text is compared, not what it decodes to: base64 has several ways to write the same.
    return hmac.compare_digest(base64.b64encode(digest), header.encode(errors="surrogatepass"))
