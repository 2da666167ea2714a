"""Sending: replies, push messages, and their checks without sending."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from tests.line_platform.api.gate import RETRY_KEY, Incoming
from tests.line_platform.validation.messages import check_messages


def reply(incoming: Incoming) -> Response:
    """Send a reply."""
    sent = incoming.platform.reply(incoming.json, incoming.request_id)
    return JSONResponse({"sentMessages": sent})


def push(incoming: Incoming) -> Response:
    """Send a push message."""
    sent = incoming.platform.push(
        incoming.json, incoming.request_id, incoming.headers.get(RETRY_KEY)
    )
    return JSONResponse({"sentMessages": sent})


def validate(incoming: Incoming) -> Response:
    """Check messages as the endpoint would that sends them."""
    check_messages(incoming.json)
    return JSONResponse({})


def quota(incoming: Incoming) -> Response:
    """Tell how many messages a month are allowed."""
    return JSONResponse(incoming.platform.quota.as_json())


def consumption(incoming: Incoming) -> Response:
    """Tell how many were sent this month."""
    platform = incoming.platform
    return JSONResponse({"totalUsage": platform.quota.used(platform.clock.now())})
