"""Serves a customer's file so that a browser runs nothing of it, whatever it is besides.

A file may be a picture and a program at once. So its type is the one that was found, a browser is
told not to guess another, and what it shows has no origin, no scripts and loads nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from madoguchi.media.attachments import Attachment
from madoguchi.media.checks import SUFFIXES
from madoguchi.media.names import LONGEST_NAME, clean_name, suffix_of

# What a browser shows in itself; everything else is saved.
_SHOWN = ("image/", "audio/", "video/", "application/pdf")
_RANGED = ("audio/", "video/")
_UNKNOWN = "application/octet-stream"
_SAFE: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Referrer-Policy": "no-referrer",
    # What a customer takes back must not stay in a browser.
    "Cache-Control": "private, no-store",
}
_RANGE = re.compile(r"bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*", re.ASCII)


def attachment_response(
    attachment: Attachment, content: bytes, *, on_other_sites: bool = False
) -> Response:
    """Return the answer with a kept file: shown when browsers can, otherwise to be saved.

    ``on_other_sites`` lets shops' pages show it as a picture, which still gives them none of it.
    Films and sounds are given in part when the request asks for a part (one range of bytes).
    """
    essence = _essence(attachment)
    headers = {
        **_SAFE,
        "Cross-Origin-Resource-Policy": "cross-origin" if on_other_sites else "same-origin",
        "Content-Disposition": _disposition(attachment, essence),
        # Not through media_type: a charset would be added to what has its own, or none.
        "Content-Type": (attachment.content_type if essence else None) or _UNKNOWN,
    }
    if essence.startswith(_RANGED):
        return _RangedResponse(content, headers=headers)
    return Response(content, headers=headers)


def download_name(attachment: Attachment) -> str:
    """Return what a file is saved as: the customer's name for it, with the suffix of its type.

    ``invoice.pdf.exe`` that is a picture becomes ``invoice.pdf.exe.jpg``. At most 100 characters.
    """
    essence = _essence(attachment)
    name = clean_name(attachment.name) or f"{attachment.kind}-{attachment.seq}"
    suffixes = SUFFIXES.get(essence, ("bin",))
    if suffix_of(name) in suffixes:
        return name
    return f"{name[: LONGEST_NAME - len(suffixes[0]) - 1].rstrip('. ')}.{suffixes[0]}"


def _essence(attachment: Attachment) -> str:
    """Return a file's type without its charset, "" for what is never kept."""
    essence = (attachment.content_type or "").partition(";")[0]
    return essence if essence in SUFFIXES else ""


def _disposition(attachment: Attachment, essence: str) -> str:
    """Return the header in both forms of RFC 6266: for old clients plain letters only."""
    name = download_name(attachment)
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", name)
    way = "inline" if essence.startswith(_SHOWN) else "attachment"
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


class _RangedResponse(Response):
    """The whole content, or one part of it (RFC 9110, section 14)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request."""
        self.headers["Accept-Ranges"] = "bytes"
        asked = Headers(scope=scope).get("range")
        # Nothing here says which version a part belongs to, so a part "if it is still that
        # version" is never given.
        part = _part(asked, len(self.body)) if "if-range" not in Headers(scope=scope) else None
        if part is not None:
            self._cut(part)
        await super().__call__(scope, receive, send)

    def _cut(self, part: range) -> None:
        whole = len(self.body)
        if part:
            self.status_code = 206
            self.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{whole}"
        else:
            self.status_code = 416
            self.headers["Content-Range"] = f"bytes */{whole}"
        self.body = self.body[part.start : part.stop]
        self.headers["Content-Length"] = str(len(self.body))


def _part(asked: str | None, length: int) -> range | None:
    """Return the part that is asked for, empty when there is none such; None means everything.

    Several parts at once, and what cannot be read, may be answered with everything.
    """
    found = _RANGE.fullmatch(asked.strip()) if asked else None
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        return range(max(0, length - int(last)), length)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1 if last else length, length))
