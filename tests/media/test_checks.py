"""What a customer's file really is, and whether it is kept."""

from __future__ import annotations

import io
import struct
import zipfile

import filetype  # type: ignore[import-untyped]  # it has no types
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from madoguchi.media.checks import SUFFIXES, Verdict, check, content_type
from madoguchi.media.limits import LARGEST, largest
from tests.media import samples as a

KINDS = sorted(LARGEST)
_OFFICE = "application/vnd.openxmlformats-officedocument."
_OPEN = "application/vnd.oasis.opendocument."

KEPT = [
    ("image", a.JPEG, "image/jpeg"),
    ("image", a.PNG, "image/png"),
    ("image", a.GIF, "image/gif"),
    ("image", a.WEBP, "image/webp"),
    ("image", a.HEIC, "image/heic"),
    ("image", a.iso(b"mif1", b"mif1", b"heic"), "image/heic"),
    ("image", a.iso(b"heix", b"mif1"), "image/heic"),
    ("video", a.MP4, "video/mp4"),
    ("video", a.iso(b"iso5", b"iso6"), "video/mp4"),
    ("video", a.iso(b"XAVC", b"XAVC", b"mp42"), "video/mp4"),
    ("video", a.MOV, "video/quicktime"),
    ("video", a.iso(b"3gp5", b"3gp5", b"isom"), "video/3gpp"),
    ("audio", a.M4A, "audio/mp4"),
    ("audio", a.iso(b"mp42", b"mp42", b"isom"), "audio/mp4"),
    ("audio", a.iso(b"3gp4", b"3gp4"), "audio/3gpp"),
    ("audio", a.MP3, "audio/mpeg"),
    ("audio", b"\xff\xfb\x90\x64" + bytes(32), "audio/mpeg"),
    ("audio", b"\xff\xfa\x90\x64" + bytes(32), "audio/mpeg"),
    ("audio", b"\xff\xe3\x18\xc4" + bytes(32), "audio/mpeg"),
    ("audio", a.AAC, "audio/aac"),
    ("audio", b"\xff\xf8\x50\x80" + bytes(32), "audio/aac"),
    ("audio", a.WAV, "audio/wav"),
    ("audio", a.OGG, "audio/ogg"),
    ("file", a.PDF, "application/pdf"),
    ("file", a.DOCX, _OFFICE + "wordprocessingml.document"),
    ("file", a.XLSX, _OFFICE + "spreadsheetml.sheet"),
    ("file", a.PPTX, _OFFICE + "presentationml.presentation"),
    ("file", a.ODT, _OPEN + "text"),
    ("file", a.open_document("spreadsheet"), _OPEN + "spreadsheet"),
    ("file", a.TEXT, "text/plain; charset=utf-8"),
    ("file", a.TEXT.decode().encode("cp932"), "text/plain; charset=shift_jis"),
    ("file", "\ufeff品番\r\n".encode(), "text/plain; charset=utf-8"),
    ("file", "<A社の件>".encode(), "text/plain; charset=utf-8"),
    ("file", b"BMW and MZ are letters, too", "text/plain; charset=utf-8"),
    ("file", b"MZ-80", "text/plain; charset=utf-8"),
    ("file", b"PK is no archive", "text/plain; charset=utf-8"),
    ("file", a.JPEG, "image/jpeg"),
    ("file", a.MP4, "video/mp4"),
    ("file", a.M4A, "audio/mp4"),
]


@pytest.mark.parametrize(("kind", "content", "found"), KEPT)
def test_what_customers_usually_send_is_kept_as_what_it_is(
    kind: str, content: bytes, found: str
) -> None:
    assert check(content, kind) == Verdict(kept=True, content_type=found)


