"""The other system: a real HTTP server that does with calls what a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from starlette.types import Receive, Scope, Send

from madoguchi.channels.webhook.signature import Secrets

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD_SECRET = "whsec_bWFkb2d1Y2hpLW9sZC1zZWNyZXQtMDAx"
SECRETS = Secrets.read(SECRET)


@dataclass(frozen=True)
class Call:
    """A request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class OtherSystem:
    """Answers every call with the status, headers and body that are set; keeps the calls."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    # Set before a call: it is accepted and never answered.
    hanging: bool = False
    # The status is answered and the body never ends.
    endless: bool = False
    calls: list[Call] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = await _body(receive)
        self.calls.append(Call(scope["method"], scope["path"], headers, body))
        if self.hanging:
            await _until_gone(receive)
            return
        given = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        await send({"type": "http.response.start", "status": self.status, "headers": given})
        await send({"type": "http.response.body", "body": self.body, "more_body": self.endless})
        if self.endless:
            await _until_gone(receive)


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


type Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read a request and close the connection without a word."""
    await reader.readuntil(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
