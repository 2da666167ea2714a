"""The platform as an application: the API, and the page that ends an account link."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from tests.line_platform.api.gate import CanBeCut
from tests.line_platform.api.routes import api_routes
from tests.line_platform.line import Line


def create_app(line: Line, pages: list[BaseRoute] | None = None) -> ASGIApp:
    """Return the application of a platform, with further pages when there are some."""
    link = Route("/dialog/bot/accountLink", _account_link, methods=["GET"])
    app = Starlette(routes=[link, *api_routes(), *(pages or [])])
    app.state.line = line
    app.state.platform = line.platform
    return CanBeCut(app)


async def _account_link(request: Request) -> Response:
    """End an account link for whoever opens the page; by default the one it was meant for."""
    line: Line = request.app.state.line
    asked = request.query_params
    linked = await line.link_account(
        asked.get("linkToken", ""), asked.get("nonce", ""), opened_by=asked.get("as")
    )
    if not linked:
        return PlainTextResponse("連携できませんでした。もう一度はじめからお試しください。", 400)
    return PlainTextResponse("お店のアカウントとの連携を受け付けました。トークに戻ってください。")
