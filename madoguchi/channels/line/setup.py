"""LINE put together from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import APIRouter
from starlette.responses import Response

from madoguchi.channels.line.channel import LineChannel
from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.external import ExternalFiles
from madoguchi.channels.line.linking import Links
from madoguchi.channels.line.meaning import Meaning
from madoguchi.channels.line.quota import Quota
from madoguchi.channels.line.richmenu import menu_choices
from madoguchi.channels.line.sender import LineSender
from madoguchi.channels.line.tokens import ReplyTokens
from madoguchi.channels.line.webhook import router
from madoguchi.channels.needs import Needs
from madoguchi.channels.postbacks import Postbacks
from madoguchi.identity import read_identity
from madoguchi.knowledge.reactions import reactions
from madoguchi.periodic import Periodic
from madoguchi.problems import Problem
from madoguchi.settings import LINE_API, Settings

# As often as the figures are read at most.
_QUOTA_SECONDS = 300.0
_DIALOG = "/dialog/bot/accountLink"
_LINE_DIALOG = f"https://access.line.me{_DIALOG}"


def line_client(settings: Settings) -> LineClient | None:
    """Return the account's client, None when LINE is not set up. Close it at the end."""
    if settings.line is None:
        return None
    _, token = settings.line
    data_url = str(settings.line_data_url) if settings.line_data_url else None
    return LineClient(token, url=str(settings.line_api_url), data_url=data_url)


@dataclass(frozen=True)
class OpenLine:
    """The channel, its routes, and what keeps the month's figures known."""

    channel: LineChannel
    routes: APIRouter
    reads_quota: Periodic


def open_line(settings: Settings, needs: Needs) -> OpenLine | None:
    """Return LINE's parts, None when LINE is not set up."""
    client = line_client(settings)
    if client is None or settings.line is None:
        return None
    secret, _ = settings.line
    tokens, postbacks = ReplyTokens(needs.database), Postbacks(secret)
    quota = Quota(client, needs.clock, settings.line_push_reserve)
    sender = LineSender(
        client,
        tokens,
        quota,
        postbacks=postbacks,
        progress=needs.outbox,
        clock=needs.clock,
        address=needs.links.public,
        rating_push=settings.line_rating_push,
    )
    channel = LineChannel(
        client,
        Meaning(postbacks, menu_choices(settings.line_site)),
        sender,
        files=ExternalFiles(),
        links=Links(needs.database, needs.clock, dialog_of(settings)),
        people=needs.people,
        reactions=reactions(),
        site=settings.line_site,
        login_url=_login_url(settings),
    )
    identity_secret = settings.identity_secret.get_secret_value()
    routes = router(
        channel,
        secret,
        tokens=tokens,
        clock=needs.clock,
        store=needs.store_events,
        read_identity=lambda token: read_identity(token, identity_secret, needs.clock),
    )
    return OpenLine(channel, routes, Periodic("line", _QUOTA_SECONDS, quota.remaining))


def dialog_of(settings: Settings) -> str:
    """Return where LINE asks whether two accounts shall be linked."""
    api = str(settings.line_api_url).rstrip("/")
    return _LINE_DIALOG if api == LINE_API else f"{api}{_DIALOG}"


def _login_url(settings: Settings) -> str | None:
    if settings.line_login_url is not None:
        return str(settings.line_login_url)
    if not settings.demo:
        return None
    return f"http://{settings.host}:{settings.port}/demo/line-login"


def line_off() -> APIRouter:
    """Return a route that tells whoever set LINE up half-way what is missing."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/line/webhook")
    async def refuse() -> Response:
        raise Problem(503, "line_off")

    return routes
