"""The platform as an application: Send API, profiles, file server."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from tests.messenger_platform.errors import NO_PERSON, PROOF, TOKEN, MetaError, invalid
from tests.messenger_platform.faults import Fault
from tests.messenger_platform.platform import Platform

type Handler = Callable[[Request, bytes], dict[str, Any]]


def create_app(platform: Platform) -> Starlette:
    """Return the application."""

    def messages(request: Request, body: bytes) -> dict[str, Any]:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise invalid("The body is no JSON")
        content = json.loads(body)
        platform.requests.append(content)
        return platform.take(content)

    def profile(request: Request, _body: bytes) -> dict[str, Any]:
        person = platform.people.get(request.path_params["id"])
        if person is None or person.blocks:
            raise NO_PERSON
        asked = request.query_params.get("fields", "").split(",")
        told = {"id": person.id, "username": "hanako.s"}
        if person.name is not None:
            told["name"] = person.name
        return {name: told[name] for name in ["id", *asked] if name in told}

    return Starlette(
        routes=[
            Route("/{version}/me/messages", _Endpoint(platform, messages), methods=["POST"]),
            Route("/{version}/{id}", _Endpoint(platform, profile), methods=["GET"]),
            Route("/cdn/files/{name}", partial(_file, platform), methods=["GET"]),
        ]
    )


async def _file(platform: Platform, request: Request) -> Response:
    if "authorization" in request.headers:
        return PlainTextResponse("the access token is none of the file server's business", 418)
    found = platform.files.get(request.path_params["name"])
    if found is None:
        return PlainTextResponse("URL signature expired", 403)
    if found.to is not None:
        return Response(status_code=302, headers={"Location": found.to})
    if found.tells_length:
        return Response(found.content, found.status, media_type=found.content_type)
    middle = len(found.content) // 2
    halves = (found.content[:middle], found.content[middle:])
    return StreamingResponse(iter(halves), found.status, media_type=found.content_type)


class _Endpoint:
    """Checks a request's proofs, carries it out, and ends it as the next fault says."""

    def __init__(self, platform: Platform, handler: Handler) -> None:
        self._platform = platform
        self._handler = handler

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        fault = self._platform.faults.take()
        response = self._response(request, body, fault)
        match fault.ending:
            case "hang":
                while (await receive())["type"] != "http.disconnect":
                    pass
            case "cut":
                await response(scope, receive, _half(send))
            case "nonsense":
                await PlainTextResponse("OK?")(scope, receive, send)
            case "gateway":
                await HTMLResponse("<h1>502</h1>", 502)(scope, receive, send)
            case _:
                await response(scope, receive, send)

    def _response(self, request: Request, body: bytes, fault: Fault) -> Response:
        harmless = fault.error is None and fault.ending == "answer"
        if not harmless and not fault.accepted:
            return _refusal(fault.error) if fault.error else JSONResponse({})
        try:
            self._check(request)
            content = self._handler(request, body)
        except MetaError as error:
            return _refusal(error)
        return JSONResponse(content) if fault.error is None else _refusal(fault.error)

    def _check(self, request: Request) -> None:
        token = self._platform.token
        if request.headers.get("authorization") != f"Bearer {token}":
            raise TOKEN
        proof = hmac.new(self._platform.app_secret.encode(), token.encode(), hashlib.sha256)
        if request.query_params.get("appsecret_proof") != proof.hexdigest():
            raise PROOF


def _refusal(error: MetaError) -> Response:
    return JSONResponse(error.body(), error.status, error.headers)


def _half(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.body":
            half = message["body"][: len(message["body"]) // 2]
            message = {**message, "body": half, "more_body": True}
        await send(message)

    return sending
