"""Which addresses LINE opens from a button, and from where it shows pictures."""

from __future__ import annotations

import re

import httpx

from madoguchi.channels.line.limits import LONGEST_LINK, LONGEST_PICTURE_ADDRESS, clean

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*\.?")
_PHONE = re.compile(r"tel:(\+?[0-9*#().\- ]{2,40})", re.IGNORECASE)
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HIGHEST_PORT = 65_535


def link(address: object) -> str | None:
    """Return an address of http, https or tel as LINE opens it, None for all others.

    LINE opens no mailto, and no address without a scheme.
    """
    text = clean(address)
    if phone := _PHONE.fullmatch(text):
        digits = re.sub(r"[^0-9+*#]", "", phone.group(1))
        return f"tel:{digits}" if digits.strip("+") else None
    return _web_address(text, ("http", "https"), LONGEST_LINK)


def picture(address: object) -> str | None:
    """Return the address of a picture that LINE fetches (https), None for all others."""
    return _web_address(clean(address), ("https",), LONGEST_PICTURE_ADDRESS)


def _web_address(text: str, schemes: tuple[str, ...], longest: int) -> str | None:
    # Spaces and line breaks would become part of a path.
    if not text or any(character.isspace() for character in text):
        return None
    try:
        address = httpx.URL(text)
        host = address.raw_host.decode("ascii")
    except (httpx.InvalidURL, UnicodeError):
        return None
    if address.scheme not in schemes or not _HOST.fullmatch(host):
        return None
    if (address.port or 0) > _HIGHEST_PORT:
        return None
    written = _LONE_PERCENT.sub("%25", str(address))
    return written if len(written) <= longest else None
