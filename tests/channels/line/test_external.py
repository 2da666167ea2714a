"""Files that lie elsewhere are only read from the public internet."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from madoguchi.channels.line.external import ExternalFiles, is_allowed, is_public
from madoguchi.conversations.channel import MediaGoneError, MediaTooLargeError
from tests.support.server import serving


class EverythingIsHere(AbstractResolver):
    """A name server of somebody who wants us to look at ourselves."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        return


class Files:
    """A server of files that notes who asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.app = Starlette(routes=[Route("/{name}", self._give)])

    async def _give(self, request: Request) -> Response:
        name = request.path_params["name"]
        self.asked.append(name)
        if name == "moved":
            return RedirectResponse("/picture")
        if name == "endless":
            return StreamingResponse(self._zeros(request), media_type="image/png")
        if name.isdecimal():
            return Response(status_code=int(name))
        return Response(b"a picture", media_type="image/png")

    async def _zeros(self, request: Request) -> AsyncIterator[bytes]:
        while not await request.is_disconnected():
            yield bytes(10_000)


@pytest.fixture
def server() -> Files:
    """The server's notes."""
    return Files()


@pytest.fixture
async def address(server: Files) -> AsyncIterator[str]:
    """The server's address."""
    async with serving(server.app) as address:
        yield address


@pytest.fixture
async def files() -> AsyncIterator[ExternalFiles]:
    """A client that takes this machine for the public internet."""
    files = ExternalFiles(schemes=("http",), public=lambda _address: True)
    yield files
    await files.close()


async def test_a_file_is_fetched(files: ExternalFiles, address: str) -> None:
    fetched = await files.fetch(f"{address}/picture", 9)
    assert (fetched.content, fetched.content_type) == (b"a picture", "image/png")


@pytest.mark.parametrize("name", ["picture", "endless"])
async def test_a_file_that_is_too_large_is_not_read(
    files: ExternalFiles, address: str, name: str
) -> None:
    with pytest.raises(MediaTooLargeError):
        await files.fetch(f"{address}/{name}", 8)


async def test_a_redirect_is_not_followed(
    files: ExternalFiles, server: Files, address: str
) -> None:
    with pytest.raises(MediaGoneError):
        await files.fetch(f"{address}/moved", 9)
    assert server.asked == ["moved"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 451])
async def test_a_file_that_is_gone_is_gone(files: ExternalFiles, address: str, status: int) -> None:
    with pytest.raises(MediaGoneError):
        await files.fetch(f"{address}/{status}", 9)


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_server_in_trouble_is_asked_later(
    files: ExternalFiles, address: str, status: int
) -> None:
    with pytest.raises(aiohttp.ClientError):
        await files.fetch(f"{address}/{status}", 9)


async def test_a_name_that_leads_here_is_not_asked(server: Files, address: str) -> None:
    files = ExternalFiles(schemes=("http",), resolver=EverythingIsHere())
    port = address.rpartition(":")[2]
    with pytest.raises(MediaGoneError, match="not public"):
        await files.fetch(f"http://pictures.example.jp:{port}/picture", 9)
    await files.close()
    assert server.asked == []


async def test_without_the_check_the_name_would_have_led_here(address: str) -> None:
    files = ExternalFiles(
        schemes=("http",), public=lambda _address: True, resolver=EverythingIsHere()
    )
    port = address.rpartition(":")[2]
    assert (await files.fetch(f"http://pictures.example.jp:{port}/picture", 9)).content
    await files.close()


async def test_this_machine_is_not_asked(server: Files, address: str) -> None:
    files = ExternalFiles(schemes=("http",))
    with pytest.raises(MediaGoneError, match="not public"):
        await files.fetch(f"{address}/picture", 9)
    await files.close()
    assert server.asked == []


async def test_only_https_is_asked(server: Files, address: str) -> None:
    files = ExternalFiles(public=lambda _address: True)
    with pytest.raises(MediaGoneError, match="not of https"):
        await files.fetch(f"{address}/picture", 9)
    await files.close()
    assert server.asked == []


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "::ffff:93.184.215.14"]
)
def test_public_addresses(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
        "example.jp",
        "",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "https://img.example.jp/a.jpg?b=c",
        "https://93.184.215.14/a.jpg",
        "https://画像.example.jp/あ.jpg",
        "https://img.example.jp:8443/a",
    ],
)
def test_addresses_that_may_be_fetched(address: str) -> None:
    assert is_allowed(address)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "img.example.jp/a.jpg",
        "http://img.example.jp/a.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,AA==",
        "https://",
        "https://localhost/a",
        "https://printer/a",
        "https://nas.local/a",
        "https://db.internal./a",
        "https://127.0.0.1/a",
        "https://2130706433/a",
        "https://0x7f.0.0.1/a",
        "https://127.1/a",
        "https://[::1]/a",
        "https://[::ffff:10.0.0.1]/a",
        "https://10.0.0.1/a",
        "https://user:word@img.example.jp/a",
        "https://img.example.jp:99999999/a",
        "https://img.example.jp/" + "a" * 2000,
        "https://exa\0mple.jp/a",
    ],
)
def test_addresses_that_may_not_be_fetched(address: str) -> None:
    assert not is_allowed(address)
