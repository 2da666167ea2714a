"""The channel as the core sees it: names, files, and what it needs nothing for."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from shutil import which
from typing import Any

import httpx
import pytest

from madoguchi.channels.webhook.addresses import (
    is_callable,
    is_private_to_the_machine,
)
from madoguchi.channels.webhook.channel import WebhookChannel
from madoguchi.channels.webhook.events import read_events
from madoguchi.conversations.channel import (
    Fetched,
    Incident,
    Incoming,
    MediaGoneError,
    MediaPendingError,
    MediaRef,
    MediaTooLargeError,
    MessagingChannel,
    Profile,
    RawEvent,
)
from madoguchi.loopback import is_loopback
from tests.channels.webhook.conftest import CUSTOMER, NOW, PATIENT, Connect
from tests.channels.webhook.events_by_hand import a_body, an_event
from tests.channels.webhook.other import OtherSystem

LIMIT = 1000


def a_file(url: str | None) -> MediaRef:
    return MediaRef("event-1", url, "bag.jpg", 3)


def raw(**changed: Any) -> RawEvent:
    [event] = read_events(a_body(an_event(**changed)), NOW, 5000).events
    return event


def test_it_is_a_messaging_channel(channel: WebhookChannel) -> None:
    contract: MessagingChannel = channel
    assert contract.name == "webhook"
    assert contract.site is None


async def test_it_knows_a_customer_by_the_name_that_came_last(channel: WebhookChannel) -> None:
    assert await channel.profile("app-user-1") is None
    channel.understand(raw())
    channel.understand(raw(user={"id": "app-user-1", "name": "山田 花子"}))
    channel.understand(raw(user={"id": "app-user-1"}))
    channel.understand(raw(user={"id": "app-user-2", "name": "鈴木 一郎"}))
    assert await channel.profile("app-user-1") == Profile(name="山田 花子")


async def test_it_forgets_names_before_they_fill_the_memory(channel: WebhookChannel) -> None:
    for number in range(10_001):
        payload = an_event(user={"id": f"u{number}", "name": "名前"})
        channel.understand(RawEvent("event-1", f"u{number}", NOW, payload))
    assert await channel.profile("u0") is None
    assert await channel.profile("u1") == Profile(name="名前")


async def test_nothing_is_left_to_do_after_an_event(channel: WebhookChannel) -> None:
    assert await channel.after(Incoming(Incident.FOLLOW), CUSTOMER) == ()


async def test_a_file_is_fetched_with_its_type_and_name(
    channel: WebhookChannel, address: str, other: OtherSystem
) -> None:
    other.headers, other.body = {"content-type": "image/JPEG; q=1"}, b"\xff\xd8\xff"
    fetched = await channel.fetch(a_file(f"{address}/a/1?sig=x"), LIMIT)
    assert fetched == Fetched(b"\xff\xd8\xff", "image/jpeg", "bag.jpg")
    [call] = other.calls
    assert (call.method, call.path) == ("GET", "/a/1")
    assert "webhook-signature" not in call.headers


@pytest.mark.parametrize("status", [404, 410, 400, 401, 403, 301, 302, 204])
async def test_a_file_that_will_never_be_there_is_gone(
    channel: WebhookChannel, address: str, other: OtherSystem, status: int
) -> None:
    other.status, other.headers = status, {"location": "/elsewhere"}
    with pytest.raises(MediaGoneError):
        await channel.fetch(a_file(address), LIMIT)
    assert len(other.calls) == 1


async def test_a_file_without_address_is_gone(channel: WebhookChannel) -> None:
    with pytest.raises(MediaGoneError):
        await channel.fetch(a_file(None), LIMIT)


async def test_a_file_that_is_being_prepared_is_asked_for_again(
    channel: WebhookChannel, address: str, other: OtherSystem
) -> None:
    other.status = 202
    with pytest.raises(MediaPendingError):
        await channel.fetch(a_file(address), LIMIT)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 503])
async def test_a_server_s_failure_means_later(
    channel: WebhookChannel, address: str, other: OtherSystem, status: int
) -> None:
    other.status = status
    with pytest.raises(httpx.HTTPStatusError):
        await channel.fetch(a_file(address), LIMIT)


async def test_a_file_may_be_as_large_as_the_limit(
    channel: WebhookChannel, address: str, other: OtherSystem
) -> None:
    other.body = b"x" * LIMIT
    assert len((await channel.fetch(a_file(address), LIMIT)).content) == LIMIT


async def test_a_file_that_turns_out_to_be_above_the_limit_is_refused(
    channel: WebhookChannel, address: str, other: OtherSystem
) -> None:
    other.body = b"x" * (LIMIT + 1)
    with pytest.raises(MediaTooLargeError):
        await channel.fetch(a_file(address), LIMIT)


async def test_a_file_that_says_to_be_above_the_limit_is_not_waited_for(
    channel: WebhookChannel, address: str, other: OtherSystem
) -> None:
    other.headers, other.body, other.endless = {"content-length": str(LIMIT + 1)}, b"x", True
    with pytest.raises(MediaTooLargeError):
        await channel.fetch(a_file(address), LIMIT)


async def test_a_small_file_that_would_unpack_to_a_large_one_is_not_unpacked(
    channel: WebhookChannel, address: str, other: OtherSystem
) -> None:
    other.headers, other.body = {"content-encoding": "gzip"}, gzip.compress(bytes(100_000))
    with pytest.raises(MediaGoneError):
        await channel.fetch(a_file(address), LIMIT)


async def test_a_file_that_never_ends_coming_means_later(
    connect: Connect, address: str, other: OtherSystem
) -> None:
    other.endless, other.body = True, b"x"
    hasty = connect(address, bounds=dataclasses.replace(PATIENT, file=0.2))
    with pytest.raises(TimeoutError):
        await hasty.fetch(a_file(address), LIMIT)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8080/",
        "http://files.example.jp/",
        "ftp://files.example.jp/",
        "file:///etc/passwd",
        "/a/1",
        "https://",
        "https://[",
        "https://a:99999/",
        "",
    ],
)
async def test_outside_a_demonstration_files_come_over_https_alone(
    connect: Connect, address: str, url: str
) -> None:
    strict = connect(address, open_loopback=False)
    with pytest.raises(MediaGoneError, match="https"):
        await strict.fetch(a_file(url), LIMIT)


@pytest.mark.parametrize("url", ["http://app.example.jp/", "ftp://localhost/", "localhost", ""])
def test_an_address_that_would_travel_open_is_refused(connect: Connect, url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        connect(url)


def test_the_shop_s_own_system_may_be_beside_us_or_in_its_network() -> None:
    for url in ("http://localhost:1/", "http://127.0.0.2/", "http://[::1]:1/", "https://10.0.0.5/"):
        assert is_callable(url)
    assert not is_callable("http://10.0.0.5/")
    assert not is_loopback("localhost.example.jp")


def test_the_machine_s_own_addresses_are_known_in_every_spelling() -> None:
    for peer in (
        "127.0.0.1",
        "::1",
        "169.254.169.254",
        "fe80::1%eth0",
        "0.0.0.0",
        "::ffff:127.0.0.1",
    ):
        assert is_private_to_the_machine(peer)
    for peer in ("10.0.0.5", "192.168.1.2", "203.0.113.7", "2001:db8::1"):
        assert not is_private_to_the_machine(peer)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A file with a key and a certificate for the name ``localhost``, signed by itself."""
    if which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate")
    file = tmp_path / "localhost.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = tmp_path / "key.pem"
    command = [*make.split(), *subject, "-keyout", str(key), "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    file.write_text(file.read_text() + key.read_text())
    return file


@asynccontextmanager
async def https_on_this_machine(certificate: Path) -> AsyncIterator[str]:
    """Serve a file of three bytes over TLS."""
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(certificate)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=served) as server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}/"


async def test_a_name_that_means_this_machine_is_found_out(
    connect: Connect, certificate: Path
) -> None:
    trusting = ssl.create_default_context(cafile=certificate)
    async with https_on_this_machine(certificate) as url:
        demo = connect(url, tls=trusting)
        assert (await demo.fetch(a_file(url), LIMIT)).content == b"abc"
        with pytest.raises(MediaGoneError, match="on this machine"):
            await connect(url, tls=trusting, open_loopback=False).fetch(a_file(url), LIMIT)
