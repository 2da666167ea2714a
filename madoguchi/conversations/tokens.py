"""Unguessable ids, and tokens that are bound to one conversation."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


def new_id() -> str:
    """Return an id with 128 random bits."""
    return secrets.token_urlsafe(16)


def is_id(offered: str) -> bool:
    """Return whether a text could be an id; PostgreSQL fails on texts that could not."""
    return _ID.fullmatch(offered) is not None


def new_token() -> str:
    """Return a conversation's token with 256 random bits; only its hash is stored."""
    return secrets.token_urlsafe(32)


def token_hash(conversation_id: str, token: str) -> str:
    """Return what is stored of a token: it fits no other conversation."""
    return hashlib.sha256(f"{conversation_id}:{token}".encode(errors="surrogatepass")).hexdigest()


def token_fits(conversation_id: str, token: str, stored_hash: str) -> bool:
    """Return whether the token is the conversation's, in a time that tells nothing."""
    return hmac.compare_digest(token_hash(conversation_id, token), stored_hash)


def body_hash(body: str) -> str:
    """Return what is kept of a request's body to tell a repetition from a misuse of its key."""
    return hashlib.sha256(body.encode(errors="surrogatepass")).hexdigest()
