"""Who a request of the desk comes from, and whether they may do what it asks."""

from __future__ import annotations

import ipaddress
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request, Response
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.desk import roles
from madoguchi.desk.agent import Agent
from madoguchi.desk.agent_upkeep import AgentUpkeep
from madoguchi.desk.agents import Agents
from madoguchi.desk.audit import Audit
from madoguchi.desk.own_account import OwnAccount
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.refusals import DeskProblem
from madoguchi.desk.sealing import Seal
from madoguchi.desk.sessions import LASTS, Session, Sessions
from madoguchi.desk.signin import SignIn
from madoguchi.desk.workload import Workload
from madoguchi.logs import log
from madoguchi.ratelimits import RateLimits

COOKIE = "desk_session"
# What no form and no page of another site can send along with a cookie.
HEADER = "X-Desk"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True)
class DeskAuth:
    """What signing in at the desk needs, at ``app.state.desk_auth``."""

    clock: Clock
    agents: Agents
    sessions: Sessions
    sign_in: SignIn
    own: OwnAccount
    upkeep: AgentUpkeep
    workload: Workload
    audit: Audit
    # Counts the tries of an address, whatever names they are for.
    limits: RateLimits


def desk_auth(
    engine: AsyncEngine,
    clock: Clock,
    limits: RateLimits,
    passwords: Passwords | None = None,
    *,
    secrets: Sequence[str],
) -> DeskAuth:
    """Put the parts together on a database; ``limits`` are not shared with customers' ones.

    The first of the ``secrets`` seals second factors, the others open what they had sealed.
    """
    used = passwords or Passwords()
    audit = Audit(engine, clock)
    sessions = Sessions(engine, clock)
    seal = Seal(secrets)
    sign_in = SignIn(engine, clock, used, sessions=sessions, audit=audit, seal=seal)
    return DeskAuth(
        clock,
        Agents(engine, clock, used, audit),
        sessions,
        sign_in,
        OwnAccount(engine, clock, used, sign_in=sign_in, audit=audit, seal=seal),
        AgentUpkeep(engine, clock, used, audit),
        Workload(engine, clock),
        audit,
        limits,
    )


def auth_of(request: Request) -> DeskAuth:
    """Return the parts of the application that a request came to."""
    found: DeskAuth = request.app.state.desk_auth
    return found


def from_desk(request: Request, response: Response) -> None:
    """Refuse what another site's page may have sent, and let nobody keep the answer.

    Raises DeskProblem 403.
    """
    response.headers["Cache-Control"] = "no-store"
    if request.method in _SAFE_METHODS:
        return
    if request.headers.get(HEADER) != "1":
        raise DeskProblem(403, "signin.desk_header")
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin, request.headers.get("Host", "")):
        raise DeskProblem(403, "signin.origin_foreign")


async def own_session(
    request: Request, _checked: Annotated[None, Depends(from_desk)]
) -> tuple[Agent, Session]:
    """Return who signed in, and the sign-in. Raises DeskProblem 401 and 403."""
    token = request.cookies.get(COOKIE)
    found = await auth_of(request).sessions.find(token) if token else None
    if found is None:
        raise DeskProblem(401, "signin.not_signed_in")
    return found


async def signed_in(own: Annotated[tuple[Agent, Session], Depends(own_session)]) -> Agent:
    """Return the agent who asks. Raises DeskProblem 401, and 403 for another site's request."""
    return own[0]


def allowed(action: roles.Action) -> Callable[[Agent], Awaitable[Agent]]:
    """Return the dependency that gives the agent who asks, when they may do it.

    It raises DeskProblem 401 and 403.
    """

    async def agent_allowed(agent: Annotated[Agent, Depends(signed_in)]) -> Agent:
        if not roles.allowed(agent.role, action):
            log("desk").warning("not allowed", agent=agent.id, kind=action.value)
            raise DeskProblem(403, "signin.not_allowed")
        return agent

    return agent_allowed


# Who may see chats, and who may work on them: most routes ask for one of the two.
Reader = Annotated[Agent, Depends(allowed(roles.Action.READ))]
Worker = Annotated[Agent, Depends(allowed(roles.Action.WORK))]


def set_cookie(request: Request, response: Response, token: str) -> None:
    """Give the browser its session, which no script reads and no other site uses."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=not _stays_here(request),
    )


def forget_cookie(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        COOKIE, httponly=True, samesite="strict", secure=not _stays_here(request)
    )


def _is_own(origin: str, host: str) -> bool:
    """Return whether the page is one of this very host and port."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    port = _PORTS.get(parts.scheme)
    if port is None:
        return False
    own = host.lower().removesuffix(port)
    return bool(own) and parts.netloc.lower().removesuffix(port) == own


def _stays_here(request: Request) -> bool:
    """Return whether the request came without TLS and never left the machine.

    Both ends have to say so: behind a web server that tells nothing of itself, requests seem to
    come from this machine, but for a host that is not.
    """
    client = request.client.host if request.client else ""
    return request.url.scheme == "http" and all(map(_loopback, (client, request.url.hostname)))


def _loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
