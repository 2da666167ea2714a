"""What a browser gets of a customer's file, over real HTTP."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from madoguchi.media.attachments import Attachment, State
from madoguchi.media.checks import SUFFIXES, check
from madoguchi.media.names import LONGEST_NAME
from madoguchi.media.routes import attachment_response, download_name
from tests.media import samples
from tests.support.server import serving

FILM = bytes(range(256)) * 4


def file_of(content_type: str | None, name: str | None = "写真.jpg") -> Attachment:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    return Attachment(
        "a", "c", 7, "line", "image", name, State.KEPT, None, content_type, 3, "0" * 64, at
    )


@dataclass
class Shelf:
    """A small application that serves the one file that stands on it."""

    file: Attachment
    content: bytes
    client: httpx.AsyncClient

    async def get(self, **headers: str) -> httpx.Response:
        """Ask for the file."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.get("/file", headers=named)


@pytest.fixture
async def shelf() -> AsyncIterator[Shelf]:
    """A film on the shelf."""

    async def serve(_request: Request) -> Response:
        return attachment_response(found.file, found.content)

    app = Starlette(routes=[Route("/file", serve)])
    async with (
        serving(app) as url,
        httpx.AsyncClient(base_url=url, trust_env=False, verify=False) as client,  # noqa: S501  (it is plain HTTP)
    ):
        found = Shelf(file_of("video/mp4", "部屋.mp4"), FILM, client)
        yield found


@pytest.mark.parametrize("content_type", [*SUFFIXES, "text/plain; charset=shift_jis", None])
async def test_every_file_comes_so_that_nothing_of_it_runs(
    shelf: Shelf, content_type: str | None
) -> None:
    shelf.file = file_of(content_type)
    answer = await shelf.get()
    assert answer.status_code == 200
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Type"] == (content_type or "application/octet-stream")


@pytest.mark.parametrize("content_type", ["text/html", "image/svg+xml", "text/html; charset=utf-8"])
async def test_a_type_that_is_never_kept_is_never_told(shelf: Shelf, content_type: str) -> None:
    shelf.file, shelf.content = file_of(content_type, "a.html"), samples.HTML
    answer = await shelf.get()
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="a.html.bin"')


@pytest.mark.parametrize("other", [samples.HTML, samples.JAR, b"<!--", samples.SVG])
@pytest.mark.parametrize("picture", [samples.GIF, samples.JPEG, samples.PNG])
async def test_a_picture_that_is_a_program_too_is_only_a_picture(
    shelf: Shelf, picture: bytes, other: bytes
) -> None:
    verdict = check(picture + other, "image", "a.html")
    shelf.file, shelf.content = file_of(verdict.content_type, "a.html"), picture + other
    answer = await shelf.get()
    assert answer.headers["Content-Type"] in {"image/gif", "image/jpeg", "image/png"}
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert re.search(r'filename="a\.html\.(gif|jpg|png)"', answer.headers["Content-Disposition"])


@pytest.mark.parametrize(
    ("content_type", "way"),
    [
        ("image/jpeg", "inline"),
        ("image/heic", "inline"),
        ("audio/mp4", "inline"),
        ("video/quicktime", "inline"),
        ("application/pdf", "inline"),
        ("text/plain; charset=utf-8", "attachment"),
        ("text/csv; charset=utf-8", "attachment"),
        ("application/vnd.oasis.opendocument.text", "attachment"),
        (None, "attachment"),
    ],
)
async def test_what_browsers_show_is_shown_and_the_rest_is_saved(
    shelf: Shelf, content_type: str | None, way: str
) -> None:
    shelf.file = file_of(content_type)
    assert (await shelf.get()).headers["Content-Disposition"].partition(";")[0] == way


async def test_a_japanese_name_is_told_in_both_forms(shelf: Shelf) -> None:
    shelf.file = file_of("image/jpeg", "写真 1.jpg")
    assert (await shelf.get()).headers["Content-Disposition"] == (
        "inline; filename=\"__ 1.jpg\"; filename*=UTF-8''%E5%86%99%E7%9C%9F%201.jpg"
    )


