"""The running service on the generic webhook, seen from the other system."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from madoguchi.channels.webhook.signature import Secrets, signed
from madoguchi.conversations.model import Message
from tests.channels.webhook.events_by_hand import a_body
from tests.channels.webhook.other import SECRET, Call, OtherSystem
from tests.conftest import StartService
from tests.support.server import LiveService
from tests.support.waiting import until

USER = "app-user-1"


class Shop:
    """The running service, seen from the other system."""

    def __init__(self, service: LiveService, other: OtherSystem) -> None:
        self.service = service
        self.other = other

    async def post(self, *events: dict[str, Any], secret: str = SECRET) -> Any:
        """Post the events, signed now."""
        body = a_body(*events)
        headers = signed(Secrets.read(secret), "call-1", datetime.now(UTC), body)
        return await self.service.http.post("/webhook/v1/events", content=body, headers=headers)

    async def calls(self, count: int = 1) -> list[Call]:
        """Return the calls that brought messages, once there are so many."""

        async def brought() -> list[Call]:
            found = [call for call in self.other.calls if b'"messages"' in call.body]
            return found if len(found) >= count else []

        return await until(brought)

    async def messages(self, count: int) -> list[dict[str, Any]]:
        """Return the messages that arrived, each call's once, when there are so many."""

        async def arrived() -> list[dict[str, Any]]:
            calls = {call.headers["webhook-id"]: call for call in await self.calls()}
            found = [
                message for call in calls.values() for message in json.loads(call.body)["messages"]
            ]
            return found if len(found) >= count else []

        return await until(arrived)

    async def transcript(self) -> list[Message]:
        """Return what the customer's conversation holds."""
        person = await self.service.parts.messaging.people.find("webhook", USER)
        if person is None:
            return []
        return await self.service.parts.store.messages_after(person.conversation_id, 0)

    async def holds(self, fits: Callable[[list[str]], bool]) -> list[str]:
        """Return the texts of the conversation once they fit."""

        async def look() -> list[str]:
            texts = [message.text for message in await self.transcript()]
            return texts if fits(texts) else []

        return await until(look)


async def shop_on(
    start_service: StartService, other: OtherSystem, address: str, **settings: object
) -> Shop:
    """Return a running service whose webhook leads to the other system."""
    webhook = {"webhook_secret": SECRET, "webhook_url": f"{address}/calls"}
    return Shop(await start_service(**(webhook | settings)), other)
