"""LINE as one of the messaging channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode, urlsplit, urlunsplit

from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.errors import LineError
from madoguchi.channels.line.external import ExternalFiles
from madoguchi.channels.line.linking import Links
from madoguchi.channels.line.meaning import Meaning
from madoguchi.channels.line.sender import LineSender
from madoguchi.channels.line.tokens import ReplyTokens
from madoguchi.conversations.channel import (
    Fetched,
    Incident,
    Incoming,
    MediaRef,
    Profile,
    RawEvent,
    Recipient,
    Sender,
)
from madoguchi.conversations.model import Draft
from madoguchi.conversations.outbox import machine_time
from madoguchi.conversations.people import People
from madoguchi.knowledge.reactions import Reactions

NAME = "line"


class LineChannel:
    """One official account."""

    name = NAME

    def __init__(
        self,
        client: LineClient,
        meaning: Meaning,
        sender: LineSender,
        *,
        files: ExternalFiles,
        links: Links,
        people: People,
        reactions: Reactions,
        site: str | None,
        login_url: str | None,
    ) -> None:
        """Serve the shop's ``site``; without a login page no accounts are linked."""
        self.site = site
        self.sender: Sender = sender
        self.client = client
        self.links = links
        self._files = files
        self._meaning = meaning
        self._people = people
        self._reactions = reactions
        self._login_url = login_url

    def understand(self, raw: RawEvent) -> Incoming:
        """Return what an event means."""
        return self._meaning.understand(raw)

    async def profile(self, external_id: str) -> Profile | None:
        """Return a customer's name and language. Raises LineError."""
        return await self.client.profile(external_id)

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a customer's file, from LINE or from where an app inside LINE keeps it."""
        if media.url is not None:
            return await self._files.fetch(media.url, limit)
        return await self.client.content(media.external_id, limit)

    async def keep(
        self,
        session: AsyncSession,
        incoming: Incoming,
        conversation_id: str,
        inbound_id: int | None,
    ) -> None:
        """Keep the event's reply token."""
        if incoming.reply_token is not None:
            await ReplyTokens.keep(
                session,
                conversation_id,
                inbound_id,
                incoming.reply_token,
                at=incoming.received_at or machine_time(),
            )

    async def after(self, incoming: Incoming, recipient: Recipient) -> Sequence[Draft]:
        """Link an account, offer to, or end a link."""
        if incoming.kind is Incident.LINK:
            return [await self._link(incoming.nonce or "", recipient)]
        if incoming.payload == "link":
            return [await self._offer(recipient)]
        if incoming.payload == "unlink":
            ended = await self._people.unlink(recipient)
            return [self._reactions.to("unlinked" if ended else "not_linked", self.site)]
        return []

    async def _link(self, nonce: str, recipient: Recipient) -> Draft:
        identity = await self.links.redeem(nonce, recipient.member_id)
        if identity is None:
            return self._reactions.to("link_failed")
        await self._people.link(recipient, identity.member_id, identity.name)
        return self._reactions.to("linked", self.site)

    async def _offer(self, recipient: Recipient) -> Draft:
        if recipient.member_id is not None:
            return self._reactions.to("already_linked", self.site)
        if self._login_url is None:
            return self._reactions.to("link_off", self.site)
        try:
            token = await self.client.link_token(recipient.external_id)
        except LineError:
            return self._reactions.to("link_failed")
        offer = self._reactions.to("link_offer", self.site)
        url = _with_query(self._login_url, linkToken=token)
        link = {"title": self._reactions.title("login"), "url": url}
        card = {"title": self._reactions.title("link_card"), "rows": [], "links": [link]}
        return replace(offer, card=card)

    async def close(self) -> None:
        """Close the connections."""
        await self._files.close()
        await self.client.close()


def _with_query(url: str, **values: str) -> str:
    """Return the address with values added to what it asks already."""
    parts = urlsplit(url)
    query = "&".join(part for part in (parts.query, urlencode(values)) if part)
    return urlunsplit(parts._replace(query=query))
