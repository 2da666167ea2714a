"""Which files can be sent over a channel, so that the desk says it before anyone has chosen one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from madoguchi.conversations.channel import WEB

# They show pictures; another file would be a bare link, which looks like fraud to customers.
_PICTURES_ONLY = frozenset({"line", "instagram"})


@dataclass(frozen=True)
class Sendable:
    """``what``: everything that is kept, images alone, or nothing; ``reason`` names why less."""

    what: Literal[True, "images", False]
    reason: str | None = None

    def allows(self, kind: str) -> bool:
        """Return whether a file of that kind can be sent."""
        return self.what is True or (self.what == "images" and kind == "image")


def sendable(channel: str, *, reaches_platforms: bool) -> Sendable:
    """Return what can be sent; a platform fetches files, so it needs an address with TLS."""
    if channel == WEB:
        return Sendable(what=True)
    if not reaches_platforms:
        return Sendable(what=False, reason="no_public_url")
    if channel in _PICTURES_ONLY:
        return Sendable(what="images", reason="images_only")
    return Sendable(what=True)
