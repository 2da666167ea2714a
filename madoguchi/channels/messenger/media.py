"""Customers' files: which addresses are Meta's, and fetching from them.

An address comes out of a webhook that Meta signed, yet nothing but Meta's own file servers is ever
asked: neither the shop's network nor anybody else's.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Collection
from urllib.parse import unquote, urljoin, urlsplit

import httpx

from madoguchi.channels.downloads import at_most
from madoguchi.conversations.channel import (
    Fetched,
    MediaGoneError,
    MediaPendingError,
    MediaRef,
)

_HOST = re.compile(r"(?:[a-z0-9-]+\.)+(?:fbcdn\.net|fbsbx\.com|cdninstagram\.com)")
_GONE = frozenset({400, 401, 403, 404, 410})
_MOST_REDIRECTS = 3
_LONGEST_ADDRESS = 4000
_LONGEST_NAME = 200


class FileServers:
    """Meta's file servers, and ``also`` what stands in for them in tests."""

    def __init__(self, also: Collection[str] = ()) -> None:
        """Allow Meta's servers over https; ``also`` are whole origins (``http://host:port``)."""
        self._also = frozenset(also)

    def allowed(self, address: str) -> bool:
        """Return whether a file may be fetched from there."""
        if len(address) > _LONGEST_ADDRESS or not address.isprintable():
            return False
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return False
        if parts.username is not None or parts.password is not None:
            return False
        if f"{parts.scheme}://{parts.netloc}" in self._also:
            return True
        if parts.scheme != "https" or port not in {None, 443}:
            return False
        return _HOST.fullmatch(host) is not None


def name_in(address: str) -> str | None:
    """Return a file's name as its address ends, None when it has none."""
    try:
        last = unquote(urlsplit(address).path).rpartition("/")[2]
    except ValueError:
        return None
    name = "".join(letter for letter in last if letter.isprintable()).strip()
    return name[:_LONGEST_NAME] if "." in name.strip(".") else None


class FileClient:
    """Fetches files. It never sends the access token: an address carries its own signature."""

    def __init__(
        self,
        servers: FileServers,
        *,
        connect_seconds: float = 3.0,
        read_seconds: float = 10.0,
        whole_seconds: float = 60.0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Fetch from these servers; nothing is asked yet."""
        self._servers = servers
        self._whole = whole_seconds
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(read_seconds, connect=connect_seconds),
            follow_redirects=False,  # each address on the way has to be allowed
            trust_env=False,
            verify=tls or True,
            headers={"Accept-Encoding": "identity"},
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a file of at most ``limit`` bytes.

        Raises MediaGoneError, MediaTooLargeError, MediaPendingError while the server is busy, and
        httpx's errors or TimeoutError when the connection fails.
        """
        if media.url is None:
            raise MediaGoneError("the platform gave no address that may be asked")
        address = media.url
        async with asyncio.timeout(self._whole):
            for _ in range(_MOST_REDIRECTS + 1):
                if not self._servers.allowed(address):
                    raise MediaGoneError("the address is none of the platform's file servers")
                found = await self._ask(address, media, limit)
                if isinstance(found, Fetched):
                    return found
                address = found
        raise MediaGoneError("the address leads on and on")

    async def _ask(self, address: str, media: MediaRef, limit: int) -> Fetched | str:
        """Return the file, or where it is instead."""
        async with self._http.stream("GET", address) as answer:
            if answer.has_redirect_location:
                return urljoin(address, answer.headers["location"])
            if answer.status_code in _GONE:
                raise MediaGoneError(f"the platform answers {answer.status_code}")
            if not answer.is_success:
                raise MediaPendingError(f"the platform answers {answer.status_code}")
            return Fetched(
                await at_most(answer, limit), answer.headers.get("content-type"), media.name
            )
