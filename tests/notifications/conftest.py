"""A desk on each kind of database, with a clock and an outbox whose time a test moves."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Customer
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.desk.agent import Presence
from madoguchi.desk.model import Reason
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.roles import Role
from madoguchi.desk.tables import AgentRow
from madoguchi.inquiries.model import NewInquiry
from madoguchi.inquiries.store import InquiryStore
from madoguchi.knowledge.business import Business, business
from madoguchi.notifications.compose import Composer
from madoguchi.notifications.looking import Looking, Told
from madoguchi.notifications.notifier import Notifier
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.notifications.tables import NotificationRow
from madoguchi.notifications.transcript import Transcripts
from tests.support.databases import TestClock

# A Friday; the store's team is there from 12:00 to 17:00, the rental's from 10:00.
NOON = datetime(2026, 12, 4, 12, 30, tzinfo=TOKYO)
AFTER = timedelta(seconds=60)
DESK_URL = "https://desk.example.jp/desk"
OPERATOR = "operator@example.jp"


@dataclass
class MachineClock:
    """The machine's time, which a test moves on."""

    ahead: timedelta = field(default_factory=lambda: timedelta(seconds=5))

    def now(self) -> datetime:
        """Return the time in UTC."""
        return datetime.now(UTC) + self.ahead


@dataclass
class Watch:
    """The parts of telling, on one database."""

    database: AsyncEngine
    clock: TestClock
    machine: MachineClock
    shop: Business
    told: Told

    def __post_init__(self) -> None:
        self.store = ConversationStore(self.database, self.clock)
        self.ownership = Ownership(self.database, self.clock, Streams())
        self.outbox = self.another_outbox()
        self.transcripts = Transcripts(self.database, self.clock, self.shop)
        self.composer = Composer(self.database, self.shop, self.transcripts, DESK_URL)
        self.notifier = self.another_notifier()

    def another_outbox(self, holder: str | None = None) -> NotificationOutbox:
        """Return the outbox as another process has it."""
        return NotificationOutbox(self.database, attempts=3, now=self.machine.now, holder=holder)

    def another_notifier(self, database: AsyncEngine | None = None) -> Notifier:
        """Return the notifier as another process has it."""
        used = database or self.database
        looking = Looking(used, self.shop, self.told)
        outbox = NotificationOutbox(used, attempts=3, now=self.machine.now)
        return Notifier(outbox, looking, self.clock, after=AFTER)

    async def customer(self, site: str | None = "store") -> str:
        """Return a new chat of the widget."""
        conversation, _, _ = await self.store.open(Customer("web", site, None, "山田 花子"), [])
        return conversation.id

    async def waiting(self, site: str | None = "store") -> str:
        """Return a chat that waits for a person from now on."""
        chat = await self.customer(site)
        await self.ownership.call(chat, Reason.CUSTOMER, "鞄に傷があります")
        return chat

    async def agent(
        self,
        login: str,
        role: Role = Role.AGENT,
        presence: Presence = Presence.OFFLINE,
        *,
        email: str | None = None,
        capacity: int = 4,
    ) -> str:
        """Return the id of an agent whose desk is open just now, if they are there."""
        row = AgentRow(
            id=login,
            login=login,
            name=login.title(),
            email=email,
            role=role,
            password_hash="",
            failed=0,
            capacity=capacity,
            presence=presence,
            presence_at=self.clock.now().astimezone(UTC),
            created_at=self.clock.now().astimezone(UTC),
        )
        async with AsyncSession(self.database) as session, session.begin():
            session.add(row)
        return login

    async def inquiry(self, key: str, **changed: str | None) -> str:
        """Return the number of an inquiry that was opened now."""
        inquiries = InquiryStore(self.database, self.clock, self.shop.calendar)
        new = NewInquiry("order", "まだ届きません", "hanako@example.jp", **changed)  # type: ignore[arg-type]
        return (await inquiries.open(new, key)).number

    async def rows(self) -> list[NotificationRow]:
        """Return all notifications."""
        async with AsyncSession(self.database) as session:
            return list(await session.scalars(select(NotificationRow).order_by(NotificationRow.id)))

    async def states(self) -> list[tuple[str, str]]:
        """Return every notification's kind and state."""
        return [(row.kind, row.state) for row in await self.rows()]

    async def seen(self, agent: str) -> None:
        """Note that an agent's desk is open now."""
        async with AsyncSession(self.database) as session, session.begin():
            await session.execute(
                update(AgentRow)
                .where(AgentRow.id == agent)
                .values(presence_at=self.clock.now().astimezone(UTC))
            )

    def later(self, **by: float) -> None:
        """Let time pass on the shop's clock."""
        self.clock.at += timedelta(**by)


@pytest.fixture
def watch(database: AsyncEngine) -> Watch:
    """A desk at half past twelve on a Friday, whose operator has an address."""
    told = Told((OPERATOR,), webhook=False, mail=True)
    return Watch(database, TestClock(NOON), MachineClock(), business(), told)
