"""LINE's webhook, and the way by which a signed-in member links their LINE account."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from madoguchi.channels.line.channel import NAME, LineChannel
from madoguchi.channels.line.events import MalformedWebhookError, raw_events
from madoguchi.channels.line.signature import HEADER, fits
from madoguchi.channels.line.tokens import ReplyTokens
from madoguchi.clock import Clock
from madoguchi.conversations.channel import RawEvent
from madoguchi.identity import Identity, IdentityError
from madoguchi.logs import log
from madoguchi.problems import Problem

# Stores the events of a channel once, in one transaction; returns which were known before.
type Store = Callable[[str, list[RawEvent]], Awaitable[set[str]]]


def router(
    channel: LineChannel,
    secret: str,
    *,
    tokens: ReplyTokens,
    clock: Clock,
    store: Store,
    read_identity: Callable[[str], Identity],
) -> APIRouter:
    """Return LINE's routes. An answer means that the events are stored, not that they are done."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/line/webhook")
    async def receive(request: Request) -> Response:
        """Store a webhook's events."""
        body = await request.body()
        if not fits(secret, body, request.headers.get(HEADER)):
            log("line").warning("webhook refused", reason="signature")
            raise Problem(401, "line_signature")
        try:
            events = raw_events(body, clock.now())
        except MalformedWebhookError as error:
            log("line").warning("webhook without events", reason=str(error))
            raise Problem(400, "line_body") from None
        known = await store(NAME, events)
        again = [each.reply_token for each in events if each.event_id in known]
        await tokens.reopen([token for token in again if token is not None])
        return JSONResponse({})

    @routes.post("/line/link")
    async def link(
        identity: Annotated[str, Form(max_length=4096)],
        link_token: Annotated[str, Form(alias="linkToken", min_length=1, max_length=256)],
    ) -> RedirectResponse:
        """Send a member, whom the shop's login vouches for, on to LINE."""
        try:
            member = read_identity(identity)
        except IdentityError:
            raise Problem(401, "identity_invalid") from None
        return RedirectResponse(await channel.links.begin(member, link_token), 303)

    return routes
