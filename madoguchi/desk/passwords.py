"""Passwords of agents: which are good enough, and their argon2id hashes."""

from __future__ import annotations

import asyncio
import base64
import re
import secrets
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 128
_FEWEST_CHARACTERS: Final = 5
# What is left of a password without the figures and marks around it.
_OBVIOUS: Final = frozenset(
    {
        "abcdefghijkl", "adminadmin", "administrator", "changeme", "correcthorsebatterystaple",
        "helpdesk", "iloveyou", "letmein", "madoguchi", "p@ssw0rd", "p@ssword",
        "passw0rd", "password", "passwordpassword", "pasuwado", "qazwsxedcrfv", "qwerty",
        "qwertyuiop", "qwertyuiopas", "support", "welcome", "パスワード",
    }
)  # fmt: skip
# How the demonstration's passwords begin.
_PUBLISHED: Final = "madoguchidemo"
_ROWS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")
# OWASP's least is 19 MiB and two passes. Three over 32 MiB take 50 to 100 ms of one core on a
# small server, which a person does not notice and a list of guesses does.
TIME_COST = 3
MEMORY_KIB = 32 * 1024
_HASH_BYTES, _SALT_BYTES = 32, 16
# Each takes its memory: a burst of sign-ins waits its turn and leaves the chats their processor.
_AT_ONCE = 2


class WeakPasswordError(Exception):
    """A new password that is not good enough; ``reason``: short, long, login or obvious."""

    def __init__(self, reason: str) -> None:
        """Refuse for the reason."""
        super().__init__(reason)
        self.reason = reason


def check_new(password: str, login: str) -> None:
    """Return when the password may be used by the login. Raises WeakPasswordError.

    At least 12 and at most 128 characters; no rules on kinds of characters, which lead to
    predictable ones (NIST SP 800-63B, 3.1.1.2).
    """
    plain = _normal(password).casefold()
    if len(plain) < SHORTEST:
        raise WeakPasswordError("short")
    if len(plain) > LONGEST:
        raise WeakPasswordError("long")
    core = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", plain)
    bare = re.sub(r"[\W_]+", "", core)
    own = login.casefold()
    if own and own in plain and not re.sub(r"[\W\d_]", "", plain.replace(own, "")):
        raise WeakPasswordError("login")
    known = bool({core, bare} & _OBVIOUS) or bare.startswith(_PUBLISHED)
    if known or _is_run(plain) or len(set(plain)) < _FEWEST_CHARACTERS:
        raise WeakPasswordError("obvious")


def generated() -> str:
    """Return a new password with 120 random bits, easy to copy by hand."""
    raw = base64.b32encode(secrets.token_bytes(15)).decode().lower()
    return "-".join(raw[at : at + 4] for at in range(0, len(raw), 4))


class Passwords:
    """Hashes and checks passwords in threads, so that nobody else has to wait for it."""

    def __init__(self, time_cost: int = TIME_COST, memory_kib: int = MEMORY_KIB) -> None:
        """Use so many passes over so much memory."""
        self._hasher = PasswordHasher(
            time_cost, memory_kib, parallelism=1, hash_len=_HASH_BYTES, salt_len=_SALT_BYTES
        )
        # Looks like a hash with these parameters and is none of any password.
        salt, end = _random(_SALT_BYTES), _random(_HASH_BYTES)
        self._nobodys = f"$argon2id$v=19$m={memory_kib},t={time_cost},p=1${salt}${end}"
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        """Return what is stored of a password."""
        async with self._turn:
            return await asyncio.to_thread(self._hasher.hash, _bytes(password))

    def hash_published(self, password: str) -> str:
        """Return a hash of a password that everybody knows, made at once and worth nothing.

        It is made anew with the parameters in use when somebody signs in with it.
        """
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        return quick.hash(_bytes(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Return whether the password is the one of the hash.

        Without a hash (there is no such login) it does the same work before it returns False.
        """
        async with self._turn:
            fits = await asyncio.to_thread(self._fits, stored or self._nobodys, password)
        return fits and stored is not None

    def needs_rehash(self, stored: str) -> bool:
        """Return whether the hash was made with other parameters than those in use."""
        return self._hasher.check_needs_rehash(stored)

    def _fits(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False


def _normal(password: str) -> str:
    # The same password typed on another keyboard may come in another form of Unicode.
    return unicodedata.normalize("NFKC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode(errors="surrogatepass")


def _is_run(plain: str) -> bool:
    """Return whether it only walks along a row of keys, in either direction."""
    return any(plain in row or plain in row[::-1] for row in _ROWS)


def _random(count: int) -> str:
    return base64.b64encode(secrets.token_bytes(count)).decode().rstrip("=")
