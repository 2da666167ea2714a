"""A channel that can do one thing: fetch what customers sent, from the stand-in for LINE."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from madoguchi.conversations.channel import (
    Fetched,
    MediaGoneError,
    MediaPendingError,
    MediaRef,
    MediaTooLargeError,
)
from tests.line_platform.people import DEMO_TOKEN


class FilesOverHttp:
    """Fetches by the platform's id; ``pause_seconds`` is how long a silent connection is borne."""

    def __init__(self, url: str, pause_seconds: float = 30.0) -> None:
        """Fetch from the address."""
        self._url = url
        self._pause = pause_seconds

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a file, or raise as a messaging channel does."""
        path = f"{self._url}/v2/bot/message/{quote(media.external_id, safe='')}/content"
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        async with (
            httpx.AsyncClient(trust_env=False, timeout=self._pause, verify=False) as client,  # noqa: S501  (it is plain HTTP)
            client.stream("GET", path, headers=headers) as answer,
        ):
            if answer.status_code == 202:
                raise MediaPendingError
            if answer.status_code in {404, 410}:
                raise MediaGoneError(str(answer.status_code))
            answer.raise_for_status()
            content = bytearray()
            async for chunk in answer.aiter_bytes():
                content += chunk
                if len(content) > limit:
                    raise MediaTooLargeError
            return Fetched(bytes(content), answer.headers.get("content-type"), media.name)
