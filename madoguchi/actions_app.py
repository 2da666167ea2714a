"""The assistant's actions as an application of its own, for the engine only, on loopback."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import Action, ActionExecutionRejection, ActionNotFoundException
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from madoguchi.logs import log


def create_actions_app(secret: str, actions: Callable[[], Sequence[Action]]) -> Starlette:
    """Return the application; it answers only callers that know the secret.

    ``actions`` is asked with the first call, when the service behind them has started.
    """
    executor = ActionExecutor()
    logger = log("actions")

    async def run(request: Request) -> Response:
        offered = request.headers.get("X-Madoguchi-Secret", "")
        # An empty secret is one that was never set; everybody would know it.
        if not secret or not hmac.compare_digest(offered.encode(), secret.encode()):
            return JSONResponse({"error": "forbidden"}, 403)
        call = await _call(request)
        if call is None:
            return JSONResponse({"error": "the body is no call of an action"}, 400)
        if not executor.actions:
            for action in actions():
                executor.register_action(action)
        name = str(call.get("next_action"))
        try:
            result = await executor.run(call)
        except ActionExecutionRejection as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, 400)
        except ActionNotFoundException as error:
            return JSONResponse({"error": str(error), "action_name": error.action_name}, 404)
        except Exception:
            # rasa-sdk's own server would echo the whole conversation in its answer.
            logger.exception("action failed", component=name)
            return JSONResponse({"error": "action failed", "action_name": name}, 500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    return Starlette(routes=[Route("/webhook", run, methods=["POST"])])


async def _call(request: Request) -> dict[str, Any] | None:
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None
