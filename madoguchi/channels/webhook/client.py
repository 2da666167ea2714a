"""Calls the other system over HTTP: posts what is signed, fetches customers' files."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from dataclasses import dataclass

import httpx

from madoguchi import __version__
from madoguchi.channels.downloads import at_most
from madoguchi.channels.webhook.addresses import is_callable, is_private_to_the_machine
from madoguchi.channels.webhook.signature import Secrets, signed
from madoguchi.clock import Clock
from madoguchi.conversations.channel import (
    Fetched,
    MediaGoneError,
    MediaPendingError,
)

_PASSING = {
    httpx.codes.REQUEST_TIMEOUT,
    httpx.codes.TOO_EARLY,
    httpx.codes.TOO_MANY_REQUESTS,
}
# What a receiver says beside its status is of no use, but unread it costs the connection.
_MOST_UNREAD = 16_384


@dataclass(frozen=True)
class Bounds:
    """How long the other system may take, in seconds."""

    connect: float = 3.0
    # A call until the answer's status; less than the delivery worker waits for a try.
    answer: float = 12.0
    # The same for the sign that an answer is being made, which is worth nothing when late.
    typing: float = 2.0
    # A file from the first byte to the last.
    file: float = 60.0
    # The rest of an answer after its status.
    rest: float = 1.0


@dataclass(frozen=True)
class Answer:
    """What the other system said to a call."""

    status: int
    retry_after: str | None = None


class WebhookClient:
    """The connections to the other system."""

    def __init__(
        self,
        url: str,
        secrets: Secrets,
        clock: Clock,
        *,
        bounds: Bounds | None = None,
        open_loopback: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Call the URL; nothing is sent yet.

        ``open_loopback`` lets files be fetched from this machine, for demonstrations and tests;
        ``tls`` is for a CA of one's own. Raises ValueError for an address that would travel open.
        """
        if not is_callable(url):
            raise ValueError("the address needs https, or http to this machine itself")
        self.bounds = bounds or Bounds()
        self._url, self._secrets, self._clock = url, secrets, clock
        self._open_loopback = open_loopback
        self._http = httpx.AsyncClient(
            headers={
                # A compressed body would have no size before it is unpacked.
                "Accept-Encoding": "identity",
                "User-Agent": f"madoguchi/{__version__}",
            },
            timeout=httpx.Timeout(self.bounds.answer, connect=self.bounds.connect),
            follow_redirects=False,  # what is signed is for this address alone
            trust_env=False,  # a proxy from the environment would see it
            verify=tls or True,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def post(self, call_id: str, body: bytes, within: float) -> Answer:
        """Return the answer to a signed call within some seconds.

        Raises httpx.HTTPError, and TimeoutError when the status did not come in time.
        """
        headers = signed(self._secrets, call_id, self._clock.now(), body)
        headers["Content-Type"] = "application/json"
        request = self._http.build_request("POST", self._url, content=body, headers=headers)
        async with asyncio.timeout(within):
            response = await self._http.send(request, stream=True)
        await self._drain(response)
        return Answer(response.status_code, response.headers.get("Retry-After"))

    async def _drain(self, response: httpx.Response) -> None:
        """Read the rest when it is short, so that the connection can be used again."""
        try:
            # The status is known, and stands whatever comes after it.
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                async with asyncio.timeout(self.bounds.rest):
                    async for _ in response.aiter_raw():
                        if response.num_bytes_downloaded > _MOST_UNREAD:
                            return
        finally:
            await response.aclose()

    async def fetch(self, url: str, limit: int) -> Fetched:
        """Return the file at the address, of at most ``limit`` bytes.

        Raises MediaPendingError, MediaGoneError, MediaTooLargeError; httpx.HTTPError and
        TimeoutError mean that it may be there later.
        """
        if not is_callable(url, open_loopback=self._open_loopback):
            raise MediaGoneError("the file's address needs https")
        async with (
            asyncio.timeout(self.bounds.file),
            self._http.stream("GET", url) as response,
        ):
            self._refuse_peer(response)
            _refuse_status(response)
            content = await at_most(response, limit)
        content_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        return Fetched(content, content_type or None)

    def _refuse_peer(self, response: httpx.Response) -> None:
        # Asked of the connection itself: a name may mean another address every time.
        peer = response.extensions["network_stream"].get_extra_info("server_addr")
        if not self._open_loopback and is_private_to_the_machine(peer[0]):
            raise MediaGoneError("the file's address is on this machine")


def _refuse_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == httpx.codes.ACCEPTED:
        raise MediaPendingError("the file is still being prepared")
    if response.is_server_error or status in _PASSING:
        response.raise_for_status()
    if status != httpx.codes.OK:
        raise MediaGoneError(f"the file's address answered {status}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise MediaGoneError("the file is encoded in a way that was not asked for")
