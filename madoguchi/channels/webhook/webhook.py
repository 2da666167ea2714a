"""The route that other systems post their customers' events to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from madoguchi.channels.webhook.channel import NAME
from madoguchi.channels.webhook.events import BodyError, read_events
from madoguchi.channels.webhook.refusals import refusal
from madoguchi.channels.webhook.schemas import Received
from madoguchi.channels.webhook.signature import Secrets, SignatureError, verify
from madoguchi.clock import Clock
from madoguchi.conversations.channel import RawEvent
from madoguchi.logs import log
from madoguchi.problems import Problem

# Stores the events of a channel once and in order, in one transaction.
type Store = Callable[[str, list[RawEvent]], Awaitable[object]]


def router(secrets: Secrets, clock: Clock, store: Store, *, max_text_length: int) -> APIRouter:
    """Return the route ``POST /webhook/v1/events``; it answers when ``store`` has returned."""
    routes = APIRouter(include_in_schema=False)  # docs/webhook-channel.md describes it

    @routes.post("/webhook/v1/events")
    async def receive(request: Request) -> JSONResponse:
        body = await request.body()
        try:
            verify(secrets, request.headers, body, clock.now())
        except SignatureError as error:
            log("webhook").warning("call refused", code=error.code)
            return refusal(401, error.code)
        return await _received(body)

    async def _received(body: bytes) -> JSONResponse:
        try:
            batch = read_events(body, clock.now(), max_text_length)
        except BodyError as error:
            raise Problem(400, "body_invalid", where=error.where) from None
        if batch.events:
            await store(NAME, batch.events)
        refused = sum(not result.accepted for result in batch.results)
        if refused:
            log("webhook").warning("events refused", count=refused)
        return JSONResponse(Received(events=batch.results).model_dump(mode="json"))

    return routes
