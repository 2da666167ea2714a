"""Keeps agents' second factors sealed at rest: a copy of the database gives none of them away."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SEALED = "sealed:"
# The same secret makes another key for another purpose.
_PURPOSE = b"madoguchi desk totp"
_KEY_BYTES = 32


class Seal:
    """Seals with the first of some secrets, and opens what any of them has sealed."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Derive the keys; there has to be a secret."""
        self._keys = MultiFernet([Fernet(_key(secret)) for secret in secrets])
        self._newest = Fernet(_key(secrets[0]))

    def sealed(self, plain: str) -> str:
        """Return the text as it is stored."""
        return _SEALED + self._newest.encrypt(plain.encode()).decode()

    def opened(self, stored: str) -> str | None:
        """Return the text of what is stored; None when none of the secrets has sealed it.

        What was stored before there was a seal is the text itself.
        """
        if not stored.startswith(_SEALED):
            return stored
        try:
            return self._keys.decrypt(stored.removeprefix(_SEALED)).decode()
        except InvalidToken:
            return None

    def renewed(self, stored: str) -> str:
        """Return what is to be stored from now on: the same, sealed with the newest secret."""
        if stored.startswith(_SEALED):
            try:
                self._newest.decrypt(stored.removeprefix(_SEALED))
            except InvalidToken:
                pass
            else:
                return stored
        plain = self.opened(stored)
        return stored if plain is None else self.sealed(plain)


def _key(secret: str) -> bytes:
    derived = HKDF(SHA256(), _KEY_BYTES, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
