"""Transcripts by e-mail, on request: so few that nobody is bothered with them by a stranger."""

from __future__ import annotations

import hashlib
from datetime import datetime, time

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, Clock, as_utc
from madoguchi.conversations.tables import ConversationRow
from madoguchi.conversations.writing import UnknownConversationError
from madoguchi.desk.agent import AgentFieldError, checked_email
from madoguchi.notifications.mail import AddressError
from madoguchi.notifications.model import Kind, NewNotification, Recipient, Via
from madoguchi.notifications.outbox import put
from madoguchi.notifications.tables import NotificationRow

# A day, in Tokyo: of one conversation, and to one address from whatever conversations.
A_DAY = 3


class MailOffError(Exception):
    """No mail server is set up."""


class TooOftenError(Exception):
    """So many were asked for today already."""


class TranscriptMails:
    """Takes requests, on SQLite or PostgreSQL; the text is written when it is sent."""

    def __init__(self, engine: AsyncEngine, clock: Clock, *, mail: bool) -> None:
        """``mail``: mails can be sent."""
        self._engine = engine
        self._clock = clock
        self.offered = mail

    async def request(self, conversation_id: str, email: str, agent_id: str | None = None) -> None:
        """Have the transcript sent, once for the same address and the same state of the chat.

        Agents (``agent_id``) are not counted. Raises MailOffError, AddressError, TooOftenError,
        UnknownConversationError.
        """
        if not self.offered:
            raise MailOffError
        address = _checked(email)
        now = self._clock.now()
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                select(ConversationRow)
                .where(ConversationRow.id == conversation_id)
                .with_for_update()
            )
            if row is None:
                raise UnknownConversationError
            to = Recipient(Via.EMAIL, address)
            key = f"transcript/{row.id}/{row.last_seq}/{to.mark}/{_day(now)}"
            known = await session.scalar(
                select(NotificationRow.id).where(NotificationRow.key == key)
            )
            if known is not None:
                return
            if agent_id is None and await _often(session, row.id, address, now):
                raise TooOftenError
            payload = {"site": row.site, "agent_id": agent_id}
            new = NewNotification(key, Kind.TRANSCRIPT, to, payload, conversation_id=row.id)
            await put(session, [new], as_utc(now))


def _checked(email: str) -> str:
    try:
        address = checked_email(email)
    except AgentFieldError:
        address = None
    if address is None:
        raise AddressError(hashlib.sha256(email.encode(errors="replace")).hexdigest()[:8])
    return address


def _day(now: datetime) -> str:
    return now.astimezone(TOKYO).date().isoformat()


async def _often(session: AsyncSession, chat: str, address: str, now: datetime) -> bool:
    """Return whether the day's requests of the chat, or to the address, are used up."""
    begins = as_utc(datetime.combine(now.astimezone(TOKYO).date(), time(), TOKYO))
    today = (
        NotificationRow.kind == Kind.TRANSCRIPT,
        NotificationRow.created_at >= begins,
        NotificationRow.payload["agent_id"].as_string().is_(None),
    )
    for which in (NotificationRow.conversation_id == chat, NotificationRow.recipient == address):
        counted = await session.scalar(
            select(func.count()).select_from(NotificationRow).where(*today, which)
        )
        if (counted or 0) >= A_DAY:
            return True
    return False
