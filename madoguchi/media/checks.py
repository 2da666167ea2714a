"""What a customer's file really is, and whether it may be kept.

Its bytes decide, never its name or what the sender says. Only what is listed here is kept:
pictures, films, sounds, PDF, Office documents without programs, plain text.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import filetype  # type: ignore[import-untyped]  # it has no types

from madoguchi.media.limits import largest
from madoguchi.media.names import suffix_of
from madoguchi.media.signatures import (
    DOCX,
    ODP,
    ODS,
    ODT,
    PPTX,
    XLSX,
    MacrosError,
    iso_media,
    mpeg_audio,
    office,
    text_encoding,
)

# Each type that is kept, and what a file of it is saved as.
SUFFIXES: Final = MappingProxyType(
    {
        "image/jpeg": ("jpg", "jpeg", "jfif"),
        "image/png": ("png", "apng"),
        "image/gif": ("gif",),
        "image/webp": ("webp",),
        "image/heic": ("heic", "heif"),
        "video/mp4": ("mp4", "m4v"),
        "video/quicktime": ("mov", "qt"),
        "video/3gpp": ("3gp",),
        "audio/mp4": ("m4a", "mp4"),
        "audio/3gpp": ("3gp",),
        "audio/mpeg": ("mp3",),
        "audio/aac": ("aac",),
        "audio/wav": ("wav",),
        "audio/ogg": ("ogg", "oga", "opus"),
        "application/pdf": ("pdf",),
        DOCX: ("docx",),
        XLSX: ("xlsx",),
        PPTX: ("pptx",),
        ODT: ("odt",),
        ODS: ("ods",),
        ODP: ("odp",),
        "text/plain": ("txt", "text", "log", "md"),
        "text/csv": ("csv",),
    }
)
# The library's names of what is kept, and ours.
_KNOWN = {
    "image/jpeg": "image/jpeg",
    "image/png": "image/png",
    "image/apng": "image/png",
    "image/gif": "image/gif",
    "image/webp": "image/webp",
    "audio/mpeg": "audio/mpeg",
    "audio/aac": "audio/aac",
    "audio/x-wav": "audio/wav",
    "audio/ogg": "audio/ogg",
    "application/pdf": "application/pdf",
}
# They are readable as text, and yet programs.
_NO_TEXT = frozenset({"application/rtf", "application/postscript"})
# A container of films may hold a sound alone: what was recorded as a voice message is one.
_AS_AUDIO = {"video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}
_MEDIA_KINDS = ("image", "video", "audio")
_TEXT_SUFFIXES = frozenset({"", *SUFFIXES["text/plain"], *SUFFIXES["text/csv"]})


@dataclass(frozen=True)
class Verdict:
    """Whether a file is kept: with its type when it is, else with a reason of ``media.yml``."""

    kept: bool
    content_type: str | None = None
    reason: str | None = None


def check(content: bytes, kind: str, name: str | None = None) -> Verdict:
    """Return whether a file that was sent as that kind (image, audio, video, file) is kept.

    Reasons: empty, too_large, macros, type (nothing that is kept), mismatch (it is something else
    than it was sent as). The name decides nothing but whether text is a table, or a script.
    """
    if not content:
        return _refused("empty")
    if len(content) > largest(kind):
        return _refused("too_large")
    try:
        found = content_type(content, name)
    except MacrosError:
        return _refused("macros")
    if kind == "audio":
        found = _AS_AUDIO.get(found or "", found)
    if found is None:
        return _refused("type")
    if kind in _MEDIA_KINDS and not found.startswith(f"{kind}/"):
        return _refused("mismatch")
    return Verdict(kept=True, content_type=found)


def content_type(content: bytes, name: str | None = None) -> str | None:
    """Return what a file is, None when it is nothing that is kept. Raises MacrosError."""
    if content[4:8] == b"ftyp":
        return iso_media(content)
    if content.startswith(b"PK\x03\x04"):
        return office(content)
    guessed = filetype.guess_mime(content)
    if guessed in _KNOWN:
        return _KNOWN[guessed]
    # What the library takes for a program by two letters may be a text that begins with them.
    return mpeg_audio(content) or (None if guessed in _NO_TEXT else _text(content, name))


def _text(content: bytes, name: str | None) -> str | None:
    suffix = suffix_of(name)
    # 「2026.12」 is a name without a suffix.
    if suffix[:1].isascii() and suffix[:1].isalpha() and suffix not in _TEXT_SUFFIXES:
        return None
    encoding = text_encoding(content)
    if encoding is None:
        return None
    table = suffix in SUFFIXES["text/csv"]
    return f"text/{'csv' if table else 'plain'}; charset={encoding}"


def _refused(reason: str) -> Verdict:
    return Verdict(kept=False, reason=reason)
