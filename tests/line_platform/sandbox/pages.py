"""The sandbox's page and the requests it makes; nothing of this is LINE's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from functools import partial
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from tests.line_platform.content import Content
from tests.line_platform.customer import Customer
from tests.line_platform.errors import LineError
from tests.line_platform.faults import ANY, BY_NAME
from tests.line_platform.line import Line
from tests.line_platform.sandbox.acts import ACTS
from tests.line_platform.sandbox.state import state_of

_LOG = logging.getLogger(__name__)
_STATIC = Path(__file__).resolve().parents[1] / "static"
_TOKENS = Path(__file__).resolve().parents[3] / "web" / "src" / "design" / "tokens.css"
_FILES = {path.name: path for path in (*_STATIC.iterdir(), _TOKENS)}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: https:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PROTECTION = {
    "Content-Security-Policy": _CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Sandbox:
    """The page of one platform."""

    def __init__(self, line: Line) -> None:
        """Show this platform."""
        self._line = line
        # Webhooks on their way: the page does not wait for the bot.
        self._under_way: set[asyncio.Task[Any]] = set()

    def routes(self) -> list[BaseRoute]:
        """Return the page's routes."""
        switches = {
            "habits": self._habits,
            "faults": self._faults,
            "clock": self._clock,
            "quota": self._quota,
            "webhooks": self._webhooks,
        }
        return [
            Route("/", self._index),
            Route("/static/{name}", self._static),
            Route("/sandbox/state", self._state),
            Route("/sandbox/changes", self._changes),
            Route("/sandbox/content/{message}", self._content),
            Route("/sandbox/richmenu/{menu}", self._rich_menu),
            Route("/sandbox/users", self._new_user, methods=["POST"]),
            Route("/sandbox/users/{user}/media", self._media, methods=["POST"]),
            Route("/sandbox/users/{user}/{act}", self._act, methods=["POST"]),
            *(
                Route(f"/sandbox/{name}", partial(self._switch, act), methods=["POST"])
                for name, act in switches.items()
            ),
        ]

    # --- what the page shows

    async def _index(self, _request: Request) -> Response:
        return FileResponse(_FILES["index.html"], headers=_PROTECTION)

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in _FILES:
            raise HTTPException(404)
        return FileResponse(_FILES[name], headers=_PROTECTION)

    async def _state(self, request: Request) -> Response:
        wanted = request.query_params.get("user")
        customers = {customer.id: customer for customer in self._line.customers}
        return JSONResponse(state_of(self._line, customers.get(wanted or "")), headers=_PROTECTION)

    async def _changes(self, _request: Request) -> Response:
        return StreamingResponse(
            self._numbers(), media_type="text/event-stream", headers=_PROTECTION
        )

    async def _numbers(self) -> AsyncIterator[str]:
        changes = self._line.platform.changes
        number = -1
        while not changes.closed:
            number = await changes.after(number)
            yield f"data: {number}\n\n"

    async def _content(self, request: Request) -> Response:
        try:
            found = self._line.platform.contents.get(request.path_params["message"])
        except LineError as error:
            raise HTTPException(error.status) from None
        return Response(found.data, media_type=found.content_type, headers=_PROTECTION)

    async def _rich_menu(self, request: Request) -> Response:
        try:
            menu = self._line.platform.rich_menus.get(request.path_params["menu"])
        except LineError as error:
            raise HTTPException(error.status) from None
        return Response(menu.picture, media_type=menu.picture_type, headers=_PROTECTION)

    # --- what a customer does

    async def _new_user(self, request: Request) -> Response:
        asked = await _asked(request)
        customer = self._line.user(str(asked["name"]))
        self._send(customer.follows())
        return JSONResponse({"id": customer.id}, 201)

    async def _act(self, request: Request) -> Response:
        act = ACTS.get(request.path_params["act"])
        if act is None:
            raise HTTPException(404)
        self._send(act(self._customer(request), await _asked(request)))
        return JSONResponse({}, 202)

    async def _media(self, request: Request) -> Response:
        content_type = request.headers.get("content-type", "")
        if not content_type.startswith("image/"):
            raise HTTPException(415)
        content = Content(await request.body(), content_type)
        self._send(self._customer(request).sends_image(content))
        return JSONResponse({}, 202)

    # --- the platform's switches

    async def _switch(self, act: Any, request: Request) -> Response:
        act(await _asked(request))
        self._line.platform.changes.happened()
        return JSONResponse({}, 202)

    def _habits(self, asked: dict[str, Any]) -> None:
        habits = self._line.habits
        habits.signing = asked["signing"]
        habits.copies = int(asked["copies"])
        habits.delay_seconds = float(asked["delay_seconds"])
        habits.swaps = bool(asked["swaps"])
        self._line.platform.events.standby = bool(asked["standby"])

    def _faults(self, asked: dict[str, Any]) -> None:
        if asked["fault"] is None:
            self._line.mend(asked.get("endpoint", ANY))
        else:
            self._line.fail(asked["endpoint"], BY_NAME[asked["fault"]], asked["times"])

    def _clock(self, asked: dict[str, Any]) -> None:
        self._line.clock.advance(float(asked["seconds"]))

    def _quota(self, asked: dict[str, Any]) -> None:
        quota = self._line.platform.quota
        quota.limit = None if asked["limit"] is None else int(asked["limit"])
        quota.set_used(int(asked["used"]), self._line.clock.now())

    def _webhooks(self, asked: dict[str, Any]) -> None:
        deliveries = self._line.courier.deliveries
        if asked["what"] == "check":
            self._send(self._line.check_connection())
        elif asked["what"] == "failed":
            self._send(self._line.redeliver_failed())
        elif deliveries:
            self._send(self._line.redeliver(deliveries[-1]))

    def _customer(self, request: Request) -> Customer:
        wanted = request.path_params["user"]
        for customer in self._line.customers:
            if customer.id == wanted:
                return customer
        raise HTTPException(404)

    def _send(self, act: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(act)
        self._under_way.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _LOG.warning("not sent: %s", error)


async def _asked(request: Request) -> dict[str, Any]:
    # No form of another site can send this type, so none can act here in an operator's name.
    if request.headers.get("content-type") != "application/json":
        raise HTTPException(415)
    asked = await request.json()
    if not isinstance(asked, dict):
        raise HTTPException(400)
    return asked
