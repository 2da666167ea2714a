"""A customer: opens a conversation over HTTP, writes in it and reads its stream."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

import httpx


@dataclass(frozen=True)
class StreamedEvent:
    """One event of a stream."""

    name: str
    data: dict[str, Any]
    id: int | None


class EventStream:
    """An open stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        """Read the response."""
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> StreamedEvent | None:
        """Return the next event, None when the server has ended the stream."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line:
                name, _, value = line.partition(":")
                fields[name] = value.strip()
            elif "event" in fields:
                number = int(fields["id"]) if "id" in fields else None
                return StreamedEvent(fields["event"], json.loads(fields["data"]), number)
            else:
                fields = {}
        return None

    async def until(self, enough: Callable[[list[StreamedEvent]], bool]) -> list[StreamedEvent]:
        """Return the events up to the one that makes them enough, or to the end."""
        events: list[StreamedEvent] = []
        async with asyncio.timeout(30):
            while not enough(events):
                event = await self.next()
                if event is None:
                    return events
                events.append(event)
        return events

    async def messages(self, count: int) -> list[dict[str, Any]]:
        """Return the next ``count`` messages."""
        events = await self.until(lambda seen: len(messages_of(seen)) >= count)
        return messages_of(events)


def messages_of(events: list[StreamedEvent]) -> list[dict[str, Any]]:
    """Return the messages among the events."""
    return [event.data for event in events if event.name == "message"]


class Chat:
    """One conversation, from the customer's side."""

    def __init__(self, http: httpx.AsyncClient, opened: dict[str, Any]) -> None:
        """Go on in a conversation that was opened."""
        self._http = http
        self.id: str = opened["id"]
        self.token: str = opened["token"]
        self.greeting: dict[str, Any] = opened["messages"][0]

    @classmethod
    async def open(cls, http: httpx.AsyncClient, **body: Any) -> Self:
        """Open a conversation; the body is ``{"site": null}`` unless told."""
        answer = await http.post("/api/v1/conversations", json=body or {"site": None})
        assert answer.status_code == 201, answer.text
        return cls(http, answer.json())

    @property
    def path(self) -> str:
        """The conversation's address."""
        return f"/api/v1/conversations/{self.id}"

    @property
    def authorization(self) -> dict[str, str]:
        """The header that opens the conversation."""
        return {"Authorization": f"Bearer {self.token}"}

    async def send(self, key: str | None = None, **body: Any) -> httpx.Response:
        """Send a body under a key, a new one unless told."""
        headers = {**self.authorization, "Idempotency-Key": key or str(uuid.uuid4())}
        return await self._http.post(f"{self.path}/messages", json=body, headers=headers)

    async def say(self, text: str, key: str | None = None) -> list[dict[str, Any]]:
        """Send a text and return its replies."""
        answer = await self.send(key, text=text)
        assert answer.status_code in {200, 202}, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages

    @asynccontextmanager
    async def events(
        self, after: int | None = None, last_event_id: str | None = None
    ) -> AsyncIterator[EventStream]:
        """Open the conversation's stream."""
        headers = httpx.Headers(self.authorization, encoding="utf-8")
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        params = {"after": after} if after is not None else {}
        request = self._http.stream("GET", f"{self.path}/events", params=params, headers=headers)
        async with request as response:
            yield EventStream(response)
