"""What every request passes: its size, its log line, and the headers that protect a browser."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable

import structlog
from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from madoguchi.conversations.tokens import new_id
from madoguchi.logs import log
from madoguchi.media.limits import LARGEST
from madoguchi.metrics import REQUESTS
from madoguchi.problems import Problem, problem_response

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def form_policy(goal: str) -> str:
    """Return the policy of a page whose form may lead on to an address elsewhere."""
    origin = "/".join(goal.split("/")[:3])
    return _CSP.replace("form-action 'self'", f"form-action 'self' {origin}")


class SecurityHeaders:
    """Sets the protecting headers on every answer that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(("/api/", "/desk/api/")):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


# A platform sends many events at once, and takes a refusal for our failure.
_WEBHOOK_LIMIT = 2 * 1024 * 1024
_WEBHOOKS = ("/line/webhook", "/messenger/webhook", "/webhook/v1/")
# A file is a body of its own. Which kind it is, and so how large it may be, its bytes tell later.
_FILES = re.compile(r"/api/v1/conversations/[^/]+/files|/desk/api/chats/[^/]+/files")
_LARGEST_FILE = max(LARGEST.values())


class BodyLimit:
    """Refuses a body above the limit before it is read into memory."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        """Wrap the application; the limit is in bytes, a platform's webhooks have their own."""
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limit_of(scope["path"])
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            await problem_response(Problem(413, "body_too_large"))(scope, receive, send)
            return
        await self._app(scope, _counted(receive, limit), send)

    def _limit_of(self, path: str) -> int:
        if path.startswith(_WEBHOOKS):
            return _WEBHOOK_LIMIT
        return _LARGEST_FILE if _FILES.fullmatch(path) else self._limit


def _counted(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    total = 0

    async def counted() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > limit:
            # The framework passes on this kind of exception alone while it reads a body.
            raise HTTPException(413)
        return message

    return counted


class LastResort:
    """Answers what nobody foresaw; the framework's own place for it is outside the headers."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 500 if that fails before an answer has begun."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            log("app").exception("request failed", exc_info=error)
            await problem_response(Problem(500, "internal"))(scope, receive, send)


class RequestLog:
    """Writes one line per request: what was asked and how it went, never what it said."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap the application."""
        self._app = app
        self._log = log("request")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and count it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, started = 500, time.monotonic()

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=new_id()):
            try:
                await self._app(scope, receive, watched)
            finally:
                # The route's pattern, not the path: a conversation's id opens nothing, but
                # has no place in a log either.
                route = getattr(scope.get("route"), "path", "-")
                REQUESTS.labels(scope["method"], route, status).inc()
                self._log.info(
                    "request",
                    method=scope["method"],
                    route=route,
                    status=status,
                    duration_ms=round((time.monotonic() - started) * 1000),
                )
