"""All routes of the desk."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

from madoguchi.desk import (
    action_routes,
    assign_routes,
    chat_routes,
    file_routes,
    inquiry_routes,
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


def desk_router() -> APIRouter:
    """Return the desk's page and its API."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/desk")
    async def desk() -> FileResponse:
        return FileResponse(
            _PAGE,
            media_type="text/html",
            headers={"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"},
        )

    parts = (
        signin_routes,
        chat_routes,
        action_routes,
        assign_routes,
        file_routes,
        inquiry_routes,
        notification_routes,
        stream_routes,
        transcript_routes,
        skill_routes,
    )
    for each in parts:
        routes.include_router(each.router)
    return routes
