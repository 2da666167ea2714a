"""Brings webhooks to the service, signed as Meta signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Literal

import httpx

from tests.messenger_platform.events import Event

type Signing = Literal["right", "wrong", "missing", "sha1"]


def signed(secret: str, body: bytes) -> str:
    """Return the header's value for a body."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def encoded(content: Event) -> bytes:
    r"""Return JSON as Meta writes it: compact, with ``\u3042`` and ``\/`` in strings."""
    return json.dumps(content, separators=(",", ":")).replace("/", "\\/").encode()


class Courier:
    """A client of the service's webhook."""

    def __init__(self, address: str, secret: str, verify_token: str) -> None:
        """Bring webhooks to the address."""
        self._address = address
        self._secret = secret
        self._verify_token = verify_token
        self._http = httpx.AsyncClient(timeout=30, trust_env=False)

    async def close(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def verify(self, token: str | None = None, mode: str = "subscribe") -> bool:
        """Check the address as the app's dashboard does; returns whether Meta would take it."""
        challenge = secrets.token_hex(8)
        asked = {
            "hub.mode": mode,
            "hub.verify_token": self._verify_token if token is None else token,
            "hub.challenge": challenge,
        }
        answer = await self._http.get(self._address, params=asked)
        return answer.status_code == httpx.codes.OK and answer.text == challenge

    async def bring(self, body: bytes, signing: Signing = "right") -> httpx.Response:
        """Send a body and return what came back."""
        headers = {"Content-Type": "application/json", "User-Agent": "facebookexternalua"}
        match signing:
            case "right":
                headers["X-Hub-Signature-256"] = signed(self._secret, body)
            case "wrong":
                headers["X-Hub-Signature-256"] = signed(f"not {self._secret}", body)
            case "sha1":
                digest = hmac.new(self._secret.encode(), body, hashlib.sha1).hexdigest()
                headers["X-Hub-Signature"] = f"sha1={digest}"
        return await self._http.post(self._address, content=body, headers=headers)
