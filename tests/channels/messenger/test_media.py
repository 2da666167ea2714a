"""Customers' files over real HTTP, with every way in which a file cannot be had."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from madoguchi.channels.messenger.media import FileClient, FileServers, name_in
from madoguchi.conversations.channel import (
    MediaGoneError,
    MediaPendingError,
    MediaRef,
    MediaTooLargeError,
)
from tests.messenger_platform.fake import FakeMeta
from tests.messenger_platform.platform import File


@pytest.fixture
async def files(meta: FakeMeta) -> AsyncIterator[FileClient]:
    client = FileClient(FileServers([meta.url]))
    yield client
    await client.close()


def at(url: str | None) -> MediaRef:
    return MediaRef("m_1", url=url, name="写真.jpg")


async def test_a_file_is_fetched_without_the_access_token(
    meta: FakeMeta, files: FileClient
) -> None:
    fetched = await files.fetch(at(meta.file("a.jpg", File(b"\xff\xd8", "image/jpeg"))), 100)
    assert (fetched.content, fetched.content_type, fetched.name) == (
        b"\xff\xd8",
        "image/jpeg",
        "写真.jpg",
    )


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_file_may_be_exactly_as_large_as_allowed(
    meta: FakeMeta, files: FileClient, *, tells_length: bool
) -> None:
    url = meta.file("a", File(b"x" * 1000, tells_length=tells_length))
    assert len((await files.fetch(at(url), 1000)).content) == 1000
    with pytest.raises(MediaTooLargeError):
        await files.fetch(at(url), 999)


@pytest.mark.parametrize("status", [403, 404, 410])
async def test_a_file_that_is_gone_is_gone(meta: FakeMeta, files: FileClient, status: int) -> None:
    with pytest.raises(MediaGoneError):
        await files.fetch(at(meta.file("a", File(status=status))), 10)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_server_is_asked_later(meta: FakeMeta, files: FileClient, status: int) -> None:
    with pytest.raises(MediaPendingError):
        await files.fetch(at(meta.file("a", File(status=status))), 10)


async def test_an_address_that_leads_to_metas_servers_is_followed(
    meta: FakeMeta, files: FileClient
) -> None:
    meta.file("there", File(b"here"))
    url = meta.file("a", File(to="/cdn/files/there"))
    assert (await files.fetch(at(url), 10)).content == b"here"


@pytest.mark.parametrize("to", ["http://127.0.0.1:1/secret", "https://10.0.0.1/", "file:///etc"])
async def test_an_address_that_leads_elsewhere_is_not_followed(
    meta: FakeMeta, files: FileClient, to: str
) -> None:
    with pytest.raises(MediaGoneError, match="none of the platform's"):
        await files.fetch(at(meta.file("a", File(to=to))), 10)


async def test_an_address_that_leads_in_circles_is_given_up(
    meta: FakeMeta, files: FileClient
) -> None:
    with pytest.raises(MediaGoneError, match="on and on"):
        await files.fetch(at(meta.file("a", File(to="/cdn/files/a"))), 10)


@pytest.mark.parametrize("url", [None, "https://127.0.0.1/", "http://scontent.fbcdn.net/a"])
async def test_an_address_that_is_not_allowed_is_never_asked(
    files: FileClient, url: str | None
) -> None:
    with pytest.raises(MediaGoneError):
        await files.fetch(at(url), 10)


async def test_a_server_that_is_away_is_a_matter_of_the_connection() -> None:
    client = FileClient(FileServers(["http://127.0.0.1:1"]))
    with pytest.raises(httpx.ConnectError):
        await client.fetch(at("http://127.0.0.1:1/a"), 10)
    await client.close()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://x.fbcdn.net/v/%E9%8A%80%E5%BA%A7.pdf?oh=1", "銀座.pdf"),
        ("https://x.fbcdn.net/v/a%0Ab.jpg", "ab.jpg"),
        ("https://x.fbcdn.net/v/..%2F..%2Fetc%2Fpasswd.txt", "passwd.txt"),
        ("https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1", None),
        ("https://x.fbcdn.net/..", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_a_name_is_what_the_address_ends_with(address: str, name: str | None) -> None:
    assert name_in(address) == name
