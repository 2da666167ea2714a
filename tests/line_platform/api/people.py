"""The bot itself, its customers' profiles, account links and what a chat shows."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from tests.line_platform import ids
from tests.line_platform.api.gate import Incoming
from tests.line_platform.errors import LineError, invalid_body
from tests.line_platform.validation.report import Place, Report

_LOADING_SECONDS = range(5, 61)
_LOADING_STEP = 5
_DEFAULT_LOADING = 20
_ONLY_USERS = (
    "Only user id is acceptable, please confirm if there are any group/room ids or illegal ids."
)


def bot_info(incoming: Incoming) -> Response:
    """Tell the bot about itself."""
    return JSONResponse(incoming.platform.channel.as_json())


def webhook_endpoint(incoming: Incoming) -> Response:
    """Tell where webhooks go."""
    url = incoming.platform.channel.bot_url
    if url is None:
        raise LineError(404, "Webhook endpoint not found")
    return JSONResponse({"endpoint": url, "active": True})


def profile(incoming: Incoming) -> Response:
    """Tell a friend's name, language and picture."""
    return JSONResponse(incoming.platform.profile(incoming.path["user"]))


def link_token(incoming: Incoming) -> Response:
    """Give out a token that begins an account link."""
    return JSONResponse({"linkToken": incoming.platform.link_token(incoming.path["user"])})


def loading(incoming: Incoming) -> Response:
    """Show the waiting animation."""
    body, report, place = incoming.json, Report(), Place()
    seconds = body.get("loadingSeconds", _DEFAULT_LOADING)
    if not isinstance(body.get("chatId"), str) or not ids.USER_ID.fullmatch(body["chatId"]):
        report.wrong(place / "chatId", _ONLY_USERS)
    if not isinstance(seconds, int) or seconds not in _LOADING_SECONDS:
        report.wrong(place / "loadingSeconds", "Must be between 5 and 60")
    if not isinstance(seconds, int) or seconds % _LOADING_STEP:
        report.wrong(place / "loadingSeconds", "must be a multiple of five")
    if report.details:
        raise invalid_body(report.details)
    incoming.platform.start_loading(body["chatId"], seconds)
    return JSONResponse({}, 202)


def mark_as_read(incoming: Incoming) -> Response:
    """Take note that messages were read; a reading token never expires."""
    report = Report()
    report.text(incoming.json, "markAsReadToken", Place(), 1000)
    if report.details:
        raise invalid_body(report.details)
    return JSONResponse({})
