"""The platform for tests: really served, gone at the end.

::

    async with served(Platform()) as meta:
        hana = meta.platform.person()
        ...  # start the service with meta.url as the Graph API's address
        async with meta.courier(f"{service}/messenger/webhook") as courier:
            await meta.tell(courier, meta.platform.from_person(hana, message={...}))
        [answer] = meta.platform.sent
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from tests.messenger_platform.app import create_app
from tests.messenger_platform.courier import Courier, Signing, encoded
from tests.messenger_platform.events import Event, notification
from tests.messenger_platform.platform import File, Platform
from tests.support.server import serving

VERIFY_TOKEN = "the-shop-chose-this"


@dataclass(frozen=True)
class FakeMeta:
    """A served platform; ``url`` is what a client takes for ``https://graph.facebook.com``."""

    platform: Platform
    url: str

    def file(self, name: str, file: File) -> str:
        """Put a file on the file server and return its address."""
        self.platform.files[name] = file
        return f"{self.url}/cdn/files/{name}"

    @asynccontextmanager
    async def courier(self, address: str) -> AsyncIterator[Courier]:
        """Give a courier to the service's webhook."""
        courier = Courier(address, self.platform.app_secret, VERIFY_TOKEN)
        try:
            yield courier
        finally:
            await courier.close()

    async def tell(
        self,
        courier: Courier,
        *events: Event,
        signing: Signing = "right",
        standby: bool = False,
    ) -> httpx.Response:
        """Bring events in one webhook."""
        platform = self.platform
        content = notification(
            platform.object,
            platform.account,
            platform.milliseconds(),
            list(events),
            standby=standby,
        )
        return await courier.bring(encoded(content), signing)


@asynccontextmanager
async def served(platform: Platform) -> AsyncIterator[FakeMeta]:
    """Serve a platform."""
    async with serving(create_app(platform)) as url:
        yield FakeMeta(platform, url)
