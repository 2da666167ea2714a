"""Addresses of files that open for a while, for who holds no token: browsers' pictures, platforms.

Each is signed for one file and one end, so none can be made for another file, or prolonged. It is
only good together with the database: what was taken back is gone whatever address is left of it.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime, timedelta
from urllib.parse import urlencode

from madoguchi.clock import Clock, as_utc

PATH = "/api/v1/files"
# Shown anew whenever a page reads its conversation.
SHOWN = timedelta(days=1)
# A platform may fetch it late, and shows a link for as long as a chat is usually looked up again.
PUBLIC = timedelta(days=7)


class FileLinks:
    """Makes and opens the addresses, with a key of their own out of the service's secret."""

    def __init__(self, secret: str, clock: Clock, public_url: str | None = None) -> None:
        """Sign with the secret; ``public_url`` is the service as the internet sees it."""
        self._key = hmac.digest(secret.encode(), b"madoguchi file links", "sha256")
        self._clock = clock
        self._base = public_url.rstrip("/") if public_url is not None else None

    @property
    def reaches_platforms(self) -> bool:
        """Whether a platform can fetch a file: it needs an address with TLS."""
        return self._base is not None and self._base.startswith("https://")

    def shown(self, file_id: str, written_at: datetime) -> str:
        """Return the path for a page that reads its conversation now: good for a day."""
        del written_at
        return self._path(file_id, as_utc(self._clock.now()) + SHOWN)

    def public(self, file_id: str, written_at: datetime) -> str | None:
        """Return the address for a platform, None without one: good for a week after the message.

        It is the same at every try to deliver the message.
        """
        if self._base is None:
            return None
        return f"{self._base}{self._path(file_id, as_utc(written_at) + PUBLIC)}"

    def opens(self, file_id: str, until: int, signature: str) -> bool:
        """Return whether a file's address is one of ours and still good; ``until`` is Unix time."""
        fits = hmac.compare_digest(self._signature(file_id, until).encode(), signature.encode())
        return fits and self._clock.now().timestamp() < until

    def _path(self, file_id: str, ends: datetime) -> str:
        until = int(ends.timestamp())
        query = urlencode({"until": until, "signature": self._signature(file_id, until)})
        return f"{PATH}/{file_id}?{query}"

    def _signature(self, file_id: str, until: int) -> str:
        signed = hmac.digest(self._key, f"{file_id}\n{until}".encode(), hashlib.sha256)
        return urlsafe_b64encode(signed).rstrip(b"=").decode()
