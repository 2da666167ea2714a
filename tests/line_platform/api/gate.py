"""What every request to the API passes: token, size, retry key, faults; each gets an id."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.line_platform import ids
from tests.line_platform.calls import Call
from tests.line_platform.errors import (
    AUTHENTICATION,
    RETRY_KEY_NOT_SUPPORTED,
    TOO_LARGE,
    LineError,
)
from tests.line_platform.faults import Fault
from tests.line_platform.platform import Platform

LARGEST_BODY_BYTES = 2 * 1024 * 1024
REQUEST_ID = "x-line-request-id"
RETRY_KEY = "x-line-retry-key"
_CUT = "line_platform.cut"


@dataclass(frozen=True)
class Incoming:
    """A request on its way to its handler."""

    platform: Platform
    request_id: str
    headers: dict[str, str]
    path: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises LineError (400, 415)."""
        content_type = self.headers.get("content-type", "")
        if content_type.partition(";")[0].strip().lower() != "application/json":
            raise LineError(415, f"The content type, {content_type}, is not supported")
        try:
            content = json.loads(self.body)
        except json.JSONDecodeError as error:
            raise _unreadable(error.lineno, error.colno) from None
        except UnicodeDecodeError:
            raise _unreadable(1, 1) from None
        if not isinstance(content, dict):
            raise _unreadable(1, 1)
        return content


type Handler = Callable[[Incoming], Response]


@dataclass(frozen=True)
class Endpoint:
    """One endpoint of the API, as an ASGI application."""

    name: str
    method: str
    path: str
    handler: Handler
    takes_retry_key: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or end it as the fault that is switched on says."""
        request = Request(scope, receive)
        platform: Platform = request.app.state.platform
        call = _noted(self.name, request, platform)
        fault = platform.faults.take(self.name)
        try:
            call.body = await request.body()
        except ClientDisconnect:
            return
        await _wait_for(fault, platform)
        response = self._response(call, request, platform, fault)
        if fault.ending == "answer":
            call.status = response.status_code
            response.headers[REQUEST_ID] = call.request_id
        call.done = True
        platform.changes.happened()
        if fault.ending == "answer":
            await response(scope, receive, send)
            return
        if fault.ending == "hang":
            await _client_gives_up(receive, platform)
        scope[_CUT]()
        await receive()

    def _response(self, call: Call, request: Request, platform: Platform, fault: Fault) -> Response:
        if fault.error is not None and not fault.accepted:
            return _refusal(call, fault.error)
        if fault.ending != "answer" and not fault.accepted:
            return Response()
        incoming = Incoming(
            platform, call.request_id, call.headers, dict(request.path_params), call.body
        )
        try:
            self._check(incoming)
            response = self.handler(incoming)
        except LineError as error:
            response = _refusal(call, error)
        return response if fault.error is None else _refusal(call, fault.error)

    def _check(self, incoming: Incoming) -> None:
        if incoming.headers.get("authorization") != f"Bearer {incoming.platform.channel.token}":
            raise LineError(401, AUTHENTICATION)
        if len(incoming.body) > LARGEST_BODY_BYTES:
            raise LineError(413, TOO_LARGE)
        if RETRY_KEY in incoming.headers and not self.takes_retry_key:
            raise LineError(400, RETRY_KEY_NOT_SUPPORTED)


class CanBeCut:
    """Hands every request a way to cut its connection off, as a broken network does."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application; nothing may stand between this and the server."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            scope[_CUT] = lambda: _cut(send)
        await self._app(scope, receive, send)


def _cut(send: Send) -> None:
    # ASGI has no word for it: uvicorn's send is a method of the request's connection.
    transport: asyncio.Transport = cast("Any", send).__self__.transport
    if transport.is_closing():
        return
    connection = transport.get_extra_info("socket")
    if connection is not None:
        # Without lingering the kernel sends a reset rather than a polite end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def _noted(name: str, request: Request, platform: Platform) -> Call:
    call = Call(
        endpoint=name,
        method=request.method,
        path=request.url.path,
        headers=dict(request.headers),
        at=platform.clock.now(),
        request_id=ids.request_id(),
    )
    platform.calls.append(call)
    return call


def _refusal(call: Call, error: LineError) -> Response:
    call.error = error.message
    return JSONResponse(error.body(), error.status, error.headers)


def _unreadable(line: int, column: int) -> LineError:
    return LineError(
        400, f"The request body could not be parsed as JSON (line: {line}, column: {column})"
    )


async def _wait_for(fault: Fault, platform: Platform) -> None:
    if fault.until is not None:
        await _either(fault.until, platform.closing)
    if fault.delay_seconds:
        await platform.pause(fault.delay_seconds)


async def _either(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


async def _client_gives_up(receive: Receive, platform: Platform) -> None:
    async def gone() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    waits = [asyncio.create_task(gone()), asyncio.create_task(platform.closing.wait())]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
