"""The engine's channel on real HTTP, with an agent that does as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from rasa.core.channels.channel import UserMessage, register
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic
from sanic.request import Request
from sanic.server.async_server import AsyncioServer

from bot.channel import MadoguchiInput

SECRET = "secret-of-the-tests"
TIMEOUT = 60

Turn = Callable[[UserMessage], Awaitable[Any]]


async def silence(message: UserMessage) -> None:
    """Say nothing."""


@dataclass
class ScriptedProcessor:
    """Stands where Rasa's message processor stands: understands what it was told to."""

    understood: dict[str, tuple[str, float]] = field(default_factory=dict)
    parsed: list[UserMessage] = field(default_factory=list)
    understood_before: str | None = None

    async def parse_message(self, message: UserMessage) -> dict[str, Any]:
        """Return the scripted understanding of a text."""
        self.parsed.append(message)
        name, confidence = self.understood.get(message.text, (None, 0.0))
        return {"intent": {"name": name, "confidence": confidence}}

    async def get_tracker(self, conversation_id: str) -> DialogueStateTracker:
        """Return a conversation in which one message was understood, or none yet."""
        if self.understood_before is None:
            return DialogueStateTracker.from_events(conversation_id, [])
        said = UserUttered("さっきの質問", {"name": self.understood_before})
        return DialogueStateTracker.from_events(conversation_id, [said])

    fetch_tracker_and_update_session = get_tracker


@dataclass
class ScriptedAgent:
    """Stands where Rasa's agent stands: answers as scripted and remembers what it was asked."""

    turn: Turn = silence
    ready: bool = True
    model_id: str = "model-of-the-tests"
    processor: ScriptedProcessor = field(default_factory=ScriptedProcessor)
    handled: list[UserMessage] = field(default_factory=list)
    warmed: list[str] = field(default_factory=list)
    domain: Domain = field(default_factory=Domain.empty)
    tracker_store: TrackerStore = field(
        default_factory=lambda: InMemoryTrackerStore(Domain.empty())
    )
    lock_store: LockStore = field(default_factory=InMemoryLockStore)

    def is_ready(self) -> bool:
        """Return whether a model is loaded."""
        return self.ready

    async def parse_message(self, message_data: str) -> dict[str, Any]:
        """Return the understanding of a text, as Rasa's agent does outside a conversation."""
        self.warmed.append(message_data)
        return await self.processor.parse_message(UserMessage(message_data))

    async def handle_message(self, message: UserMessage) -> None:
        """Answer a message as scripted."""
        self.handled.append(message)
        await self.turn(message)


class LiveChannel:
    """A running channel, and a client that knows the secret."""

    def __init__(self, app: Sanic, port: int, http: requests.Session) -> None:
        """Speak to the application at the port; it has no agent yet."""
        self._app = app
        self._port = port
        self._url = f"http://127.0.0.1:{port}/webhooks/madoguchi"
        self._http = http
        self.agent = ScriptedAgent()
        # Set by a call to forget, before anything is done about it.
        self.told_to_forget = asyncio.Event()
        app.register_middleware(self._note, "request")

    async def _note(self, request: Request) -> None:
        if request.path.endswith("/forget"):
            self.told_to_forget.set()

    def give(self, agent: ScriptedAgent | None) -> None:
        """Put an agent where Rasa puts the one that it loaded."""
        self.agent = agent or ScriptedAgent()
        self._app.ctx.agent = agent

    def ready(self, secret: str | None = SECRET) -> tuple[int, Any]:
        """Ask whether a model is loaded; return the status and the answer."""
        answer = self._http.get(f"{self._url}/ready", headers=_headers(secret))
        return answer.status_code, answer.json()

    def send(self, secret: str | None = SECRET, **body: Any) -> tuple[int, Any]:
        """Send a message; return the status and the answer."""
        usual = {"sender": "conversation", "text": "質問です", "payload": None, "metadata": {}}
        answer = self._http.post(
            f"{self._url}/messages", json={**usual, **body}, headers=_headers(secret)
        )
        return answer.status_code, answer.json()

    def send_raw(self, body: bytes, to: str = "messages") -> int:
        """Send a body that may be anything; return the status."""
        headers = {**_headers(SECRET), "Content-Type": "application/json"}
        return self._http.post(f"{self._url}/{to}", data=body, headers=headers).status_code

    def send_and_hang_up(self, sender: str, after: threading.Event) -> None:
        """Send a message and close the connection when ``after`` is set, without its answer."""
        body = json.dumps({"sender": sender, "text": "質問です", "payload": None}).encode()
        head = (
            f"POST /webhooks/madoguchi/messages HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"X-Madoguchi-Secret: {SECRET}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", self._port)) as connection:
            connection.sendall(head.encode() + body)
            assert after.wait(TIMEOUT)

    def forget(self, sender: str, secret: str | None = SECRET) -> tuple[int, Any]:
        """Have a conversation forgotten; return the status and the answer."""
        answer = self._http.post(
            f"{self._url}/forget", json={"sender": sender}, headers=_headers(secret)
        )
        return answer.status_code, answer.json()


def _headers(secret: str | None) -> dict[str, bytes]:
    return {} if secret is None else {"X-Madoguchi-Secret": secret.encode()}


@contextlib.contextmanager
def running_channel() -> Iterator[LiveChannel]:
    """Serve the channel on a free port of the loopback interface, as Rasa registers it.

    Sanic cannot start a second time in one process, so the tests share one server.
    """
    app = Sanic("madoguchi-tests", configure_logging=False)
    register([MadoguchiInput(SECRET)], app, "/webhooks/")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(_started(app), loop).result(TIMEOUT)
        with requests.Session() as http:
            yield LiveChannel(app, server.server.sockets[0].getsockname()[1], http)
        asyncio.run_coroutine_threadsafe(_closed(server), loop).result(TIMEOUT)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(TIMEOUT)
        loop.close()


async def _started(app: Sanic) -> AsyncioServer:
    server = await app.create_server("127.0.0.1", 0, return_asyncio_server=True, access_log=False)
    await server.startup()
    await server.start_serving()
    return server


async def _closed(server: AsyncioServer) -> None:
    await server.close()
