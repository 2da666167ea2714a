"""All routes of the desk."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from madoguchi.desk import (
    action_routes,
    agent_routes,
    assign_routes,
    chat_routes,
    file_routes,
    inquiry_routes,
    looking_routes,
    notification_routes,
    signin_routes,
    stream_routes,
    transcript_routes,
)
from madoguchi.desk.skills import skill_routes

_PAGE = Path(__file__).resolve().parents[1] / "web" / "templates" / "desk" / "desk.html"
# Nothing that a customer wrote can become a script here: none is allowed but our own file.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; media-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)


page_router = APIRouter(include_in_schema=False)


@page_router.get("/desk")
async def desk() -> FileResponse:
    """Return the desk's page."""
    return FileResponse(
        _PAGE,
        media_type="text/html",
        headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
    )


ROUTERS: tuple[APIRouter, ...] = (
    page_router,
    signin_routes.router,
    agent_routes.router,
    chat_routes.router,
    action_routes.router,
    assign_routes.router,
    file_routes.router,
    inquiry_routes.router,
    looking_routes.router,
    notification_routes.router,
    stream_routes.router,
    transcript_routes.router,
    skill_routes.router,
)
