"""Messenger or Instagram as a messaging channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.messenger.bubbles import Renderer
from madoguchi.channels.messenger.client import GraphClient
from madoguchi.channels.messenger.meaning import Meaning
from madoguchi.channels.messenger.media import FileClient, FileServers
from madoguchi.channels.messenger.metadata import Echoed
from madoguchi.channels.messenger.products import Product
from madoguchi.channels.messenger.sender import MessengerSender
from madoguchi.channels.messenger.shapes import text
from madoguchi.channels.messenger.texts import one_line
from madoguchi.channels.messenger.words import words
from madoguchi.clock import Clock
from madoguchi.conversations.channel import (
    Fetched,
    Incoming,
    MediaRef,
    Profile,
    Progress,
    RawEvent,
    Recipient,
    Sender,
)
from madoguchi.conversations.model import Choice, Draft

_LONGEST_NAME = 200


@dataclass(frozen=True)
class Account:
    """The shop's page or Instagram account.

    ``id`` is the one that webhooks name (the page's, or Instagram's professional account's): with
    it, events of other accounts of the same app are left alone. ``app_id`` tells our echoes from
    those of other apps. ``human_agent`` says whether the app was granted the "Human Agent" feature.
    """

    product: Product
    site: str | None = None
    id: str | None = None
    app_id: str | None = None
    human_agent: bool = True


class MessengerChannel:
    """One account of one product."""

    def __init__(
        self,
        account: Account,
        client: GraphClient,
        progress: Progress,
        clock: Clock,
        *,
        sign: Callable[[Choice, str], str],
        read: Callable[[str, str], str | None],
        address: Callable[[str, datetime], str | None],
        files: FileClient | None = None,
        servers: FileServers | None = None,
    ) -> None:
        """Take the account's client, which is closed with the channel.

        ``sign`` returns a button's payload for a choice and a customer, ``read`` the choice's id,
        or None when the payload is not ours, not this customer's, or too old. ``address`` is where
        Meta fetches an agent's file.
        """
        self.name = account.product.name
        self.site = account.site
        self._account = account
        self._client = client
        self._progress = progress
        self._clock = clock
        known = servers or FileServers()
        self._files = files or FileClient(known)
        self._meaning = Meaning(read, words(), known, account.app_id)
        self.sender: Sender = MessengerSender(
            Renderer(account.product, words(), sign, address),
            client,
            progress,
            clock,
            human_agent=account.human_agent,
        )

    def now(self) -> datetime:
        """Return the time by the channel's clock."""
        return self._clock.now()

    def serves(self, product: str, account: str | None) -> bool:
        """Return whether a webhook's product and account are this channel's."""
        if product != self._account.product.object:
            return False
        return self._account.id is None or account in {None, self._account.id}

    def understand(self, raw: RawEvent) -> Incoming:
        """Return what an event means. Never raises: what is not known is ``NOTHING``."""
        return self._meaning.of(raw)

    async def profile(self, external_id: str) -> Profile | None:
        """Return the customer's name, None when Meta does not tell it."""
        try:
            answer = await self._client.profile(external_id, self._account.product.profile_fields)
        except (httpx.HTTPError, TimeoutError):
            return None
        if answer.status != httpx.codes.OK:
            return None
        told = one_line(text(answer.content.get("name")) or text(answer.content.get("username")))
        return Profile(name=told[:_LONGEST_NAME]) if told else None

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a customer's file of at most ``limit`` bytes.

        Raises MediaPendingError, MediaGoneError, MediaTooLargeError, or what the connection raises.
        """
        return await self._files.fetch(media, limit)

    async def note(self, events: Sequence[RawEvent]) -> None:
        """Note what echoes prove: the platform took that part of a delivery, and all before.

        Done as soon as they have come: a try that waits for its answer may look.
        """
        for raw in events:
            incoming = self._meaning.of(raw)
            if isinstance(incoming, Echoed) and incoming.part is not None:
                await self._progress.mark(incoming.part.delivery_id, incoming.part.number)

    async def keep(
        self,
        session: AsyncSession,
        incoming: Incoming,
        conversation_id: str,
        inbound_id: int | None,
    ) -> None:
        """Keep nothing: a message is answered without any token."""

    async def after(self, incoming: Incoming, recipient: Recipient) -> Sequence[Draft]:
        """Return nothing: no event is for the channel itself."""
        del incoming, recipient
        return ()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
        await self._files.close()
