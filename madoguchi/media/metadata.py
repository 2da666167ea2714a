"""Takes out of pictures what cameras and programs wrote beside the picture: place, time, owner.

The picture itself is not decoded: parts of the file are left out, and what shows stays byte for
byte as it was, colours and rotation too. JPEG, PNG and WebP; other types stay as they are.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

_ROTATION, _SHORT = 0x0112, 3
_UPRIGHT, _LAST_ROTATION = 1, 8
_EXIF = b"Exif\0\0"

# JPEG: markers without a length, and those that matter here.
_MARK, _ALONE = 0xFF, frozenset({0x01, *range(0xD0, 0xD8)})
_BEGINS, _ENDS, _SCAN, _COMMENT = 0xD8, 0xD9, 0xDA, 0xFE
_APPS, _APP1 = range(0xE0, 0xF0), 0xE1
# A length counts its own two bytes.
_SHORTEST = 2
# Of what applications may add, these say how the picture's colours are meant.
_JPEG_KEPT = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
# The next marker after a scan: neither a byte that was stuffed nor a restart.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")

_PNG = b"\x89PNG\r\n\x1a\n"
# What can be left out without harm has a small first letter; of that, these belong to the picture.
_PNG_KEPT = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT pHYs bKGD hIST sPLT cICP mDCV cLLI acTL fcTL fdAT".split()
)
_WEBP_KEPT = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_WEBP_HAS_EXIF, _WEBP_HAS_XMP = 0x08, 0x04
# Where a chunk's content begins, behind its name and size.
_FLAGS = 8


def without_metadata(content: bytes, content_type: str) -> bytes:
    """Return a picture without what stands beside it, of other types the content as it is.

    Where a file breaks off or its parts make no sense, the rest stays as it is.
    """
    clean = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(content_type)
    return clean(content) if clean is not None else content


def _jpeg(content: bytes) -> bytes:
    out, rotation = [content[:2]], _UPRIGHT
    for code, segment in _segments(content):
        body = segment[4:]
        if code == _APP1 and body.startswith(_EXIF):
            rotation = _rotation(body.removeprefix(_EXIF))
        if _belongs(code, body):
            out.append(segment)
    if rotation != _UPRIGHT:
        note = _EXIF + _only(rotation)
        # After JFIF's own segment, which has to be the first.
        place = 2 if out[1:] and out[1].startswith(b"\xff\xe0") else 1
        out.insert(place, b"\xff\xe1" + (len(note) + 2).to_bytes(2) + note)
    return b"".join(out)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield a JPEG file's segments with their codes, and with 0 what makes no sense.

    What comes after the end is left out: another picture or a film, with notes of its own.
    """
    at = 2
    while at + 1 < len(content) and content[at] == _MARK:
        code = content[at + 1]
        if code == _MARK:  # a byte that fills up
            at += 1
            continue
        if code == _ENDS:
            yield code, content[at : at + 2]
            return
        length = 0 if code in _ALONE else int.from_bytes(content[at + 2 : at + 4])
        ends = at + 2 + length
        if code == _BEGINS or (code not in _ALONE and length < _SHORTEST) or ends > len(content):
            break
        if code == _SCAN:
            found = _NEXT_MARKER.search(content, ends)
            ends = found.start() if found is not None else len(content)
        yield code, content[at:ends]
        at = ends
    yield 0, content[at:]


def _belongs(code: int, body: bytes) -> bool:
    """Return whether a segment of a JPEG file belongs to the picture."""
    if code == _COMMENT:
        return False
    if code not in _APPS:
        return True
    kept = _JPEG_KEPT.get(code)
    return kept is not None and body.startswith(kept)


def _png(content: bytes) -> bytes:
    out = [content[: len(_PNG)]]
    at, rotation = len(_PNG), _UPRIGHT
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        ends = at + 12 + length
        if ends > len(content):
            break
        chunk = content[at:ends]
        if name == b"eXIf":
            rotation = _rotation(chunk[8:-4])
        if not name[:1].islower() or name in _PNG_KEPT:
            out.append(chunk)
        at = ends
        if name == b"IEND":
            at = len(content)
    if rotation != _UPRIGHT and len(out) > 1:
        # After the header, which has to be the first.
        named = b"eXIf" + _only(rotation)
        size, check = len(named) - 4, zlib.crc32(named)
        out.insert(2, size.to_bytes(4) + named + check.to_bytes(4))
    return b"".join([*out, content[at:]])


def _webp(content: bytes) -> bytes:
    ends_at = min(len(content), 8 + int.from_bytes(content[4:8], "little"))
    out: list[bytes] = []
    at, rotation = 12, _UPRIGHT
    while at + 8 <= ends_at and content[at : at + 4].isascii() and content[at : at + 3].isalnum():
        name, size = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        ends = at + 8 + size + size % 2
        chunk = content[at : min(ends, ends_at)]
        if name == b"EXIF":
            rotation = _rotation(chunk[8:].removeprefix(_EXIF))
        if name in _WEBP_KEPT:
            out.append(chunk)
        at = min(ends, ends_at)
    out.append(content[at:ends_at])
    # Notes have a place only in the extended form, which begins with flags that tell of them.
    if out[0].startswith(b"VP8X") and len(out[0]) > _FLAGS:
        flags = out[0][_FLAGS] & ~(_WEBP_HAS_EXIF | _WEBP_HAS_XMP)
        if rotation != _UPRIGHT:
            flags |= _WEBP_HAS_EXIF
            note = _only(rotation)
            out.append(b"EXIF" + len(note).to_bytes(4, "little") + note)
        out[0] = out[0][:_FLAGS] + bytes([flags]) + out[0][_FLAGS + 1 :]
    body = b"WEBP" + b"".join(out)
    if body == content[8:]:
        return content
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _rotation(tiff: bytes) -> int:
    """Return how Exif says to turn the picture (1 to 8), 1 when it says nothing readable."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return _UPRIGHT
    try:
        [first] = struct.unpack_from(f"{order}I", tiff, 4)
        [count] = struct.unpack_from(f"{order}H", tiff, first)
        for entry in range(count):
            tag, kind, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * entry)
            if (tag, kind) == (_ROTATION, _SHORT):
                return value if _UPRIGHT <= value <= _LAST_ROTATION else _UPRIGHT
    except struct.error:
        pass
    return _UPRIGHT


def _only(rotation: int) -> bytes:
    """Return Exif data that say how to turn the picture and nothing else."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, _ROTATION, _SHORT, 1, rotation, 0, 0)
