"""A tiny bot that knows LINE only from its documentation: checks signatures, keeps what comes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class TinyBot:
    """A bot with a webhook; it takes everything that is signed right, unless it is told not to."""

    def __init__(self, secret: str) -> None:
        """Check webhooks with this secret."""
        self._secret = secret
        # What is answered to a webhook with a right signature.
        self.answers = 200
        self.webhooks: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.refused = 0
        self.app = Starlette(routes=[Route("/webhook", self._webhook, methods=["POST"])])

    @property
    def events(self) -> list[dict[str, Any]]:
        """Every event that came, in the order they came."""
        return [event for webhook in self.webhooks for event in webhook["events"]]

    @property
    def texts(self) -> list[str]:
        """What was written, in the order it came."""
        return [event["message"]["text"] for event in self.events if event["type"] == "message"]

    async def _webhook(self, request: Request) -> Response:
        body = await request.body()
        expected = base64.b64encode(
            hmac.new(self._secret.encode(), body, hashlib.sha256).digest()
        ).decode()
        if request.headers.get("x-line-signature") != expected:
            self.refused += 1
            return Response(status_code=401)
        self.headers.append(dict(request.headers))
        if self.answers == 200:
            self.webhooks.append(json.loads(body))
        return Response(status_code=self.answers)
