"""Phone numbers and e-mail addresses, however they are written, in the form they are kept in."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Sequence

# Longer than any address or number; what is longer is not looked at.
_LONGEST = 320
# What people put between digits, NFKC done: hyphens, dashes, the katakana sound mark, brackets.
_BETWEEN = re.compile(r"[\s\-‐‑‒–—―−─ーｰ~〜・./()\[\]]")
_FROM_ABROAD = re.compile(r"^(?:\+|00|010)?81(?=0?[1-9])0?")
# 020, 050 to 090: eleven digits; with an area code or 0120: ten.
_PHONE = re.compile(r"0[25-9]0[0-9]{8}|0(?![25-9]0)[1-9][0-9]{8}")
_EMAIL = re.compile(r"[!-?A-~]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")


def normalised_contact(contact: str) -> str | None:
    """Return the phone number's digits or the e-mail address in lower case, None for neither.

    「０９０−１２３４−５６７８」, 「+81 90-1234-5678」 and 「(090)1234-5678」 all
    become 「09012345678」.
    """
    if len(contact) > _LONGEST:
        return None
    text = unicodedata.normalize("NFKC", contact).strip()
    return _email(text) if "@" in text else _phone(text)


def is_registered(contact: str, registered: Sequence[str | None]) -> bool:
    """Return whether the contact is one of those that are kept, in the form they are kept in.

    It compares with every one, in a time that says nothing about them; a missing one (None) is
    compared with too and fits nothing.
    """
    given = _digest(normalised_contact(contact), missing="given")
    fits = [hmac.compare_digest(given, _digest(kept, missing="kept")) for kept in registered]
    return any(fits)


def _email(text: str) -> str | None:
    # Some telephones put a space around the @ or after a word they completed.
    text = "".join(text.split()).lower()
    return text if _EMAIL.fullmatch(text) else None


def _phone(text: str) -> str | None:
    digits = _BETWEEN.sub("", text)
    if not digits.startswith("0") or digits.startswith(("00", "010")):
        digits = _FROM_ABROAD.sub("0", digits)
    return digits if _PHONE.fullmatch(digits) else None


def _digest(contact: str | None, *, missing: str) -> bytes:
    """Return always the same number of bytes; missing ones of two sides do not agree."""
    text = f"is {contact}" if contact is not None else f"missing {missing}"
    return hashlib.sha256(text.encode()).digest()
