"""One-time codes of an agent's second factor (TOTP, RFC 6238)."""

from __future__ import annotations

import hmac
import io
import re
import unicodedata
from datetime import datetime

import pyotp
import segno

ISSUER = "Madoguchi"
# A phone's clock may be off by this many steps of 30 seconds.
_STEPS_AROUND = 1
_CODE = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """Return a secret with 160 random bits, in base32."""
    return pyotp.random_base32(32)


def uri(secret: str, login: str) -> str:
    """Return the ``otpauth`` address that authenticator apps read from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def qr_code(address: str) -> bytes:
    """Return the address as a QR code, an SVG picture that stands by itself."""
    picture = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        picture, kind="svg", scale=6, border=4, light="#ffffff"
    )
    return picture.getvalue()


def counter_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the step that the code belongs to around the aware time, None for a wrong code.

    The caller keeps the step: a code is good once, and none of an earlier step after it.
    """
    # People type it with a gap, and on a Japanese keyboard full-width.
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", code))
    if _CODE.fullmatch(plain) is None:
        return None
    totp = pyotp.TOTP(secret)
    now = totp.timecode(at)
    for step in range(max(0, now - _STEPS_AROUND), now + _STEPS_AROUND + 1):
        if hmac.compare_digest(totp.generate_otp(step), plain):
            return step
    return None
