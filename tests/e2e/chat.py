"""A customer at the Chat API: opens a conversation, sends, taps, and reads the stream."""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Self

import httpx

from tests.e2e.service import until

Message = dict[str, Any]


class Chat:
    """One conversation, through its token."""

    def __init__(self, url: str, conversation: str, token: str) -> None:
        """Go on with a conversation that was opened before."""
        self.id = conversation
        self.token = token
        self.greeting: list[Message] = []
        self._address = f"{url}/api/v1/conversations/{conversation}"
        self._http = httpx.Client(
            headers={"Authorization": f"Bearer {token}"}, timeout=httpx.Timeout(30.0)
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    @classmethod
    def open(cls, url: str, site: str | None, identity: str | None = None) -> Self:
        """Open a conversation on a site's page."""
        body = {"site": site} | ({"identity": identity} if identity else {})
        answer = httpx.post(f"{url}/api/v1/conversations", json=body)
        assert answer.status_code == httpx.codes.CREATED, answer.text
        opened = answer.json()
        chat = cls(url, opened["id"], opened["token"])
        chat.greeting = opened["messages"]
        return chat

    def post(
        self, body: Message | bytes, key: str | None = None, wait: float = 30.0
    ) -> httpx.Response:
        """Send a body as it is and return the service's answer to it."""
        return self._http.post(
            f"{self._address}/messages",
            content=body if isinstance(body, bytes) else json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": key or uuid.uuid4().hex,
            },
            timeout=wait,
        )

    def say(self, text: str) -> list[Message]:
        """Send a text and return the replies."""
        return self._replies({"text": text})

    def tap(self, choice: Message) -> list[Message]:
        """Tap a choice and return the replies."""
        return self._replies({"choice": choice["id"]})

    def leave_behind(self, text: str) -> None:
        """Send a text and go before it is answered: when this returns, the service has it."""
        key = uuid.uuid4().hex
        with contextlib.suppress(httpx.HTTPError):
            self.post({"text": text}, key, wait=0.5)
        self.read(lambda found: found[-1]["client_id"] == key)

    def history(self, last: int) -> list[Message]:
        """Return the conversation's messages up to that number, when they are there."""
        return self.read(lambda found: found[-1]["seq"] >= last)

    def read(self, enough: Callable[[list[Message]], bool], seconds: float = 60.0) -> list[Message]:
        """Return what the stream tells from the beginning on, connecting again when it breaks."""
        found: list[Message] = []
        for _ in until(seconds):
            with contextlib.suppress(httpx.HTTPError):
                for name, data in self.events(found[-1]["seq"] if found else 0):
                    if name == "message":
                        found.append(data)
                        if enough(found):
                            return found
        raise AssertionError(f"the stream told only {[each['text'] for each in found]}")

    def events(self, after: int = 0) -> Iterator[tuple[str, Message]]:
        """Yield the stream's events until it ends or nothing has come for some seconds."""
        limit = httpx.Timeout(5.0, read=10.0)
        with self._http.stream(
            "GET", f"{self._address}/events", params={"after": after}, timeout=limit
        ) as stream:
            assert stream.status_code == httpx.codes.OK, stream.status_code
            name = ""
            for line in stream.iter_lines():
                field, _, value = line.partition(": ")
                if field == "event":
                    name = value
                elif field == "data":
                    yield name, json.loads(value)

    def _replies(self, body: Message) -> list[Message]:
        """Send again with the same key, as the widget may, while it is only accepted."""
        key = uuid.uuid4().hex
        for _ in until(60):
            answer = self.post(body, key)
            if answer.status_code != httpx.codes.ACCEPTED:
                assert answer.status_code == httpx.codes.OK, answer.text
                replies: list[Message] = answer.json()["messages"]
                return replies
        raise AssertionError("accepted, and not answered")
