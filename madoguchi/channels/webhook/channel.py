"""The webhook as a messaging channel."""

from __future__ import annotations

import dataclasses
import ssl
from collections import OrderedDict
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.web.schemas import Link
from madoguchi.channels.webhook.client import Bounds, WebhookClient
from madoguchi.channels.webhook.events import name_in, understand
from madoguchi.channels.webhook.sender import WebhookSender
from madoguchi.channels.webhook.signature import Secrets
from madoguchi.clock import Clock
from madoguchi.conversations.channel import (
    Fetched,
    Incoming,
    MediaGoneError,
    MediaRef,
    Profile,
    RawEvent,
    Recipient,
    Sender,
)
from madoguchi.conversations.model import Draft

NAME = "webhook"
_MOST_NAMES = 10_000


class WebhookChannel:
    """Another system of the shop, and the customers that it brings."""

    name: str = NAME

    def __init__(
        self,
        url: str,
        secrets: Secrets,
        clock: Clock,
        *,
        site: str | None = None,
        open_loopback: bool = False,
        bounds: Bounds | None = None,
        tls: ssl.SSLContext | None = None,
        link: Link | None = None,
    ) -> None:
        """Send to the URL, signed with the secrets.

        ``site`` is the shop that it serves, None for both; ``link`` is where the other system
        fetches files; the rest is as for WebhookClient.
        Raises ValueError for an address that would travel open.
        """
        self.site = site
        self._client = WebhookClient(
            url, secrets, clock, bounds=bounds, open_loopback=open_loopback, tls=tls
        )
        self.sender: Sender = WebhookSender(self._client, clock, link)
        self._names: OrderedDict[str, str] = OrderedDict()

    def understand(self, raw: RawEvent) -> Incoming:
        """Return what an event means. Never raises."""
        self._remember_name(raw)
        return understand(raw)

    async def profile(self, external_id: str) -> Profile | None:
        """Return the name that the customer's last event told, None when none did."""
        name = self._names.get(external_id)
        return Profile(name=name) if name is not None else None

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a customer's file from the address that the event gave."""
        if media.url is None:
            raise MediaGoneError("the file has no address")
        fetched = await self._client.fetch(media.url, limit)
        return dataclasses.replace(fetched, name=media.name)

    async def keep(
        self,
        session: AsyncSession,
        incoming: Incoming,
        conversation_id: str,
        inbound_id: int | None,
    ) -> None:
        """Store nothing: this channel has no tables of its own."""

    async def after(self, incoming: Incoming, recipient: Recipient) -> Sequence[Draft]:
        """Return nothing: this channel needs nothing more."""
        del incoming, recipient
        return ()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _remember_name(self, raw: RawEvent) -> None:
        """Keep the names of the customers heard last: nobody can be asked for them later."""
        name = name_in(raw)
        if raw.user is None or name is None:
            return
        self._names[raw.user] = name
        self._names.move_to_end(raw.user)
        if len(self._names) > _MOST_NAMES:
            self._names.popitem(last=False)