@pytest.mark.parametrize(
    ("content_type", "name", "saved"),
    [
        ("image/jpeg", "invoice.pdf.exe", "invoice.pdf.exe.jpg"),
        ("image/jpeg", "photo.JPEG", "photo.JPEG"),
        ("image/png", "photo.jpg", "photo.jpg.png"),
        ("audio/mp4", None, "image-7.m4a"),
        ("text/plain; charset=utf-8", "a.bat", "a.bat.txt"),
        ("text/csv; charset=shift_jis", "品番.csv", "品番.csv"),
        ("image/gif", "\u202egpj.exe", "gpj.exe.gif"),
        ("image/gif", "あ" * 120, "あ" * 96 + ".gif"),
        (None, "a", "a.bin"),
    ],
)
def test_a_file_is_saved_as_what_it_is(
    content_type: str | None, name: str | None, saved: str
) -> None:
    assert download_name(file_of(content_type, name)) == saved


@given(
    st.one_of(st.none(), st.text(st.characters(exclude_categories=()), max_size=200)),
    st.sampled_from([*SUFFIXES, None]),
)
def test_no_name_breaks_the_header_or_hides_a_files_type(
    name: str | None, content_type: str | None
) -> None:
    file = file_of(content_type, name)
    header = attachment_response(file, b"").headers["Content-Disposition"]
    whole = r"(inline|attachment); filename=\"([\w. -]+)\"; filename\*=UTF-8''([\w.~%-]+)"
    found = re.fullmatch(whole, header, re.ASCII)
    assert found is not None
    saved = unquote(found[3])
    assert saved == download_name(file)
    assert len(saved) <= LONGEST_NAME
    assert saved.rpartition(".")[2].lower() in SUFFIXES.get(content_type or "", ("bin",))


# --- parts of films and sounds


@pytest.mark.parametrize(
    ("asked", "told", "part"),
    [
        ("bytes=0-99", "bytes 0-99/1024", FILM[:100]),
        ("bytes=1000-", "bytes 1000-1023/1024", FILM[1000:]),
        ("bytes=1000-5000", "bytes 1000-1023/1024", FILM[1000:]),
        ("bytes=-24", "bytes 1000-1023/1024", FILM[1000:]),
        ("bytes=-5000", "bytes 0-1023/1024", FILM),
        ("bytes=5-5", "bytes 5-5/1024", FILM[5:6]),
    ],
)
async def test_a_film_is_given_in_parts(shelf: Shelf, asked: str, told: str, part: bytes) -> None:
    answer = await shelf.get(range=asked)
    assert (answer.status_code, answer.content) == (206, part)
    assert answer.headers["Content-Range"] == told
    assert answer.headers["Content-Length"] == str(len(part))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=9999-10000", "bytes=-0"])
async def test_a_part_that_is_not_there_is_refused(shelf: Shelf, asked: str) -> None:
    answer = await shelf.get(range=asked)
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-5", "bytes=-", "pages=1-2", "bytes=a-b", "bytes=٣-٤", "x"]
)
async def test_what_is_asked_for_otherwise_is_answered_with_everything(
    shelf: Shelf, asked: str
) -> None:
    answer = await shelf.client.get("/file", headers={b"Range": asked.encode()})
    assert (answer.status_code, answer.content) == (200, FILM)
    assert answer.headers["Accept-Ranges"] == "bytes"


async def test_a_part_of_a_version_that_may_be_another_is_not_given(shelf: Shelf) -> None:
    answer = await shelf.get(range="bytes=0-1", if_range='"other"')
    assert (answer.status_code, answer.content) == (200, FILM)


async def test_only_films_and_sounds_are_given_in_parts(shelf: Shelf) -> None:
    shelf.file = file_of("image/jpeg")
    answer = await shelf.get(range="bytes=0-1")
    assert (answer.status_code, answer.content) == (200, FILM)
    shelf.file = file_of("audio/mpeg")
    assert (await shelf.get(range="bytes=0-1")).status_code == 206


async def test_the_headers_can_be_asked_for_alone(shelf: Shelf) -> None:
    answer = await shelf.client.head("/file")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == "1024"
