"""What the rules of notifications look at, read from the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.database import only_reading
from madoguchi.desk.agent import Presence
from madoguchi.desk.model import Stage
from madoguchi.desk.roles import Action, Role, allowed
from madoguchi.desk.tables import AgentRow, HandoffRow
from madoguchi.desk.workload import colleagues, presence_of
from madoguchi.inquiries.model import InquiryState
from madoguchi.inquiries.tables import InquiryRow
from madoguchi.knowledge.business import Business
from madoguchi.notifications.model import Recipient, Via
from madoguchi.notifications.rules import DeskState, There, Waiting
from madoguchi.notifications.wording import team_of
from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.hours import OpeningHours

_MOST = 500


@dataclass(frozen=True)
class Told:
    """Whom the operator has named, besides leads and administrators with an address."""

    emails: tuple[str, ...] = ()
    webhook: bool = False
    # Whether mails can be sent at all.
    mail: bool = False


class Looking:
    """Reads the desk's state, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, business: Business, told: Told) -> None:
        """Read from the engine's database; the business has teams and calendar."""
        self._reads = only_reading(engine)
        self._business = business
        self._told = told

    @property
    def calendar(self) -> BusinessCalendar:
        """The shop's business days."""
        return self._business.calendar

    @property
    def all_hours(self) -> tuple[OpeningHours, ...]:
        """The hours of both teams."""
        return (self._business.online_store.hours, self._business.rental_support.hours)

    async def state(self, now: datetime) -> DeskState:
        """Return who waits and who is there."""
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(
                select(HandoffRow)
                .where(HandoffRow.state == Stage.WAITING)
                .order_by(HandoffRow.asked_at)
                .limit(_MOST)
            )
            waiting = tuple(self.waiting_of(row) for row in rows)
            there = await _there(session, now) if waiting else ()
        return DeskState(waiting, there, self._business.calendar)

    def waiting_of(self, row: HandoffRow) -> Waiting:
        """Return the waiting chat of a handoff."""
        team = team_of(self._business, row.site)
        hours = (team.hours,) if team is not None else self.all_hours
        asked = as_utc(row.asked_at)
        return Waiting(row.id, row.conversation_id, row.reason, asked, hours)

    async def waiting_in(self, conversation_id: str) -> Waiting | None:
        """Return the chat when it waits for a person."""
        async with AsyncSession(self._reads) as session:
            row = await session.scalar(
                select(HandoffRow).where(
                    HandoffRow.conversation_id == conversation_id,
                    HandoffRow.state == Stage.WAITING,
                )
            )
            return self.waiting_of(row) if row is not None else None

    async def recipients(self, now: datetime, *, also_there: bool = False) -> list[Recipient]:
        """Return whom to tell: leads and administrators who are not there, and who is named.

        ``also_there``: those who are there, too, because the desk's pages do not tell them.
        """
        found = [Recipient(Via.WEBHOOK)] if self._told.webhook else []
        if not self._told.mail:
            return found
        roles = [role for role in Role if allowed(role, Action.ASSIGN)]
        async with AsyncSession(self._reads) as session:
            agents = await session.scalars(
                select(AgentRow).where(
                    AgentRow.email.is_not(None),
                    AgentRow.removed_at.is_(None),
                    AgentRow.role.in_(roles),
                )
            )
            emails = [
                agent.email
                for agent in agents
                if agent.email and (also_there or not _is_there(agent, now))
            ]
        named = dict.fromkeys([*self._told.emails, *emails])
        return [*found, *(Recipient(Via.EMAIL, email) for email in named)]

    async def due_inquiries(self, today: date) -> tuple[list[str], list[str]]:
        """Return the numbers of the inquiries that are due today, and of those overdue."""
        async with AsyncSession(self._reads) as session:
            rows = await session.execute(
                select(InquiryRow.number, InquiryRow.due_on)
                .where(
                    InquiryRow.state.in_((InquiryState.OPEN, InquiryState.WORKING)),
                    InquiryRow.due_on <= today,
                )
                .order_by(InquiryRow.due_on, InquiryRow.number)
                .limit(_MOST)
            )
            found = [(number, due) for number, due in rows]
        return (
            [number for number, due in found if due == today],
            [number for number, due in found if due < today],
        )


def _is_there(agent: AgentRow, now: datetime) -> bool:
    return presence_of(agent.presence, agent.presence_at, as_utc(now)) is Presence.ONLINE


async def _there(session: AsyncSession, now: datetime) -> tuple[There, ...]:
    taken = await session.execute(
        select(HandoffRow.agent_id, func.max(HandoffRow.taken_at))
        .where(HandoffRow.state == Stage.TAKEN)
        .group_by(HandoffRow.agent_id)
    )
    last = {agent: as_utc(at) for agent, at in taken if at is not None}
    return tuple(
        There(each.capacity, each.chats, last.get(each.id))
        for each in await colleagues(session, as_utc(now))
        if each.presence is Presence.ONLINE and allowed(each.role, Action.WORK)
    )
