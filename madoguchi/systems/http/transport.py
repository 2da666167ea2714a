"""Calls the shop's API so that a slow, broken or missing shop costs little and harms nothing."""

from __future__ import annotations

import asyncio
import math
import re
import ssl
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

import httpx
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)

from madoguchi import __version__
from madoguchi.logs import log
from madoguchi.settings import SettingsError
from madoguchi.systems.http.breaker import BreakerOpenError, CircuitBreaker
from madoguchi.systems.http.calls import (
    KEY_REUSED,
    NOT_FOUND,
    Call,
    NonsenseError,
    RefusedError,
    Reply,
    read_reply,
)
from madoguchi.systems.http.wire import Wire
from madoguchi.systems.model import KeyReusedError, NotAllowedError, SystemUnavailableError

# Nothing that these stand for was worked on to its end; asked again, it may be.
_WORTH_REPEATING = {
    httpx.codes.TOO_MANY_REQUESTS,
    httpx.codes.BAD_GATEWAY,
    httpx.codes.SERVICE_UNAVAILABLE,
    httpx.codes.GATEWAY_TIMEOUT,
}
_FAULTS = (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError)


@dataclass(frozen=True)
class Bounds:
    """How much of a shop's slowness is borne. Times are in seconds."""

    connect: float = 2.0
    read: float = 2.0
    # Everything together: attempts, pauses and reading.
    whole: float = 5.0
    attempts: int = 3
    body_bytes: int = 262_144
    connections: int = 20


class _AwayError(Exception):
    """The shop did not do its part; ``after`` is how many seconds it asks to be left alone."""

    def __init__(self, reason: str, *, again: bool, after: float = 0.0) -> None:
        super().__init__(reason)
        self.again = again
        self.after = after


class ShopClient:
    """Asks the shop's API and returns checked answers.

    Every call is safe to repeat: it changes nothing, or it carries an idempotency key.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        bounds: Bounds | None = None,
        breaker: CircuitBreaker | None = None,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Speak to the API below the URL with the bearer token; ``tls`` for a CA of one's own.

        Raises SettingsError for a token that no header can carry.
        """
        if not re.fullmatch(r"[!-~]+", token):
            raise SettingsError("MADOGUCHI_SYSTEMS_TOKEN must be of visible ASCII characters")
        self._bounds = bounds or Bounds()
        self._breaker = breaker or CircuitBreaker()
        self._sleep = sleep
        self._log = log("systems")
        limits, read = self._bounds.connections, self._bounds.read
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            headers={
                "Authorization": f"Bearer {token}",
                "Accept": "application/json, application/problem+json",
                # A compressed body would have no size before it is unpacked.
                "Accept-Encoding": "identity",
                "User-Agent": f"madoguchi/{__version__}",
            },
            timeout=httpx.Timeout(read, connect=self._bounds.connect),
            limits=httpx.Limits(max_connections=limits, max_keepalive_connections=limits),
            follow_redirects=False,  # the token is for this address alone
            trust_env=False,  # a proxy from the environment would see it
            verify=tls or True,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def ask[W: Wire, T](
        self,
        call: Call,
        shape: type[W],
        into: Callable[[W], T],
        *,
        none: Collection[str] = (NOT_FOUND,),
    ) -> T | None:
        """Return what was asked for, or None when the shop refuses with one of these codes.

        ``into`` makes of the answer what the systems know and raises NonsenseError when that
        cannot be true. Raises SystemUnavailableError.
        """
        try:
            return await self._checked(call, shape, into)
        except RefusedError as refused:
            if refused.code in none:
                return None
            raise self._unavailable(call, f"the shop refuses to tell: {refused.code}") from None

    async def change[W: Wire, T](self, call: Call, shape: type[W], into: Callable[[W], T]) -> T:
        """Return what came of the change.

        Raises NotAllowedError, KeyReusedError, LookupError when there is no such thing, and
        SystemUnavailableError.
        """
        try:
            return await self._checked(call, shape, into)
        except RefusedError as refused:
            self._log.info("shop refused", method=call.method, route=call.route, code=refused.code)
            if refused.code == NOT_FOUND:
                raise LookupError("the shop knows no such thing") from None
            if refused.code == KEY_REUSED:
                raise KeyReusedError("the shop knows the key from another change") from None
            raise NotAllowedError(refused.code) from None

    async def _checked[W: Wire, T](self, call: Call, shape: type[W], into: Callable[[W], T]) -> T:
        before = self._breaker.state
        try:
            with self._breaker.guarding(_AwayError):
                reply = await self._bounded(call)
            return into(read_reply(reply, shape))
        except BreakerOpenError as error:
            raise SystemUnavailableError(str(error)) from None  # said when it opened
        except (_AwayError, NonsenseError) as error:
            raise self._unavailable(call, str(error)) from None
        finally:
            if self._breaker.state is not before:
                self._log.warning("shop breaker", state=self._breaker.state.value)

    def _unavailable(self, call: Call, reason: str) -> SystemUnavailableError:
        self._log.warning("shop unavailable", method=call.method, route=call.route, reason=reason)
        return SystemUnavailableError(reason)

    async def _bounded(self, call: Call) -> Reply:
        try:
            async with asyncio.timeout(self._bounds.whole):
                return await self._repeated(call)
        except TimeoutError:
            raise _AwayError("the whole call took too long", again=False) from None

    async def _repeated(self, call: Call) -> Reply:
        attempts = AsyncRetrying(
            sleep=self._sleep,
            stop=stop_after_attempt(self._bounds.attempts) | stop_before_delay(self._bounds.whole),
            wait=_pause,
            retry=retry_if_exception(lambda error: isinstance(error, _AwayError) and error.again),
            before_sleep=lambda state: self._log_repeating(call, state),
            reraise=True,
        )
        return await attempts(self._attempt, call)

    def _log_repeating(self, call: Call, state: RetryCallState) -> None:
        reason = str(state.outcome.exception()) if state.outcome else "-"
        self._log.info(
            "shop asked again",
            method=call.method,
            route=call.route,
            attempt=state.attempt_number,
            reason=reason,
        )

    async def _attempt(self, call: Call) -> Reply:
        try:
            async with self._http.stream(
                call.method,
                call.address,
                params=call.query or None,
                content=call.content,
                headers=call.headers,
            ) as response:
                _refuse_unusable(response)
                body = await self._body(response)
        except httpx.RequestError as error:
            raise _AwayError(type(error).__name__, again=isinstance(error, _FAULTS)) from None
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Reply(response.status_code, media_type, body)

    async def _body(self, response: httpx.Response) -> bytes:
        body = bytearray()
        async for part in response.aiter_raw():
            body += part
            if len(body) > self._bounds.body_bytes:
                raise _AwayError("the answer is too large", again=False)
        return bytes(body)


def _refuse_unusable(response: httpx.Response) -> None:
    status = response.status_code
    if status in _WORTH_REPEATING:
        after = _seconds(response.headers.get("Retry-After"))
        raise _AwayError(f"the shop answered {status}", again=True, after=after)
    if response.is_server_error:
        raise _AwayError(f"the shop answered {status}", again=False)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise _AwayError("the answer is encoded in a way that was not asked for", again=False)


def _seconds(retry_after: str | None) -> float:
    """Return how long to wait; a date, which the API does not use, is longer than any bound."""
    if retry_after is None:
        return 0.0
    return float(retry_after) if retry_after.isascii() and retry_after.isdecimal() else math.inf


_jitter = wait_random_exponential(multiplier=0.1, max=1)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    after = error.after if isinstance(error, _AwayError) else 0.0
    return after + _jitter(state)
