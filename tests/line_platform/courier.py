"""Brings webhooks to the bot, signed as LINE signs them, and notes what the bot answered."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal

import httpx

from tests.line_platform.clock import LineClock
from tests.line_platform.events import Event
from tests.line_platform.people import Channel
from tests.line_platform.signature import HEADER, signature

type Signing = Literal["right", "wrong", "missing"]
_LONGEST_ANSWER_SECONDS = 30.0


@dataclass(frozen=True)
class Delivery:
    """One webhook on its way: what was sent, and what came back."""

    events: tuple[Event, ...]
    at: datetime
    body: bytes = b""
    signature: str | None = None
    # None when there was no answer; the error then says why.
    status: int | None = None
    error: str = ""

    @property
    def ok(self) -> bool:
        """Whether the bot took it: anything else is a failure that LINE may redeliver."""
        return self.status is not None and httpx.codes.is_success(self.status)

    @property
    def event(self) -> Event:
        """The only event. Raises ValueError when there are none or several."""
        [event] = self.events
        return event

    @property
    def message_id(self) -> str:
        """The id of the only event's message."""
        return str(self.event["message"]["id"])


class Courier:
    """A client of the bot's webhook."""

    def __init__(self, channel: Channel, clock: LineClock) -> None:
        """Bring webhooks to the channel's bot."""
        self._channel = channel
        self._clock = clock
        self._http: httpx.AsyncClient | None = None
        self.deliveries: list[Delivery] = []

    async def bring(self, events: tuple[Event, ...], signing: Signing = "right") -> Delivery:
        """Send one webhook with these events and return how it went; none check the connection.

        Raises RuntimeError when the bot's address is not known.
        """
        if self._channel.bot_url is None:
            raise RuntimeError("no bot is connected: set the channel's bot_url")
        at = self._clock.now()
        content = {"destination": self._channel.user_id, "events": list(events)}
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
        signed = self._signature(body, signing)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            **({HEADER: signed} if signed is not None else {}),
        }
        try:
            answer = await self._client().post(self._channel.bot_url, content=body, headers=headers)
            delivery = Delivery(events, at, body, signed, answer.status_code)
        except httpx.HTTPError as error:
            delivery = Delivery(events, at, body, signed, None, type(error).__name__)
        self.deliveries.append(delivery)
        return delivery

    async def close(self) -> None:
        """Give the connections back."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    def _signature(self, body: bytes, signing: Signing) -> str | None:
        if signing == "missing":
            return None
        secret = self._channel.secret if signing == "right" else f"not {self._channel.secret}"
        return signature(secret, body)

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            self._http = httpx.AsyncClient(
                timeout=_LONGEST_ANSWER_SECONDS, verify=_certificates(), trust_env=False
            )
        return self._http


@cache
def _certificates() -> ssl.SSLContext:
    # Made once: reading them takes longer than most webhooks.
    return ssl.create_default_context()
