"""Files that lie elsewhere: an app inside LINE may send a picture by its address.

Whoever writes that address must not make the service read the shop's own network. So only public
addresses of https are fetched, whatever a name resolves to, and no redirect is followed.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

import aiohttp
import httpx
from aiohttp.abc import AbstractResolver, ResolveResult

from madoguchi.conversations.channel import Fetched, MediaGoneError, MediaTooLargeError

_TIME_LIMIT = aiohttp.ClientTimeout(total=20, connect=3, sock_read=5)
_LONGEST_ADDRESS = 2_000
_HIGHEST_PORT = 65_535
_CHUNK = 64 * 1024
# IPv6 networks that lead to an IPv4 address which a test of the IPv6 one does not see.
_WRAPPED = tuple(
    ipaddress.ip_network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16")
)
# Refused, gone, or somewhere else: nothing that another try would change.
_NOT_THERE = frozenset({401, 403, 404, 410, 451, *range(300, 400)})


def is_public(address: str) -> bool:
    """Return whether an IP address belongs to the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    return ip.is_global and not ip.is_multicast and not any(ip in wrapped for wrapped in _WRAPPED)


def is_allowed(address: str, schemes: tuple[str, ...] = ("https",)) -> bool:
    """Return whether an address may be fetched, as far as the text tells."""
    if len(address) > _LONGEST_ADDRESS:
        return False
    try:
        url = httpx.URL(address)
        host = url.raw_host.decode("ascii").strip("[]")
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return False
    if url.scheme not in schemes or not host or url.userinfo or (url.port or 0) > _HIGHEST_PORT:
        return False
    return is_public(host) if _is_ip(host) else _is_name(host)


class ExternalFiles:
    """Fetches files from public addresses; close it at the end."""

    def __init__(
        self,
        *,
        schemes: tuple[str, ...] = ("https",),
        public: Callable[[str], bool] = is_public,
        resolver: AbstractResolver | None = None,
    ) -> None:
        """Fetch from addresses that are ``public``; needs a running event loop."""
        self._schemes = schemes
        self._public = public
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=_PublicOnly(public, resolver)),
            timeout=_TIME_LIMIT,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def fetch(self, address: str, limit: int) -> Fetched:
        """Return a file of at most ``limit`` bytes.

        Raises MediaGoneError, MediaTooLargeError, and for what may pass OSError, TimeoutError or
        aiohttp.ClientError.
        """
        host = self._host(address)
        if _is_ip(host) and not self._public(host):
            raise MediaGoneError("the address is not public")
        try:
            async with self._session.get(address, allow_redirects=False) as response:
                if response.status in _NOT_THERE:
                    raise MediaGoneError(f"the address answers {response.status}")
                response.raise_for_status()
                content = await read_limited(response, limit)
                return Fetched(content, response.headers.get("content-type"))
        except _NotPublicError:
            raise MediaGoneError("the address is not public") from None

    def _host(self, address: str) -> str:
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL:
            raise MediaGoneError("the address is none") from None
        if url.scheme not in self._schemes:
            raise MediaGoneError(f"the address is not of {' or '.join(self._schemes)}")
        return url.host.strip("[]")


async def read_limited(response: aiohttp.ClientResponse, limit: int) -> bytes:
    """Return a body of at most ``limit`` bytes, and stop reading a larger one at once.

    Raises MediaTooLargeError.
    """
    if response.content_length is not None and response.content_length > limit:
        response.close()
        raise MediaTooLargeError(f"{response.content_length} bytes are more than {limit}")
    content = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > limit:
            response.close()
            raise MediaTooLargeError(f"more than {limit} bytes")
    return bytes(content)


class _NotPublicError(Exception):
    """A name leads into a network that is not public."""


class _PublicOnly(AbstractResolver):
    """Resolves names, and refuses those that lead anywhere else than to the public internet."""

    def __init__(self, public: Callable[[str], bool], resolver: AbstractResolver | None) -> None:
        self._public = public
        self._resolver = resolver or aiohttp.ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a name. What is connected to is what was looked at here."""
        found = await self._resolver.resolve(host, port, family)
        if not all(self._public(each["host"]) for each in found):
            raise _NotPublicError(host)
        return found

    async def close(self) -> None:
        """Close the resolver below."""
        await self._resolver.close()


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_name(host: str) -> bool:
    """Return whether it is a name of the internet: ``localhost`` and numbers are none."""
    last = host.rstrip(".").rpartition(".")
    return bool(last[0]) and last[2] not in _LOCAL and not last[2][:1].isdigit()


_LOCAL = frozenset({"localhost", "local", "localdomain", "internal", "lan", "home", "arpa"})