REFUSED = [
    ("file", a.EXE),
    ("file", a.ELF),
    ("file", a.HTML),
    ("file", b"\xef\xbb\xbf \r\n" + a.HTML),
    ("file", b"\n<Script>alert(1)</script>"),
    ("file", b"<!-- a note --><p>"),
    ("file", b"</p>"),
    ("file", a.SVG),
    ("file", a.XML),
    ("file", b"<?php system('id') ?>"),
    ("file", a.SHELL),
    ("file", a.JAR),
    ("file", a.archive("word/document.xml")),
    ("file", a.archive("[Content_Types].xml", "word/document.xml", "xl/workbook.xml")),
    ("file", a.archive("content.xml", mimetype=b"application/java-archive")),
    ("file", a.DOCX[:-30]),
    ("file", b"PK\x03\x04" + bytes(64)),
    ("file", b"{\\rtf1 a}"),
    ("file", b"%!PS-Adobe-3.0"),
    ("file", "メモ".encode("utf-16")),
    ("file", b"a\0b"),
    ("file", b"\xff\xfe\xfd\xfc\xfb"),
    ("file", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),  # Office before 2007
    ("file", b"\x1f\x8b\x08" + bytes(32)),
    ("image", b"BM" + bytes(64)),
    ("image", a.SVG),
    ("image", a.iso(b"avif", b"avif", b"mif1")),
    ("image", a.iso(b"crx ", b"crx ", b"isom")),
    ("video", a.iso(b"zzzz", b"zzzz")),
    ("video", b"\0\0\xff\xffftypisom"),
    ("video", b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x82\x84webm"),
    ("audio", b"\xff\xfa\xf0\x64" + bytes(32)),
    ("audio", b"\xff\xea\x10\x64" + bytes(32)),
]


@pytest.mark.parametrize(("kind", "content"), REFUSED)
def test_programs_pages_and_what_nobody_knows_are_refused(kind: str, content: bytes) -> None:
    assert check(content, kind) == Verdict(kept=False, reason="type")


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("image", a.PDF),
        ("image", a.MP4),
        ("image", a.TEXT),
        ("video", a.JPEG),
        ("video", a.M4A),
        ("audio", a.PNG),
        ("audio", a.MOV),
    ],
)
def test_a_file_that_is_not_what_it_was_sent_as_is_refused(kind: str, content: bytes) -> None:
    assert check(content, kind) == Verdict(kept=False, reason="mismatch")


@pytest.mark.parametrize(
    "content",
    [
        a.document("word/document.xml", "word/vbaProject.bin"),
        a.document("xl/workbook.xml", "xl/macrosheets/sheet1.xml"),
        a.open_document("text", "Basic/Standard/Module1.xml"),
        a.open_document("text", "Scripts/python/a.py"),
    ],
)
def test_a_document_with_macros_is_refused(content: bytes) -> None:
    assert check(content, "file", "見積.docx") == Verdict(kept=False, reason="macros")


def test_a_document_is_known_however_its_parts_are_ordered() -> None:
    parts = [f"xl/media/{number}.png" for number in range(300)]
    assert check(a.archive(*parts, "[Content_Types].xml", "xl/workbook.xml"), "file").kept


def test_an_archive_with_an_endless_list_is_not_read() -> None:
    parts = ["[Content_Types].xml", "word/document.xml"]
    assert check(a.archive(*parts, *map(str, range(45_000))), "file").reason == "type"


def test_an_archive_that_hides_how_long_its_list_is_is_not_read() -> None:
    end = a.DOCX.rfind(b"PK\x05\x06")
    parts, size, start = struct.unpack_from("<HLL", a.DOCX, end + 10)
    # Where these two are, they count, and not what stands in the usual place.
    newer = struct.pack(
        "<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, parts, parts, size, start
    ) + struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    hidden = a.DOCX[:end] + newer + a.DOCX[end:]
    assert zipfile.ZipFile(io.BytesIO(hidden)).testzip() is None
    assert check(hidden, "file").reason == "type"


def test_a_declared_type_that_has_to_be_unpacked_is_not_read() -> None:
    declared = b"application/vnd.oasis.opendocument.text"
    for way, kept in ((zipfile.ZIP_STORED, True), (zipfile.ZIP_DEFLATED, False)):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", way) as file:
            file.writestr("mimetype", declared)
        assert check(packed.getvalue(), "file").kept is kept


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (None, "text/plain; charset=utf-8"),
        ("メモ.txt", "text/plain; charset=utf-8"),
        ("品番.CSV", "text/csv; charset=utf-8"),
        ("議事録 2026.12", "text/plain; charset=utf-8"),
        ("起動.bat", None),
        ("a.js", None),
        ("a.txt.ps1", None),
        ("a.html", None),
        ("a.svg", None),
    ],
)
def test_a_texts_name_tells_tables_and_scripts(name: str | None, found: str | None) -> None:
    assert check(b"a,b\r\n1,2\r\n", "file", name).content_type == found


