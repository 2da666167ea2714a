"""Addresses of files: each opens its file until its end, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.media.links import PUBLIC, SHOWN, FileLinks
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
FILE = "0123456789abcdef0123456789abcdef"


def read(address: str) -> tuple[str, int, str]:
    """Return the file, the end and the signature in an address."""
    parts = urlsplit(address)
    asked = parse_qs(parts.query)
    return parts.path.rpartition("/")[2], int(asked["until"][0]), asked["signature"][0]


@given(st.text("0123456789abcdef", min_size=1, max_size=32), st.integers(0, 200_000))
def test_an_address_opens_its_file_until_its_end(file: str, seconds: int) -> None:
    clock = TestClock(NOW)
    links = FileLinks("secret", clock)
    address = read(links.shown(file, NOW))
    clock.at += timedelta(seconds=seconds)
    assert links.opens(*address) == (seconds < SHOWN.total_seconds())


@given(st.text(), st.integers(0, 2**40), st.text(max_size=64))
def test_nothing_that_was_not_signed_opens(file: str, until: int, signature: str) -> None:
    assert not FileLinks("secret", TestClock(NOW)).opens(file, until, signature)


def test_an_address_cannot_be_prolonged_or_used_for_another_file() -> None:
    links = FileLinks("secret", TestClock(NOW))
    file, until, signature = read(links.shown(FILE, NOW))
    assert links.opens(file, until, signature)
    assert not links.opens(file, until + 1, signature)
    assert not links.opens("f" * 32, until, signature)
    assert not FileLinks("other", TestClock(NOW)).opens(file, until, signature)


def test_a_platform_s_address_is_whole_and_the_same_a_day_later() -> None:
    clock = TestClock(NOW)
    links = FileLinks("secret", clock, "https://chat.example.jp/")
    first = links.public(FILE, NOW)
    clock.at += timedelta(days=1)
    assert links.public(FILE, NOW) == first
    assert first is not None
    assert first.startswith(f"https://chat.example.jp/api/v1/files/{FILE}?")
    assert links.opens(*read(first))
    clock.at += PUBLIC
    assert not links.opens(*read(first))


@pytest.mark.parametrize(
    ("public_url", "reaches"),
    [(None, False), ("http://chat.example.jp", False), ("https://chat.example.jp", True)],
)
def test_platforms_need_an_address_with_tls(public_url: str | None, *, reaches: bool) -> None:
    assert FileLinks("secret", TestClock(NOW), public_url).reaches_platforms is reaches
