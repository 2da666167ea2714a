"""Refusals as ``application/problem+json`` (RFC 9457), in the reader's language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.routing import Match, Route

from madoguchi.knowledge.sentences import sentences
from madoguchi.logs import log
from madoguchi.metrics import REFUSED

_CODES = {400: "body_invalid", 404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class Problem(Exception):  # noqa: N818  (the RFC's word for it)
    """A request that is refused; ``code`` names its sentence in messages/ja.yml."""

    def __init__(
        self, status: int, code: str, headers: dict[str, str] | None = None, **values: object
    ) -> None:
        """Refuse with the status, the sentence's values filled in."""
        super().__init__(code)
        self.status = status
        self.code = code
        self.headers = headers or {}
        self.values = values


def problem_response(problem: Problem) -> JSONResponse:
    """Return the problem as the client sees it."""
    REFUSED.labels(problem.code).inc()
    body: dict[str, Any] = {
        "type": f"urn:madoguchi:problem:{problem.code}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": sentences().problem(problem.code, **problem.values),
    }
    return JSONResponse(
        body, problem.status, {**problem.headers}, media_type="application/problem+json"
    )


def handle_problems(app: FastAPI) -> None:
    """Answer every error of the application with a problem, also those nobody foresaw."""

    @app.exception_handler(Problem)
    async def refused(_request: Request, error: Problem) -> JSONResponse:
        return problem_response(error)

    @app.exception_handler(RequestValidationError)
    async def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = {
            ".".join(str(part) for part in fault["loc"][1:])
            for fault in error.errors()
            if fault["type"] != "json_invalid"  # its place is an offset
        }
        where = "、".join(sorted(place for place in places if place)) or "JSON"
        return problem_response(Problem(422, "body_invalid", where=where))

    @app.exception_handler(HTTPException)
    async def http_error(request: Request, error: HTTPException) -> JSONResponse:
        code, headers = _CODES.get(error.status_code, "internal"), dict(error.headers or {})
        if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            headers["Allow"] = _allowed(request)
        return problem_response(Problem(error.status_code, code, headers, where="JSON"))

    @app.exception_handler(Exception)
    async def unforeseen(_request: Request, error: Exception) -> JSONResponse:
        log("app").exception("request failed", exc_info=error)
        return problem_response(Problem(500, "internal"))


def _allowed(request: Request) -> str:
    """Return the methods of an address, whichever routes serve them: the first knows its own."""
    routes = (route for route in request.app.routes if isinstance(route, Route))
    partly = (route for route in routes if route.matches(request.scope)[0] is Match.PARTIAL)
    return ", ".join(sorted({method for route in partly for method in route.methods or ()}))
