"""Rich menus: made, given a picture, shown to everybody or to one user, deleted."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from tests.line_platform.api.gate import Incoming
from tests.line_platform.errors import NOT_FOUND, LineError
from tests.line_platform.validation.richmenus import check_rich_menu

_PICTURES = ("image/png", "image/jpeg")


def create(incoming: Incoming) -> Response:
    """Make a menu."""
    menu = incoming.platform.rich_menus.create(incoming.json)
    return JSONResponse({"richMenuId": menu.id})


def validate(incoming: Incoming) -> Response:
    """Check a menu without making it."""
    check_rich_menu(incoming.json)
    return JSONResponse({})


def get(incoming: Incoming) -> Response:
    """Tell about a menu."""
    return JSONResponse(incoming.platform.rich_menus.get(incoming.path["menu"]).as_json())


def listed(incoming: Incoming) -> Response:
    """Tell about all menus."""
    menus = incoming.platform.rich_menus.all()
    return JSONResponse({"richmenus": [menu.as_json() for menu in menus]})


def delete(incoming: Incoming) -> Response:
    """Delete a menu."""
    incoming.platform.rich_menus.delete(incoming.path["menu"])
    return JSONResponse({})


def upload(incoming: Incoming) -> Response:
    """Take a menu's picture."""
    content_type = incoming.headers.get("content-type", "")
    if content_type not in _PICTURES:
        raise LineError(415, f"The content type, {content_type}, is not supported")
    incoming.platform.rich_menus.upload(incoming.path["menu"], incoming.body, content_type)
    return JSONResponse({})


def download(incoming: Incoming) -> Response:
    """Hand out a menu's picture."""
    menu = incoming.platform.rich_menus.get(incoming.path["menu"])
    if menu.picture is None:
        raise LineError(404, NOT_FOUND)
    return Response(menu.picture, media_type=menu.picture_type)


def set_default(incoming: Incoming) -> Response:
    """Show a menu to everybody."""
    incoming.platform.rich_menus.set_default(incoming.path["menu"])
    return JSONResponse({})


def get_default(incoming: Incoming) -> Response:
    """Tell which menu everybody sees."""
    return JSONResponse({"richMenuId": incoming.platform.rich_menus.default()})


def clear_default(incoming: Incoming) -> Response:
    """Show no menu to everybody."""
    incoming.platform.rich_menus.default_id = None
    return JSONResponse({})


def link(incoming: Incoming) -> Response:
    """Show a menu to one user; to nobody when they cannot be reached, with the same answer."""
    user = incoming.platform.user_of_path(incoming.path["user"])
    menu = incoming.platform.rich_menus.get(incoming.path["menu"])
    if user is not None and user.reachable:
        incoming.platform.rich_menus.link(user.id, menu.id)
    return JSONResponse({})


def of_user(incoming: Incoming) -> Response:
    """Tell which menu is a user's own."""
    incoming.platform.user_of_path(incoming.path["user"])
    return JSONResponse({"richMenuId": incoming.platform.rich_menus.of_user(incoming.path["user"])})


def unlink(incoming: Incoming) -> Response:
    """Show a user the default menu again."""
    incoming.platform.user_of_path(incoming.path["user"])
    incoming.platform.rich_menus.unlink(incoming.path["user"])
    return JSONResponse({})
