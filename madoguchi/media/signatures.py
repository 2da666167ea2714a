"""What a file is by its bytes, where the ``filetype`` library does not know or not exactly.

It knows HEIC by one of eight brands, films by four, 3GP not at all, an Office document only when
its first 8 KB name it, and never plain text.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from collections.abc import Iterator

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"

# Brands of ISO's base media format, which films, voice messages and iPhones' photos share.
_HEIC = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"})
_FILMS = frozenset(
    {b"mp41", b"mp42", b"mmp4", b"isom", b"avc1", b"M4V ", b"MSNV", b"dash"}
    | {b"iso%d" % number for number in range(2, 10)}
)
_BRANDS = (
    dict.fromkeys(_HEIC, "image/heic")
    | dict.fromkeys((b"M4A ", b"M4B ", b"M4P "), "audio/mp4")
    | dict.fromkeys(_FILMS, "video/mp4")
    | {b"qt  ": "video/quicktime"}
)
_3GP = (b"3gp", b"3gr", b"3gs", b"3ge", b"3gg")
# Pictures of several kinds, which say that they are films, too.
_PICTURES = frozenset({b"mif1", b"msf1", b"avif", b"avis", b"crx "})
_SHORTEST_BOX = 16
_MOST_BRANDS = 64

_OFFICE = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_OPEN_DOCUMENT = frozenset({ODT, ODS, ODP})
# Programs inside documents: Visual Basic, Excel's old macros, OpenDocument's two places.
_MACROS = re.compile(r"(^|/)(vbaproject\.bin|macrosheets/|basic/|scripts/)", re.IGNORECASE)
# A list of 40,000 parts; zipfile reads the whole list into memory.
_LONGEST_LIST = 2 * 1024 * 1024
_LIST_END, _LIST_END_64 = b"PK\x05\x06", b"PK\x06\x07"
_LIST_END_LENGTH, _LONGEST_COMMENT = 22, 0xFFFF

# MPEG audio's header: eleven bits of sync, a version that is reserved, the layer of MP3.
_SYNC, _NO_VERSION, _LAYER_3 = 0x7FF, 0b01, 0b01

# Tabs, line breaks and form feeds are in real text; every other control character is not.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_ENCODINGS = {"utf-8": "utf-8", "cp932": "shift_jis"}
_PIECE, _BEGINNING = 256 * 1024, 1000
_MARK = "\ufeff"
_MARKUP = re.compile(r"\s*<(?:[!?%]|/?[a-z][a-z0-9:-]*[\s/>])", re.IGNORECASE)
_PROGRAM = re.compile(r"\s*#!")


def iso_media(content: bytes) -> str | None:
    """Return the type of a film, sound or picture in ISO's base media format, None for others."""
    length = int.from_bytes(content[:4])
    if content[4:8] != b"ftyp" or not _SHORTEST_BOX <= length <= len(content):
        return None
    major, also = content[8:12], _brands(content[16:length])
    if major in _PICTURES:
        return "image/heic" if also & _HEIC else None
    if major in _BRANDS or major.startswith(_3GP):
        return _BRANDS.get(major, "video/3gpp")
    return "video/mp4" if also & _FILMS else None


def _brands(box: bytes) -> frozenset[bytes]:
    ends = min(len(box), 4 * _MOST_BRANDS)
    return frozenset(box[start : start + 4] for start in range(0, ends, 4))


def mpeg_audio(content: bytes) -> str | None:
    """Return the type of MP3 or AAC frames of every version, None for others.

    The library knows MP3 of MPEG-1 and -2 without checksums and AAC without; nothing else.
    """
    header = int.from_bytes(content[:4])
    if header & 0xFFF60000 == 0xFFF00000:  # noqa: PLR2004  (ADTS: twelve bits of sync, layer 0)
        return "audio/aac"
    version, layer = header >> 19 & 0b11, header >> 17 & 0b11
    bitrate, rate = header >> 12 & 0b1111, header >> 10 & 0b11
    if header >> 21 != _SYNC or layer != _LAYER_3:
        return None
    return "audio/mpeg" if version != _NO_VERSION and bitrate != 0b1111 and rate != 0b11 else None  # noqa: PLR2004


class MacrosError(Exception):
    """A document has programs in it."""


def office(content: bytes) -> str | None:
    """Return the type of an Office or OpenDocument file, None for other archives.

    Only the archive's list is read, and of OpenDocument the type that stands there as it is, so
    what unpacks to more than memory does no harm. Raises MacrosError.
    """
    if not _has_short_list(content):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            found = _office_type(archive, frozenset(names))
    except Exception:  # noqa: BLE001  (a broken archive makes zipfile raise a dozen things)
        return None
    if found is not None and any(_MACROS.search(name) for name in names):
        raise MacrosError
    return found


def _has_short_list(content: bytes) -> bool:
    """Return whether an archive ends in a list of its parts that may be read."""
    end = content.rfind(_LIST_END, max(0, len(content) - _LIST_END_LENGTH - _LONGEST_COMMENT))
    if end < 0 or end + _LIST_END_LENGTH > len(content):
        return False
    if content[max(0, end - 20) : max(0, end - 16)] == _LIST_END_64:
        return False  # the length stands elsewhere; nothing of 20 MB needs that
    return int.from_bytes(content[end + 12 : end + 16], "little") <= _LONGEST_LIST


def _office_type(archive: zipfile.ZipFile, names: frozenset[str]) -> str | None:
    if "mimetype" in names:
        if archive.getinfo("mimetype").compress_type != zipfile.ZIP_STORED:
            return None
        with archive.open("mimetype") as entry:
            declared = entry.read(100).decode("ascii")
        return declared if declared in _OPEN_DOCUMENT else None
    if "[Content_Types].xml" not in names:
        return None
    kinds = [kind for part, kind in _OFFICE.items() if part in names]
    return kinds[0] if len(kinds) == 1 else None


def text_encoding(content: bytes) -> str | None:
    """Return how plain text is encoded, "utf-8" or "shift_jis"; None when it is no plain text.

    What begins like HTML, SVG, XML or a script is no plain text: someone might run it.
    """
    # In pieces: a thread that reads 20 MB at once lets no other one run meanwhile.
    if any(_CONTROL.search(piece) for piece in _pieces(content)):
        return None
    for codec, label in _ENCODINGS.items():
        begins = _beginning(content, codec)
        if begins is not None:
            begins = begins.lstrip(_MARK)
            return None if _MARKUP.match(begins) or _PROGRAM.match(begins) else label
    return None


def _beginning(content: bytes, codec: str) -> str | None:
    """Return how a text begins in that encoding, None when it is not in it."""
    decoder = codecs.getincrementaldecoder(codec)()
    begins = ""
    try:
        for piece in _pieces(content):
            text = decoder.decode(piece)
            begins = begins or text[:_BEGINNING]
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return begins


def _pieces(content: bytes) -> Iterator[bytes]:
    return (content[at : at + _PIECE] for at in range(0, len(content), _PIECE))
