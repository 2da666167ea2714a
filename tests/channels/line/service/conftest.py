"""A service whose LINE is the stand-in, and a shop that the stand-in's customers write to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel_tables import ChannelEventRow, OutboxRow
from madoguchi.conversations.model import Message
from madoguchi.conversations.outbox import Entry, State
from tests.conftest import StartService
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.support.server import LiveService
from tests.support.waiting import until


@dataclass
class Shop:
    """The running service and its platform."""

    line: FakeLine
    service: LiveService

    async def transcript(self, customer: Customer) -> list[Message]:
        """Return a customer's conversation as it is stored."""
        person = await self.service.parts.messaging.people.find("line", customer.id)
        if person is None:
            return []
        return await self.service.parts.store.messages_after(person.conversation_id, 0)

    async def texts(self, customer: Customer) -> list[str]:
        """Return the texts of a customer's conversation."""
        return [message.text for message in await self.transcript(customer)]

    async def deliveries(self) -> list[Entry]:
        """Return all deliveries, oldest first."""
        entries = await self.service.parts.messaging.outbox.entries(list(State))
        return entries[::-1]

    async def ended(self) -> list[Entry]:
        """Return all deliveries once none is on its way any more."""

        async def at_rest() -> bool:
            async with AsyncSession(self.service.parts.database) as session:
                events = set(await session.scalars(select(ChannelEventRow.state)))
                states = set(await session.scalars(select(OutboxRow.state)))
            open_states = {State.WAITING, State.SENDING}
            return "pending" not in events and bool(states) and not states & open_states

        await until(at_rest)
        return await self.deliveries()

    async def worked_on(self) -> None:
        """Return when every event was worked on."""

        async def done() -> bool:
            async with AsyncSession(self.service.parts.database) as session:
                states = list(await session.scalars(select(ChannelEventRow.state)))
            return bool(states) and "pending" not in states

        await until(done)


@pytest.fixture
async def shop(start_service: StartService) -> AsyncIterator[Shop]:
    """A shop on LINE."""
    async with FakeLine() as line:
        service = await start_service(line_api_url=line.url, line_data_url=line.data_url)
        line.connect(f"{service.http.base_url}/line/webhook")
        yield Shop(line, service)


@pytest.fixture
def hana(shop: Shop) -> Customer:
    """A customer."""
    return shop.line.user("佐藤 花子")
