"""A small application that is only the desk's sign-in, and browsers that use it over real HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import httpx
from fastapi import Depends, FastAPI

from madoguchi.desk import agent_routes, signin_routes
from madoguchi.desk.agent import Agent
from madoguchi.desk.gate import allowed, signed_in
from madoguchi.desk.refusals import handle_desk_problems
from madoguchi.desk.roles import Action, Role
from madoguchi.problems import handle_problems
from tests.desk.signin_parts import PASSWORD, Desk
from tests.support.server import client_of, serving

DESK = {"X-Desk": "1"}


@dataclass
class Browser:
    """One browser with its cookies; it sends the desk's header unless told otherwise."""

    http: httpx.AsyncClient

    async def ask(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        """Return the answer to a request of the desk."""
        sent = DESK if headers is None else headers
        return await self.http.request(method, f"/desk/api{path}", json=body, headers=sent)

    async def get(self, path: str) -> Any:
        """Return what is read."""
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sign_in(
        self, login: str = "sato", password: str = PASSWORD, **more: str
    ) -> httpx.Response:
        """Try to sign in."""
        body = {"login": login, "password": password} | more
        return await self.ask("POST", "/session", body)


@dataclass
class Office:
    """The application with its parts, and as many browsers as a test opens."""

    desk: Desk
    address: str
    _stack: AsyncExitStack

    async def browser(self, **headers: str) -> Browser:
        """Open a browser."""
        return Browser(await self._stack.enter_async_context(client_of(self.address, **headers)))

    async def signed_in(self, login: str = "sato", role: Role = Role.AGENT) -> Browser:
        """Open a browser for a new agent, who signs in."""
        await self.desk.add(login, role)
        browser = await self.browser()
        assert (await browser.sign_in(login)).status_code == 200
        return browser


def application(desk: Desk) -> FastAPI:
    """Return the desk's sign-in as an application, with a route of its own for each action."""
    app = FastAPI()
    app.state.desk_auth = desk.auth
    handle_problems(app)
    handle_desk_problems(app)
    for routes in (signin_routes.router, agent_routes.router):
        app.router.routes.extend(routes.routes)

    @app.post("/desk/api/other")
    async def other(agent: Annotated[Agent, Depends(signed_in)]) -> str:
        return agent.login

    for action in Action:
        gate = Depends(allowed(action))

        @app.get(f"/desk/api/may/{action}", dependencies=[gate])
        async def may() -> str:
            return "yes"

    return app


@asynccontextmanager
async def opened(desk: Desk) -> AsyncIterator[Office]:
    """Serve the application."""
    async with serving(application(desk)) as address, AsyncExitStack() as stack:
        yield Office(desk, address, stack)
