"""Signing in at the desk over HTTP, and what agents do about their own sign-in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from madoguchi.clock import as_utc
from madoguchi.conversations.tokens import is_id
from madoguchi.desk.agent import Agent, Presence
from madoguchi.desk.agent_routes import refusing
from madoguchi.desk.gate import (
    COOKIE,
    DeskAuth,
    allowed,
    auth_of,
    forget_cookie,
    from_desk,
    own_session,
    set_cookie,
    signed_in,
)
from madoguchi.desk.own_account import SecondFactorOnError, WrongCodeError
from madoguchi.desk.refusals import DeskProblem
from madoguchi.desk.roles import Action
from madoguchi.desk.roles import allowed as may
from madoguchi.desk.sessions import Session
from madoguchi.desk.signin import CodeFailedError, CodeNeededError, LockedError, LoginFailedError
from madoguchi.desk.signin_schemas import (
    CodeBody,
    FactorOff,
    Myself,
    MyselfOut,
    PasswordChange,
    SecretOut,
    SessionList,
    SessionOut,
    SignInBody,
)
from madoguchi.desk.totp import qr_code
from madoguchi.problems import Problem

__all__ = ["DeskAuth", "allowed", "router", "signed_in"]

# Not part of the Chat API, whose description shops' programmers read.
router = APIRouter(prefix="/desk/api", tags=["desk"], include_in_schema=False)
Auth = Annotated[DeskAuth, Depends(auth_of)]
Own = Annotated[tuple[Agent, Session], Depends(own_session)]
Me = Annotated[Agent, Depends(signed_in)]


@router.post("/session", dependencies=[Depends(from_desk)])
async def sign_in(request: Request, response: Response, body: SignInBody, auth: Auth) -> Myself:
    """Sign in; the session is a cookie. Another one of the same browser ends."""
    await _count_address(request, auth)
    client = request.headers.get("User-Agent", "")
    try:
        agent, session, token = await auth.sign_in.sign_in(
            body.login, body.password, body.code, client
        )
    except LoginFailedError:
        raise DeskProblem(401, "signin.login_failed") from None
    except CodeNeededError:
        raise DeskProblem(401, "signin.code_needed") from None
    except LockedError as error:
        raise _locked(401, error.until, auth) from None
    earlier = await auth.sessions.find(request.cookies.get(COOKIE, ""))
    if earlier is not None and earlier[1].id != session.id:
        await auth.sessions.end(earlier[0].id, earlier[1].id)
    set_cookie(request, response, token)
    if may(agent.role, Action.WORK):
        # Who comes to the desk is there for customers until they say otherwise.
        agent = await auth.agents.set_presence(agent.id, Presence.ONLINE)
    return Myself(agent=MyselfOut.of(agent))


@router.get("/session")
async def myself(me: Me) -> Myself:
    """Return who is signed in."""
    return Myself(agent=MyselfOut.of(me))


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, own: Own, auth: Auth) -> None:
    """End this sign-in."""
    await auth.sessions.end(own[0].id, own[1].id)
    forget_cookie(request, response)


@router.get("/sessions")
async def own_sessions(own: Own, auth: Auth) -> SessionList:
    """Return one's own sign-ins, to find one that is not."""
    mine = await auth.sessions.of(own[0].id)
    return SessionList(
        sessions=[SessionOut.of(session, current=session.id == own[1].id) for session in mine]
    )


@router.delete("/sessions/{session_id}", status_code=204)
async def end_session(session_id: str, own: Own, auth: Auth) -> None:
    """End one of one's own sign-ins."""
    if not is_id(session_id) or not await auth.sessions.end(own[0].id, session_id):
        raise DeskProblem(404, "signin.session_unknown")


@router.post("/password", status_code=204)
async def change_password(
    request: Request, response: Response, body: PasswordChange, me: Me, auth: Auth
) -> None:
    """Change one's own password; every sign-in ends, this one too."""
    with refusing(), _refusing_password(auth):
        await auth.own.change_password(me, body.current, body.new)
    forget_cookie(request, response)


@router.post("/totp")
async def begin_totp(me: Me, auth: Auth) -> SecretOut:
    """Begin a second factor; it counts once it is confirmed with a code."""
    try:
        secret, address = await auth.own.begin_totp(me)
    except SecondFactorOnError:
        raise DeskProblem(409, "signin.totp_on") from None
    return SecretOut(secret=secret, uri=address)


@router.get("/totp/qr")
async def totp_qr(me: Me, auth: Auth) -> Response:
    """Return the QR code that an authenticator app reads, while it is being set up."""
    address = await auth.own.begun_totp(me)
    if address is None:
        raise DeskProblem(404, "signin.totp_not_begun")
    return Response(
        qr_code(address),
        media_type="image/svg+xml",
        headers={
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )


@router.post("/totp/confirm", status_code=204)
async def confirm_totp(body: CodeBody, me: Me, auth: Auth) -> None:
    """Switch the second factor on."""
    try:
        await auth.own.confirm_totp(me, body.code)
    except WrongCodeError:
        raise DeskProblem(422, "signin.code_wrong") from None


@router.post("/totp/off", status_code=204)
async def turn_totp_off(body: FactorOff, me: Me, auth: Auth) -> None:
    """Switch the second factor off, which asks for the password and a code."""
    with _refusing_password(auth):
        await auth.own.turn_totp_off(me, body.password, body.code)


@contextmanager
def _refusing_password(auth: DeskAuth) -> Iterator[None]:
    # 403: with 401 the desk would take the session for over.
    try:
        yield
    except CodeFailedError:
        raise DeskProblem(422, "signin.code_wrong") from None
    except LoginFailedError:
        raise DeskProblem(403, "signin.password_wrong") from None
    except LockedError as error:
        raise _locked(403, error.until, auth) from None


def _locked(status: int, until: datetime, auth: DeskAuth) -> DeskProblem:
    left = (until - as_utc(auth.clock.now())).total_seconds()
    return DeskProblem(status, "signin.locked", minutes=max(1, math.ceil(left / 60)))


async def _count_address(request: Request, auth: DeskAuth) -> None:
    try:
        await auth.limits.count_message(request.client.host if request.client else "")
    except Problem as error:
        raise DeskProblem(
            429, "signin.too_many_tries", headers=error.headers, **error.values
        ) from None