@pytest.mark.parametrize("encoding", ["utf-8", "cp932"])
def test_a_long_text_is_read_to_its_end(encoding: str) -> None:
    # An odd number of bytes before it: pieces end within characters.
    text = b"a" + ("領収書の宛名、" * 60_000).encode(encoding)
    assert check(text, "file").kept
    assert not check(text[:-1], "file").kept
    assert not check(text + b"\0", "file").kept


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_size(kind: str) -> None:
    content = {"image": a.JPEG, "audio": a.MP3, "video": a.MP4, "file": a.PDF}[kind]
    assert check(content.ljust(largest(kind), b"\0"), kind).kept
    assert check(content.ljust(largest(kind) + 1, b"\0"), kind).reason == "too_large"


def test_the_sizes_are_those_that_the_documentation_names() -> None:
    assert {kind: size // 1024**2 for kind, size in LARGEST.items()} == {
        "image": 10,
        "audio": 20,
        "video": 50,
        "file": 20,
    }
    assert largest("hologram") == largest("file")


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_file_is_refused(kind: str) -> None:
    assert check(b"", kind) == Verdict(kept=False, reason="empty")


_HEADS = st.sampled_from([content for _, content, _ in KEPT] + [content for _, content in REFUSED])


@given(_HEADS, st.binary(max_size=200), st.integers(0, 300), st.sampled_from(KINDS))
def test_whatever_comes_is_kept_as_a_listed_type_or_refused_with_a_reason(
    head: bytes, tail: bytes, length: int, kind: str
) -> None:
    verdict = check(head[:length] + tail, kind)
    if verdict.kept:
        essence, _, parameter = (verdict.content_type or "").partition("; ")
        assert essence in SUFFIXES
        assert parameter in {"", "charset=utf-8", "charset=shift_jis"}
        assert kind == "file" or essence.startswith(f"{kind}/")
        assert verdict.reason is None
    else:
        assert verdict.content_type is None
        assert verdict.reason in {"empty", "type", "mismatch", "macros"}


@given(st.sampled_from([content for _, content, _ in KEPT]), st.sampled_from([a.HTML, a.JAR]))
def test_what_is_two_things_at_once_is_never_kept_as_a_program(one: bytes, other: bytes) -> None:
    verdict = check(one + other, "file")
    assert verdict.content_type is None or verdict.content_type.partition(";")[0] in SUFFIXES


@given(st.text(max_size=300), st.sampled_from(["utf-8", "cp932"]))
@example("ｱｲｳ", "cp932")
def test_text_that_is_kept_can_be_read_as_it_says(text: str, encoding: str) -> None:
    content = text.encode(encoding, errors="ignore")
    found = content_type(content)
    if found is not None and found.startswith("text/"):
        labelled = found.partition("charset=")[2]
        content.decode({"utf-8": "utf-8", "shift_jis": "cp932"}[labelled])


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0xD7FF), min_size=1, max_size=300))
def test_japanese_text_is_kept_unless_it_begins_like_a_program(text: str) -> None:
    content = ("件名：" + text.replace("\x7f", "")).encode()
    assert check(content, "file") == Verdict(kept=True, content_type="text/plain; charset=utf-8")


@given(st.sampled_from(["<!doctype", "<html>", "<SVG ", "<?xml", "#!/bin/sh", "<script>"]))
def test_no_blank_before_a_page_or_script_hides_it(begin: str) -> None:
    for blanks in ("", " ", "\r\n\t", "\ufeff", "\ufeff\n "):
        assert content_type((blanks + begin + " あ").encode()) is None


def test_the_library_still_does_not_know_what_is_looked_at_here() -> None:
    assert filetype.guess_mime(a.iso(b"3gp5", b"3gp5")) is None
    assert filetype.guess_mime(a.iso(b"heix", b"mif1")) is None
    assert filetype.guess_mime(a.iso(b"iso5", b"iso6")) is None
    assert filetype.guess_mime(a.TEXT) is None
    assert filetype.guess_mime(b"\xff\xfa\x90\x64" + bytes(32)) is None
