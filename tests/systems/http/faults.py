"""The shop's API over real HTTP with faults that a test switches on."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

type Fault = Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]


@dataclass
class FaultyApi:
    """Passes requests on, but meets each with the next fault for as long as there is one."""

    app: ASGIApp
    faults: list[Fault] = field(default_factory=list)
    always: Fault | None = None
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
            self.asked.append((scope["method"], scope["path"], headers))
            fault = self.faults.pop(0) if self.faults else self.always
            if fault is not None:
                await fault(self.app, scope, receive, send)
                return
        await self.app(scope, receive, send)


def answering(
    status: int, body: bytes = b"", media_type: str = "application/json", **headers: str
) -> Fault:
    """Answer this instead of passing the request on; ``Retry_After`` names ``Retry-After``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    async def fault(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(body, status, named, media_type)(scope, receive, send)

    return fault


async def hanging(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Neither pass the request on nor answer, until the client goes."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def working_then_hanging(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Do what is asked and keep the answer for oneself."""

    async def silent(message: Message) -> None:
        pass

    await app(scope, receive, silent)
    await hanging(app, scope, receive, send)


async def working_then_breaking(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Do what is asked and break the connection in the middle of the answer."""

    async def half(message: Message) -> None:
        if message["type"] == "http.response.body":
            message = {**message, "body": message["body"][: len(message["body"]) // 2]}
            message["more_body"] = True
        await send(message)

    await app(scope, receive, half)


async def dripping(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with a blank now and then, for ever."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.ensure_future(hanging(app, scope, receive, send))
    while not gone.done():
        await send({"type": "http.response.body", "body": b" ", "more_body": True})
        await asyncio.wait([gone], timeout=0.02)


async def flooding(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer without an end, as fast as the client takes it."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    gone = asyncio.ensure_future(hanging(app, scope, receive, send))
    while not gone.done():
        await send({"type": "http.response.body", "body": b" " * 65536, "more_body": True})
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def resetting() -> AsyncIterator[tuple[str, list[bytes]]]:
    """Serve an address that resets every connection once it has read a request."""
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        peer: socket.socket = writer.get_extra_info("socket")
        # No last words: the connection ends with a reset.
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", seen
