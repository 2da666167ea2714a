"""The pictures, films, sounds and files that customers have sent, as the bot can fetch them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Literal

from tests.line_platform.errors import (
    CONTENT_GONE,
    CONTENT_NOT_FOUND,
    NO_PREVIEW,
    NO_TRANSCODING,
    LineError,
)
from tests.line_platform.pictures import png

_CHUNK = 64 * 1024
# Enough where only the way of a file is of interest.
PIXEL = png(1, 1)


@dataclass
class Content:
    """What a message's id leads to; ``size`` makes it as large as one likes without holding it."""

    data: bytes = PIXEL
    content_type: str = "image/png"
    kind: str = "image"
    size: int | None = None
    # LINE prepares films and sounds for a while before they can be fetched.
    preparation: Literal["processing", "succeeded", "failed"] = "succeeded"
    # After so many bytes nothing more comes until ``resumed`` is set.
    stalls_after: int | None = None
    # Whether the length is said in advance, as a careful client wants to know it.
    tells_length: bool = True
    gone: bool = False
    resumed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def length(self) -> int:
        """The number of bytes."""
        return len(self.data) if self.size is None else self.size

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the bytes, with the pause that is asked for."""
        sent = 0
        while sent < self.length:
            end = min(sent + _CHUNK, self.length)
            if self.stalls_after is not None and sent <= self.stalls_after < end:
                if self.stalls_after > sent:
                    yield self._bytes(sent, self.stalls_after)
                    sent = self.stalls_after
                await self.resumed.wait()
                self.stalls_after = None
            yield self._bytes(sent, end)
            sent = end

    def _bytes(self, start: int, end: int) -> bytes:
        return self.data[start:end].ljust(end - start, b"\0")


class Contents:
    """All of them, by message id."""

    def __init__(self) -> None:
        """Begin with none."""
        self._contents: dict[str, Content] = {}

    def keep(self, message_id: str, content: Content) -> None:
        """Keep what belongs to a message."""
        self._contents[message_id] = content

    def remove(self, message_id: str) -> None:
        """Forget what belongs to a message that was taken back."""
        if message_id in self._contents:
            self._contents[message_id].gone = True

    def resume_all(self) -> None:
        """Let everything go on that stands still."""
        for content in self._contents.values():
            content.resumed.set()

    def get(self, message_id: str) -> Content:
        """Return a message's content. Raises LineError (404, 410)."""
        content = self._contents.get(message_id)
        if content is None:
            raise LineError(404, CONTENT_NOT_FOUND)
        if content.gone:
            raise LineError(410, CONTENT_GONE)
        return content

    def transcoding(self, message_id: str) -> str:
        """Return how far a film or sound is. Raises LineError (400, 404, 410)."""
        content = self.get(message_id)
        if content.kind not in {"video", "audio"}:
            raise LineError(400, NO_TRANSCODING)
        return content.preparation

    def preview(self, message_id: str) -> Content:
        """Return a smaller picture of a picture or film. Raises LineError (400, 404, 410)."""
        content = self.get(message_id)
        if content.kind not in {"image", "video"}:
            raise LineError(400, NO_PREVIEW)
        return Content(PIXEL, "image/png")
