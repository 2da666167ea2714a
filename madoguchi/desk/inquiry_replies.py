"""Answering inquiries: in the chat, by e-mail, or by noting that somebody telephoned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import Clock, as_utc
from madoguchi.conversations.channel_tables import ChannelUserRow
from madoguchi.conversations.model import Draft, Kind, Message, Owner, Sender
from madoguchi.conversations.tables import ConversationRow, MessageRow
from madoguchi.conversations.writing import send, write
from madoguchi.desk.agent import Agent
from madoguchi.desk.inquiry_ways import Way, ways_of
from madoguchi.desk.ownership import NotOwnerError
from madoguchi.desk.tables import AuditRow
from madoguchi.inquiries.history import NewStep, Step, history_of, note
from madoguchi.inquiries.model import InquiryState
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.notifications.model import Recipient, Via


class NoWayError(Exception):
    """The inquiry cannot be answered like that; ``via`` is what was asked for, if anything."""

    def __init__(self, via: Via | None) -> None:
        """Name the way."""
        super().__init__("the inquiry cannot be answered like that")
        self.via = via


@dataclass(frozen=True)
class Reply:
    """What an agent answers, once per key; without a way the first choice is taken."""

    text: str
    key: str
    via: Via | None = None


@dataclass(frozen=True)
class Open:
    """An inquiry whose rows nobody else changes until the transaction ends."""

    row: InquiryRow
    chat: ConversationRow | None
    ways: list[Way]
    history: list[Step]


class InquiryReplies:
    """Answers inquiries, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock, *, mail: bool) -> None:
        """``mail``: mails can be sent."""
        self._engine = engine
        self._clock = clock
        self._mail = mail

    async def reply(self, number: str, agent: Agent, reply: Reply) -> tuple[str, Message] | None:
        """Answer; returns chat and message when it was answered there just now.

        Raises LookupError for no such inquiry, NoWayError, HistoryFullError, and NotOwnerError
        while another agent has the chat.
        """
        async with AsyncSession(self._engine, expire_on_commit=False) as session, session.begin():
            now = as_utc(self._clock.now())
            found = await opened(session, number, now, mail=self._mail)
            if any(step.key == reply.key for step in found.history):
                return None
            way = _chosen(found.ways, reply.via)
            message = None
            if way.via is Via.CHAT:
                message = await _in_chat(session, found.chat, agent, reply, now)
            found.row.state, found.row.updated_at = InquiryState.ANSWERED, now
            step = NewStep(
                Recipient(way.via, way.to or "" if way.via is Via.EMAIL else ""),
                InquiryState.ANSWERED,
                {
                    "agent_id": agent.id,
                    "agent": agent.name,
                    "text": reply.text,
                    "key": reply.key,
                    "name": found.row.name,
                    "site": found.row.site,
                },
                found.chat.id if found.chat is not None else None,
            )
            await note(session, number, found.history, step, now)
            detail = {"inquiry": number, "state": InquiryState.ANSWERED, "via": way.via}
            session.add(deed_of("inquiry.reply", agent, detail, found.chat, now))
            return (found.chat.id, message) if found.chat is not None and message else None

    async def move(self, number: str, agent: Agent, state: InquiryState) -> bool:
        """Put an inquiry into a state; False when there is none. Raises HistoryFullError."""
        async with AsyncSession(self._engine) as session, session.begin():
            now = as_utc(self._clock.now())
            try:
                found = await opened(session, number, now, mail=self._mail)
            except LookupError:
                return False
            if found.row.state == state:
                return True
            found.row.state, found.row.updated_at = state, now
            chat = found.chat.id if found.chat is not None else None
            step = NewStep(Recipient(Via.DESK), state, {"agent_id": agent.id}, chat)
            await note(session, number, found.history, step, now)
            detail = {"inquiry": number, "state": state}
            session.add(deed_of("inquiry.state", agent, detail, found.chat, now))
            return True


async def opened(
    session: AsyncSession, number: str, now: datetime, *, mail: bool, locked: bool = True
) -> Open:
    """Return an inquiry with its chat, both locked for a change, the chat first.

    Raises LookupError for no such inquiry.
    """
    chat_id = await session.scalar(
        select(InquiryRow.conversation_id).where(InquiryRow.number == number)
    )
    chats = select(ConversationRow).where(ConversationRow.id == chat_id)
    chat = await session.scalar(chats.with_for_update() if locked else chats)
    people = select(ChannelUserRow).where(ChannelUserRow.conversation_id == chat_id)
    person = await session.scalar(people) if chat is not None else None
    inquiries = select(InquiryRow).where(InquiryRow.number == number)
    row = await session.scalar(inquiries.with_for_update() if locked else inquiries)
    if row is None:
        raise LookupError(number)
    ways = ways_of(row, chat, person, now, mail=mail)
    return Open(row, chat, ways, await history_of(session, number))


def deed_of(
    action: str,
    agent: Agent,
    detail: dict[str, str],
    chat: ConversationRow | None,
    now: datetime,
) -> AuditRow:
    """Return a deed's row of the log."""
    return AuditRow(
        agent_id=agent.id,
        action=action,
        conversation_id=chat.id if chat is not None else None,
        detail=detail,
        at=now,
    )


def _chosen(ways: list[Way], via: Via | None) -> Way:
    found = [way for way in ways if via is None or way.via is via]
    if not found or (found[0].via is Via.EMAIL and not found[0].reaches):
        raise NoWayError(found[0].via if found else via)
    return found[0]


async def _in_chat(
    session: AsyncSession,
    chat: ConversationRow | None,
    agent: Agent,
    reply: Reply,
    now: datetime,
) -> Message:
    if chat is None:
        raise NoWayError(Via.CHAT)
    if chat.owner == Owner.AGENT and chat.agent_id != agent.id:
        raise NotOwnerError(chat.agent_id)
    draft = Draft(Kind.ANSWER, reply.text, sender=Sender.AGENT)
    written = await write(session, chat.id, [draft], now)
    [message] = written.messages
    stored = await session.get_one(MessageRow, (chat.id, message.seq))
    stored.agent_id, stored.client_id = agent.id, reply.key
    await send(session, chat.id, written, now)
    return message
