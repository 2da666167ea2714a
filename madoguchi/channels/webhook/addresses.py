"""Which addresses are called: the shop's own system may be private, but nothing travels open."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx

from madoguchi.loopback import is_loopback


def is_private_to_the_machine(peer: str) -> bool:
    """Return whether an IP address is this machine's or its cloud's (link-local, unspecified)."""
    address = ip_address(peer.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None) or address
    return bool(mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified)


def is_callable(url: str, *, open_loopback: bool = True) -> bool:
    """Return whether an address may be called: https, or http to this machine if that is open."""
    try:
        # Read twice: the client's own reading takes ports and brackets that cannot be.
        parsed, again = httpx.URL(url), urlsplit(url)
        usable = bool(parsed.host) and (again.port or 1) > 0
    except (httpx.InvalidURL, ValueError):
        return False
    if not usable:
        return False
    return parsed.scheme == "https" or (
        parsed.scheme == "http" and open_loopback and is_loopback(parsed.host)
    )
