"""Refusals as the API describes them, and what is done before a request is looked at."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Header, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from madoguchi.systems.http.bodies import Body
from madoguchi.systems.http.fields import IDEMPOTENCY_KEY
from madoguchi.systems.model import KeyReusedError, NotAllowedError, SystemUnavailableError

_DETAILS = {
    "unauthorized": "The bearer token is missing or wrong.",
    "not_found": "There is no such thing.",
    "not_allowed": "Its state does not allow this.",
    "key_reused": "The idempotency key came before with another request.",
    "invalid": "The request is not as the API describes it.",
    "unavailable": "The systems do not answer.",
}


def problem(
    status: int, code: str, where: str = "", headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return a problem (RFC 9457); ``where`` names what is invalid, never what it contained."""
    body = {
        "type": f"urn:madoguchi:systems:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": f"{_DETAILS[code]} {where}".strip(),
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


Key = Annotated[str, Header(alias="Idempotency-Key", pattern=IDEMPOTENCY_KEY)]


def handle_problems(app: FastAPI) -> None:
    """Answer every error of the systems, and of the framework, with a problem."""

    @app.exception_handler(NotAllowedError)
    async def not_allowed(_request: Request, _error: NotAllowedError) -> JSONResponse:
        return problem(409, "not_allowed")

    @app.exception_handler(LookupError)
    async def not_found(_request: Request, _error: LookupError) -> JSONResponse:
        return problem(404, "not_found")

    @app.exception_handler(KeyReusedError)
    async def key_reused(_request: Request, _error: KeyReusedError) -> JSONResponse:
        return problem(422, "key_reused")

    @app.exception_handler(SystemUnavailableError)
    async def unavailable(_request: Request, _error: SystemUnavailableError) -> JSONResponse:
        return problem(503, "unavailable", headers={"Retry-After": "1"})

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        return problem(422, "invalid", _places(error.errors()))

    @app.exception_handler(HTTPException)
    async def other(_request: Request, error: HTTPException) -> JSONResponse:
        # No "not_found": an address that does not exist says nothing about an order.
        return problem(error.status_code, "invalid", headers=dict(error.headers or {}))


def _places(faults: Sequence[Mapping[str, Any]]) -> str:
    return "Look at: " + ", ".join(sorted({".".join(map(str, fault["loc"])) for fault in faults}))


def body_of[B: Body](shape: type[B]) -> Callable[[Request], Awaitable[B]]:
    """Return a dependency that reads a request's JSON strictly, as the description says it."""

    async def read(request: Request) -> B:
        if request.headers.get("Content-Type", "").partition(";")[0] != "application/json":
            raise RequestValidationError([{"loc": ("Content-Type",), "type": "media_type"}])
        try:
            return shape.model_validate_json(await request.body())
        except ValidationError as error:
            raise RequestValidationError(
                [
                    {"loc": ("body", *fault["loc"]), "type": fault["type"]}
                    for fault in error.errors()
                ]
            ) from None

    return read


class BearerToken:
    """Lets only requests with the token through, before anything else of them is read."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        """Wrap the application."""
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 401."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("Authorization", "").encode("latin-1")
        if hmac.compare_digest(given, self._expected):
            await self._app(scope, receive, _uncached(send))
            return
        refused = problem(401, "unauthorized", headers={"WWW-Authenticate": "Bearer"})
        await refused(scope, receive, _uncached(send))


def _uncached(send: Send) -> Send:
    async def with_header(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message)["Cache-Control"] = "no-store"
        await send(message)

    return with_header
