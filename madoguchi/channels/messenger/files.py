"""Files that agents send, as Meta's Send API takes them: by address, or as a link in a text."""

from __future__ import annotations

from typing import Any

from madoguchi.channels.messenger.words import Words
from madoguchi.conversations.model import File
from madoguchi.media.limits import MEGABYTE

# Send API reference, "Attachments": pictures of 8 MB, everything else of 25 MB.
_PICTURES = frozenset({"image/jpeg", "image/png", "image/gif"})
_LARGEST_PICTURE, _LARGEST = 8 * MEGABYTE, 25 * MEGABYTE


def file_bubble(file: File, url: str | None, words: Words) -> dict[str, Any]:
    """Return a file as a message; without an address only that it is not there."""
    if url is None:
        return {"text": words.outgoing("file_missing")}
    if not _is_taken(file):
        name = file.name or words.incoming(file.kind)
        return {"text": words.outgoing("file", name=name, url=url)}
    return {"attachment": {"type": file.kind, "payload": {"url": url, "is_reusable": False}}}


def _is_taken(file: File) -> bool:
    if file.kind == "image":
        return file.content_type in _PICTURES and file.size <= _LARGEST_PICTURE
    return file.size <= _LARGEST
