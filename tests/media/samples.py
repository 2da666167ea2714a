"""The beginnings of files of many kinds, made by hand: enough for whoever reads the first bytes."""

from __future__ import annotations

import io
import zipfile

from tests.line_platform.pictures import png


def iso(major: bytes, *also: bytes) -> bytes:
    """Return the beginning of a file in ISO's base media format with these brands."""
    box = b"ftyp" + major + b"\0\0\2\0" + b"".join(also)
    return (len(box) + 4).to_bytes(4) + box + b"\0\0\0\x08mdat" + bytes(64)


def archive(*names: str, **contents: bytes) -> bytes:
    """Return a ZIP archive of empty parts, and of parts with contents."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name, content in contents.items():
            file.writestr(name, content)
        for name in names:
            file.writestr(name, b"")
    return packed.getvalue()


def document(part: str, *more: str) -> bytes:
    """Return an Office document whose main part has that name."""
    return archive("[Content_Types].xml", "_rels/.rels", part, *more)


def open_document(kind: str, *more: str) -> bytes:
    """Return an OpenDocument file of that kind (text, spreadsheet)."""
    declared = f"application/vnd.oasis.opendocument.{kind}".encode()
    return archive("content.xml", *more, mimetype=declared)


PNG = png(2, 2)
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + bytes(32) + b"\xff\xd9"
GIF = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"
WEBP = b"RIFF\x24\0\0\0WEBPVP8 " + bytes(24)
HEIC = iso(b"heic", b"mif1", b"heic")
MP4 = iso(b"isom", b"isom", b"iso2", b"avc1", b"mp41")
MOV = iso(b"qt  ", b"qt  ")
M4A = iso(b"M4A ", b"M4A ", b"mp42", b"isom")
MP3 = b"ID3\x04\0\0\0\0\0\0" + bytes(32)
WAV = b"RIFF\x24\0\0\0WAVEfmt " + bytes(24)
OGG = b"OggS\0\x02" + bytes(32)
AAC = b"\xff\xf1\x50\x80" + bytes(32)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\n"
DOCX = document("word/document.xml")
XLSX = document("xl/workbook.xml")
PPTX = document("ppt/presentation.xml")
ODT = open_document("text")
TEXT = "領収書の宛名は「山田商店」でお願いします。\r\n".encode()

EXE = b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff" + bytes(64)
ELF = b"\x7fELF\x02\x01\x01" + bytes(64)
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
XML = b'<?xml version="1.0"?><a/>'
SHELL = b"#!/bin/sh\nrm -rf /\n"
JAR = archive("META-INF/MANIFEST.MF", "Main.class")
