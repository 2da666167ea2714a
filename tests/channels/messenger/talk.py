"""A customer of the whole service, on the other side of Meta's stand-in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.channel_tables import ChannelEventRow
from madoguchi.conversations.deliveries import Entry, State
from tests.conftest import StartService
from tests.messenger_platform.courier import Courier
from tests.messenger_platform.fake import VERIFY_TOKEN, FakeMeta
from tests.messenger_platform.platform import Person, Sent
from tests.support.server import LiveService
from tests.support.waiting import until

_TOKENS = {"page": "messenger_page_token", "instagram": "messenger_instagram_token"}


@dataclass
class Talk:
    """A customer, and the service on the other side of Meta."""

    meta: FakeMeta
    courier: Courier
    person: Person
    service: LiveService

    async def says(self, mid: str, **message: Any) -> None:
        """Have the customer send a message."""
        said = self.meta.platform.from_person(self.person, message={"mid": mid, **message})
        assert (await self.meta.tell(self.courier, said)).status_code == 200

    async def receives(self, count: int) -> list[Sent]:
        """Return what the customer got, once it is that many messages."""
        platform = self.meta.platform
        async with asyncio.timeout(30):
            while len(platform.sent) < count:
                await platform.taken.wait()
                platform.taken.clear()
        return platform.sent

    async def deliveries(self) -> list[Entry]:
        """Return what was to be sent, oldest first, and how it stands."""
        return (await self.service.parts.messaging.outbox.entries(list(State)))[::-1]

    async def tried(self) -> None:
        """Return when the end of every try is known that was made so far."""

        async def known() -> bool:
            states = {each.state for each in await self.deliveries()}
            return bool(states) and State.SENDING not in states

        await until(known)

    async def worked_on(self) -> None:
        """Return when every event was worked on."""

        async def done() -> bool:
            async with AsyncSession(self.service.parts.database) as session:
                states = list(await session.scalars(select(ChannelEventRow.state)))
            return bool(states) and "pending" not in states

        await until(done)


@asynccontextmanager
async def talking(
    meta: FakeMeta, start_service: StartService, **settings: object
) -> AsyncIterator[Talk]:
    """Give a customer of a service that has this platform's account and no other of Meta's."""
    platform = meta.platform
    token = {_TOKENS[platform.object]: platform.token}
    service = await start_service(
        messenger_app_secret=platform.app_secret,
        messenger_verify_token=VERIFY_TOKEN,
        messenger_api_url=meta.url,
        messenger_site="store",
        **(token | settings),
    )
    async with meta.courier(f"{service.http.base_url}/messenger/webhook") as courier:
        yield Talk(meta, courier, platform.person(), service)
