"""The webhook: Meta's check of the address, and events, which are stored before the answer.

What is stored is worked on later. A webhook that is not answered with 200 comes again, for hours;
an event that comes again has the same id.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, Response

from madoguchi.channels.messenger.channel import MessengerChannel
from madoguchi.channels.messenger.events import BodyError, Received, received
from madoguchi.channels.messenger.signature import HEADER, fits
from madoguchi.conversations.channel import RawEvent
from madoguchi.logs import log
from madoguchi.settings import SettingsError

type Store = Callable[[str, list[RawEvent]], Awaitable[object]]


def router(
    channels: MessengerChannel | Sequence[MessengerChannel],
    secret: str,
    verify_token: str,
    store: Store,
    *,
    path: str = "/messenger/webhook",
) -> APIRouter:
    """Return the routes of one of Meta's apps, which may serve Messenger and Instagram.

    ``store`` is given a channel's name and its events; what it raises makes Meta send them again.
    Raises SettingsError for an empty secret or verify token, and without a channel.
    """
    if not secret or not verify_token:
        raise SettingsError("the webhook needs the app's secret and a verify token")
    served = [channels] if isinstance(channels, MessengerChannel) else list(channels)
    if not served:
        raise SettingsError("the webhook serves no channel")
    routes, logged = APIRouter(tags=["messenger"]), log("messenger")

    @routes.get(path, include_in_schema=False)
    async def verify(request: Request) -> Response:
        """Show Meta that the address is the shop's."""
        if not _knows(verify_token, request):
            logged.warning("webhook refused", reason="verify token")
            return Response(status_code=403)
        return PlainTextResponse(
            request.query_params.get("hub.challenge", ""),
            headers={"X-Content-Type-Options": "nosniff"},
        )

    @routes.post(path, include_in_schema=False)
    async def receive(request: Request) -> Response:
        """Store the events."""
        body = await request.body()
        if not fits(secret, body, request.headers.get(HEADER)):
            logged.warning("webhook refused", reason="signature")
            return Response(status_code=403)
        try:
            found = received(body, served[0].now())
        except BodyError:
            # It is Meta's, and would be the same again.
            logged.warning("webhook without events", reason="body")
            return PlainTextResponse("EVENT_RECEIVED")
        others = await _stored(found, served, store)
        if others:
            logged.warning("webhook for an account that is not served", count=others)
        return PlainTextResponse("EVENT_RECEIVED")

    return routes


def _knows(verify_token: str, request: Request) -> bool:
    """Return whether the request is Meta's check, with the token that the shop gave to Meta."""
    asked = request.query_params
    token = asked.get("hub.verify_token", "").encode("utf-8", "replace")
    same = hmac.compare_digest(token, verify_token.encode())
    return same and asked.get("hub.mode") == "subscribe"


async def _stored(
    found: Sequence[Received], served: Sequence[MessengerChannel], store: Store
) -> int:
    """Store each channel's events and note its echoes; return how many are no channel's."""
    others = len(found)
    for channel in served:
        mine = [each.event for each in found if channel.serves(each.object, each.account)]
        if mine:
            await store(channel.name, mine)
            await channel.note(mine)
        others -= len(mine)
    return max(others, 0)
