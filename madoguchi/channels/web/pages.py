"""The widget's file and the demo shop that carries it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from fastapi.templating import Jinja2Templates
from starlette.exceptions import HTTPException

from madoguchi.channels.line.setup import dialog_of
from madoguchi.guards import form_policy
from madoguchi.identity import sign_identity
from madoguchi.services import Services, services

WEB = Path(__file__).resolve().parents[2] / "web"
DEMO_MEMBERS = {
    "store": [
        {"id": "ALLU-1001", "name": "佐藤 花子"},
        {"id": "ALLU-1002", "name": "鈴木 一郎"},
    ],
    "rental": [
        {"id": "KEIYA-2001", "name": "高橋 健"},
        {"id": "KEIYA-2002", "name": "田中 美咲"},
    ],
}

router = APIRouter(include_in_schema=False)
demo_router = APIRouter(include_in_schema=False)
_templates = Jinja2Templates(WEB / "templates")
Use = Annotated[Services, Depends(services)]


@router.get("/widget.js")
async def widget() -> FileResponse:
    """Return the widget, one script for any page."""
    return FileResponse(
        WEB / "static" / "widget.js",
        media_type="text/javascript",
        headers={
            "Cache-Control": "public, max-age=300",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )


@demo_router.get("/")
async def demo_index(request: Request) -> HTMLResponse:
    """Show what there is to try."""
    return _page(request, "index.html", site=None, member=None, identity="", members=[])


@demo_router.get("/demo/line-login")
async def demo_line_login(
    request: Request, use: Use, link_token: Annotated[str, Query(alias="linkToken")] = ""
) -> HTMLResponse:
    """Stand in for the shop's login, to which a LINE account link leads."""
    secret = use.settings.identity_secret.get_secret_value()
    members = [
        member | {"identity": sign_identity(member["id"], member["name"], secret, use.clock)}
        for listed in DEMO_MEMBERS.values()
        for member in listed
    ]
    page = _page(
        request,
        "line_login.html",
        site=None,
        member=None,
        identity="",
        members=[],
        accounts=members,
        link_token=link_token,
    )
    # The form leads on to LINE, which browsers count as the form's own goal.
    page.headers["Content-Security-Policy"] = form_policy(dialog_of(use.settings))
    return page


@demo_router.get("/demo/{site}")
async def demo_shop(request: Request, site: str, use: Use) -> HTMLResponse:
    """Show the demo shop of a site, signed in as ``?as=<member id>`` or anonymous."""
    if site not in DEMO_MEMBERS:
        raise HTTPException(404)
    members = DEMO_MEMBERS[site]
    wanted = request.query_params.get("as")
    member = next((member for member in members if member["id"] == wanted), None)
    identity = ""
    if member is not None:
        secret = use.settings.identity_secret.get_secret_value()
        identity = sign_identity(member["id"], member["name"], secret, use.clock)
    return _page(
        request, f"{site}.html", site=site, member=member, identity=identity, members=members
    )


def _page(request: Request, name: str, **values: Any) -> HTMLResponse:
    pages = [
        {"site": "store", "title": "ALLU オンラインストア", "url": "/demo/store"},
        {"site": "rental", "title": "腕時計本舗レンタル", "url": "/demo/rental"},
    ]
    return _templates.TemplateResponse(request, f"demo/{name}", {"pages": pages, **values})
