"""The desk in the running service: agents' browsers and a customer's page, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from typing import Any

import httpx

from madoguchi.desk.demo_agents import DEMO_AGENTS
from madoguchi.desk.model import Reason
from tests.support.server import LiveService, client_of

DESK = {"X-Desk": "1"}


@dataclass
class AtDesk:
    """A signed-in agent's browser."""

    http: httpx.AsyncClient
    login: str

    async def get(self, path: str, **asked: Any) -> Any:
        """Return what is read."""
        answer = await self.http.get(f"/desk/api{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Return the answer to a deed."""
        return await self.http.post(f"/desk/api{path}", json=body, headers=DESK | headers)

    async def say(self, chat: str, text: str, key: str) -> httpx.Response:
        """Send a message."""
        return await self.post(
            f"/chats/{chat}/messages", {"text": text}, **{"Idempotency-Key": key}
        )


class Floor:
    """The service with its desk and a customer's page."""

    def __init__(self, service: LiveService, stack: AsyncExitStack) -> None:
        self.service = service
        self._stack = stack

    async def agent(self, login: str) -> AtDesk:
        """Sign in as one of the demonstration's agents."""
        http = await self._stack.enter_async_context(client_of(str(self.service.http.base_url)))
        password = next(demo.password for demo in DEMO_AGENTS if demo.login == login)
        answer = await http.post(
            "/desk/api/session", json={"login": login, "password": password}, headers=DESK
        )
        assert answer.status_code == 200, answer.text
        return AtDesk(http, login)

    async def customer(self) -> tuple[str, dict[str, str]]:
        """Open a chat on the shop's page; return its id and the headers of its customer."""
        opened = (await self.service.http.post("/api/v1/conversations", json={})).json()
        return opened["id"], {"Authorization": f"Bearer {opened['token']}"}

    async def write(self, chat: str, headers: dict[str, str], text: str) -> httpx.Response:
        """Write as the customer."""
        return await self.service.http.post(
            f"/api/v1/conversations/{chat}/messages",
            json={"text": text},
            headers=headers | {"Idempotency-Key": text.encode().hex()[:100]},
        )

    async def hears(self, agent: AtDesk, enough: Callable[[dict[str, Any]], bool]) -> None:
        """Return when an agent's stream, from its beginning on, has told of something."""
        await events_of(agent, "0", enough)

    async def waiting(
        self, reason: Reason = Reason.CUSTOMER, detail: str | None = None
    ) -> tuple[str, dict[str, str]]:
        """Return a chat that waits for a person."""
        chat, headers = await self.customer()
        await self.write(chat, headers, "届いたバッグに傷があります")
        await self.service.parts.desk.ownership.call(chat, reason, "", detail)
        return chat, headers


async def events_of(
    agent: AtDesk, cursor: str | None, enough: Callable[[dict[str, Any]], bool]
) -> list[dict[str, Any]]:
    """Return the stream's events up to the first that is enough."""
    seen = []
    async with asyncio.timeout(30), aclosing(events_on(agent, cursor)) as events:
        async for event in events:
            seen.append(event)
            if enough(event):
                return seen
    raise AssertionError(f"the stream ended after {seen}")


async def events_on(agent: AtDesk, cursor: str | None = None) -> AsyncGenerator[dict[str, Any]]:
    """Give the stream's events as they come."""
    headers = {"Last-Event-ID": cursor} if cursor is not None else {}
    event: dict[str, Any] = {}
    async with agent.http.stream("GET", "/desk/api/events", headers=headers) as stream:
        assert stream.status_code == 200, stream.status_code
        async for line in stream.aiter_lines():
            name, _, value = line.partition(": ")
            if name in {"id", "event"}:
                event[name] = value
            elif name == "data":
                event["data"] = json.loads(value)
                yield event
                event = {}
