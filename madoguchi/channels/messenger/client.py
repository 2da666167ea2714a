"""Meta's Graph API: sending, showing that an answer is being made, and customers' names."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from madoguchi import __version__
from madoguchi.channels.messenger.shapes import mapping
from madoguchi.settings import SettingsError

GRAPH_URL = "https://graph.facebook.com"
GRAPH_VERSION = "v25.0"


@dataclass(frozen=True)
class Bounds:
    """How long the platform may take, in seconds; ``whole`` is one request from start to end."""

    connect: float = 2.0
    whole: float = 8.0
    # What customers do not miss: that someone types, and their name.
    aside: float = 3.0
    connections: int = 20


@dataclass(frozen=True)
class Answer:
    """What the platform answered; ``content`` is empty when it was no JSON object."""

    status: int
    content: dict[str, Any]
    headers: httpx.Headers


class GraphClient:
    """One page's access to the API. Every method raises httpx's errors and TimeoutError."""

    def __init__(
        self,
        token: str,
        *,
        app_secret: str | None = None,
        url: str = GRAPH_URL,
        version: str = GRAPH_VERSION,
        bounds: Bounds | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Speak with the page's access token; with the app's secret each request is proven too.

        Raises SettingsError for a token that no header can carry.
        """
        if re.fullmatch(r"[!-~]+", token) is None:
            raise SettingsError("the access token must be of visible ASCII characters")
        self._bounds = bounds or Bounds()
        proof = {"appsecret_proof": app_secret_proof(token, app_secret)} if app_secret else {}
        self._http = httpx.AsyncClient(
            base_url=f"{url.rstrip('/')}/{version}",
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json",
                "User-Agent": f"madoguchi/{__version__}",
            },
            params=proof,
            timeout=httpx.Timeout(self._bounds.whole, connect=self._bounds.connect),
            limits=httpx.Limits(max_connections=self._bounds.connections),
            follow_redirects=False,  # the token is for this address alone
            trust_env=False,  # a proxy from the environment would see it
            verify=tls or True,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, message: dict[str, Any]) -> Answer:
        """Send one message."""
        return await self._ask("POST", "/me/messages", self._bounds.whole, message)

    async def act(self, user: str, action: str) -> Answer:
        """Show an action (``typing_on``, ``mark_seen``) to a customer."""
        content = {"recipient": {"id": user}, "sender_action": action}
        return await self._ask("POST", "/me/messages", self._bounds.aside, content)

    async def profile(self, user: str, fields: str) -> Answer:
        """Ask for what is known of a customer."""
        path = f"/{quote(user, safe='')}"
        return await self._ask("GET", path, self._bounds.aside, fields={"fields": fields})

    async def _ask(
        self,
        method: str,
        path: str,
        seconds: float,
        content: dict[str, Any] | None = None,
        fields: dict[str, str] | None = None,
    ) -> Answer:
        async with asyncio.timeout(seconds):
            answer = await self._http.request(method, path, json=content, params=fields)
        return Answer(answer.status_code, _content(answer.content), answer.headers)


def app_secret_proof(token: str, app_secret: str) -> str:
    """Return Meta's proof that a request comes from who has the app's secret."""
    return hmac.new(app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def _content(body: bytes) -> dict[str, Any]:
    try:
        return mapping(json.loads(body))
    except (ValueError, RecursionError):
        return {}
