"""The customers of messaging channels: each has one conversation, which is opened when needed."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations import tokens
from madoguchi.conversations.channel import Profile, Recipient
from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.model import Owner
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import lock
from madoguchi.database import only_reading
from madoguchi.desk.search_index import index_names

# A platform that did not tell a name is not asked again at every message.
_PROFILE_LASTS = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """A customer of a channel with their conversation."""

    recipient: Recipient
    blocked: bool
    wants_profile: bool

    @property
    def conversation_id(self) -> str:
        """The customer's one conversation."""
        return self.recipient.conversation_id


class People:
    """Customers of messaging channels, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        """Store in the engine's database, with times from the clock."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._clock = clock

    async def meet(self, channel: str, external_id: str, site: str | None) -> Person:
        """Return the customer; the first time their conversation is opened.

        Raises LookupError when they are deleted at the same moment.
        """
        known = await self.find(channel, external_id)
        if known is not None:
            return known
        # Another process may meet them between our look and our write.
        with contextlib.suppress(IntegrityError):
            await self._open(channel, external_id, site)
        found = await self.find(channel, external_id)
        if found is None:
            raise LookupError("a customer who was just met is gone")
        return found

    async def find(self, channel: str, external_id: str) -> Person | None:
        """Return a customer who wrote before, None otherwise."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(ChannelUserRow).where(
                    ChannelUserRow.channel == channel, ChannelUserRow.external_id == external_id
                )
            )
            return self._person(row) if row is not None else None

    async def of_conversation(self, conversation_id: str) -> Person | None:
        """Return whose conversation it is, None for the widget's."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(ChannelUserRow).where(ChannelUserRow.conversation_id == conversation_id)
            )
            return self._person(row) if row is not None else None

    async def heard(self, recipient: Recipient, at: datetime) -> None:
        """Note that the customer wrote, which also shows that they do not block us."""
        await self._set(recipient, heard_at=as_utc(at), blocked_at=None)

    async def blocked(self, recipient: Recipient, *, blocked: bool) -> None:
        """Note that the customer takes messages no more, or again."""
        await self._set(recipient, blocked_at=self._now() if blocked else None)

    async def profiled(self, recipient: Recipient, profile: Profile | None) -> None:
        """Keep the customer's name; without one, note that it was asked for."""
        values: dict[str, object] = {"profile_at": self._now()}
        if profile is not None and profile.name:
            values["name"] = profile.name[:200]
        await self._set(recipient, **values)

    async def link(self, recipient: Recipient, member_id: str, name: str | None) -> None:
        """Make the customer the member that the shop's login proved, in all their conversation."""
        await self._set(recipient, member_id=member_id, linked_at=self._now())
        await self._member(recipient.conversation_id, member_id, name)

    async def unlink(self, recipient: Recipient) -> bool:
        """End the link; False when there was none."""
        if recipient.member_id is None:
            return False
        await self._set(recipient, member_id=None, linked_at=None)
        await self._member(recipient.conversation_id, None, None)
        return True

    async def _open(self, channel: str, external_id: str, site: str | None) -> None:
        conversation_id, now = tokens.new_id(), self._now()
        async with AsyncSession(self._engine) as session, session.begin():
            session.add(
                ConversationRow(
                    id=conversation_id,
                    # Nobody is given the token: the platform vouches for its customers.
                    token_hash=tokens.token_hash(conversation_id, tokens.new_token()),
                    channel=channel,
                    site=site,
                    owner=Owner.BOT,
                    last_seq=0,
                    created_at=now,
                    updated_at=now,
                )
            )
            await session.flush()
            session.add(
                ChannelUserRow(
                    channel=channel,
                    external_id=external_id,
                    conversation_id=conversation_id,
                    created_at=now,
                )
            )

    async def _set(self, recipient: Recipient, **values: object) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            if "name" in values:
                await lock(session, recipient.conversation_id)
            await session.execute(
                update(ChannelUserRow)
                .where(
                    ChannelUserRow.channel == recipient.channel,
                    ChannelUserRow.external_id == recipient.external_id,
                )
                .values(**values)
            )
            if "name" in values and recipient.conversation_id:
                await index_names(session, recipient.conversation_id)

    async def _member(self, conversation_id: str, member_id: str | None, name: str | None) -> None:
        async with AsyncSession(self._engine) as session, session.begin():
            await session.execute(
                update(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .values(member_id=member_id, member_name=name)
            )
            await index_names(session, conversation_id)

    def _person(self, row: ChannelUserRow) -> Person:
        asked = as_utc(row.profile_at) if row.profile_at is not None else None
        return Person(
            recipient=Recipient(
                channel=row.channel,
                external_id=row.external_id,
                conversation_id=row.conversation_id or "",
                name=row.name,
                member_id=row.member_id,
                heard_at=as_utc(row.heard_at) if row.heard_at is not None else None,
            ),
            blocked=row.blocked_at is not None,
            wants_profile=row.name is None
            and (asked is None or self._now() - asked > _PROFILE_LASTS),
        )

    def _now(self) -> datetime:
        return as_utc(self._clock.now())
