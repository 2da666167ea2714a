"""Every endpoint of the API at LINE's own path."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from tests.line_platform.api import media, messages, people, richmenus
from tests.line_platform.api.gate import Endpoint, Incoming
from tests.line_platform.errors import NOT_FOUND, LineError

_MENU = "/v2/bot/richmenu"
_DEFAULT = "/v2/bot/user/all/richmenu"
_OF_USER = "/v2/bot/user/{user}/richmenu"
_CONTENT = "/v2/bot/message/{message}/content"


def _unknown(_incoming: Incoming) -> Response:
    raise LineError(404, NOT_FOUND)


# The first path that fits counts: fixed ones stand before those with an id.
ENDPOINTS = (
    Endpoint("reply", "POST", "/v2/bot/message/reply", messages.reply),
    Endpoint("push", "POST", "/v2/bot/message/push", messages.push, takes_retry_key=True),
    Endpoint("validate_reply", "POST", "/v2/bot/message/validate/reply", messages.validate),
    Endpoint("validate_push", "POST", "/v2/bot/message/validate/push", messages.validate),
    Endpoint("quota", "GET", "/v2/bot/message/quota", messages.quota),
    Endpoint("consumption", "GET", "/v2/bot/message/quota/consumption", messages.consumption),
    Endpoint("content", "GET", _CONTENT, media.content),
    Endpoint("preview", "GET", f"{_CONTENT}/preview", media.preview),
    Endpoint("transcoding", "GET", f"{_CONTENT}/transcoding", media.transcoding),
    Endpoint("bot_info", "GET", "/v2/bot/info", people.bot_info),
    Endpoint(
        "webhook_endpoint", "GET", "/v2/bot/channel/webhook/endpoint", people.webhook_endpoint
    ),
    Endpoint("profile", "GET", "/v2/bot/profile/{user}", people.profile),
    Endpoint("link_token", "POST", "/v2/bot/user/{user}/linkToken", people.link_token),
    Endpoint("loading", "POST", "/v2/bot/chat/loading/start", people.loading),
    Endpoint("mark_as_read", "POST", "/v2/bot/chat/markAsRead", people.mark_as_read),
    Endpoint("rich_menu_create", "POST", _MENU, richmenus.create),
    Endpoint("rich_menu_validate", "POST", f"{_MENU}/validate", richmenus.validate),
    Endpoint("rich_menu_list", "GET", f"{_MENU}/list", richmenus.listed),
    Endpoint("rich_menu_get", "GET", f"{_MENU}/{{menu}}", richmenus.get),
    Endpoint("rich_menu_delete", "DELETE", f"{_MENU}/{{menu}}", richmenus.delete),
    Endpoint("rich_menu_upload", "POST", f"{_MENU}/{{menu}}/content", richmenus.upload),
    Endpoint("rich_menu_download", "GET", f"{_MENU}/{{menu}}/content", richmenus.download),
    Endpoint("rich_menu_default", "POST", f"{_DEFAULT}/{{menu}}", richmenus.set_default),
    Endpoint("rich_menu_default_get", "GET", _DEFAULT, richmenus.get_default),
    Endpoint("rich_menu_default_clear", "DELETE", _DEFAULT, richmenus.clear_default),
    Endpoint("rich_menu_link", "POST", f"{_OF_USER}/{{menu}}", richmenus.link),
    Endpoint("rich_menu_of_user", "GET", _OF_USER, richmenus.of_user),
    Endpoint("rich_menu_unlink", "DELETE", _OF_USER, richmenus.unlink),
)
_ANY_METHOD = ("GET", "POST", "PUT", "DELETE", "PATCH")


def api_routes() -> list[BaseRoute]:
    """Return the API's routes, the last of which answers 404 for what LINE does not have."""
    known = [Route(each.path, each, methods=[each.method]) for each in ENDPOINTS]
    unknown = Endpoint("unknown", "", "/v2/{path:path}", _unknown)
    return [*known, Route(unknown.path, unknown, methods=_ANY_METHOD)]
