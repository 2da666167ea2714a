"""Files that agents send, as LINE shows them: pictures, or a link where LINE takes no picture.

LINE fetches a picture and its small version from addresses (Messaging API reference, "Image
message"): JPEG or PNG, 10 MB, the small version 1 MB. There is nothing here that makes pictures
smaller, so what is small enough is its own small version, and what is not becomes a link.
"""

from __future__ import annotations

from linebot.v3.messaging import ImageMessage, TextMessage

from madoguchi.channels.line.limits import label
from madoguchi.channels.line.wording import wording
from madoguchi.conversations.model import File

_SHOWN = frozenset({"image/jpeg", "image/png"})
_LARGEST_PREVIEW = 1024 * 1024
_LONGEST_NAME = 100


def file_message(file: File, url: str | None) -> ImageMessage | TextMessage:
    """Return a file as a message of LINE; without an address only that it is not there."""
    if url is None:
        return TextMessage(text=wording("file_missing"))
    if file.content_type in _SHOWN and file.size <= _LARGEST_PREVIEW:
        return ImageMessage(originalContentUrl=url, previewImageUrl=url)
    name = label(file.name or wording("picture"), _LONGEST_NAME)
    return TextMessage(text=wording("file", file=name, url=url))
