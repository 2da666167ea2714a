"""What LINE opens and what it fetches."""

from __future__ import annotations

import pytest
from hypothesis import given

from madoguchi.channels.line.addresses import link, picture
from tests.channels.line.shapes import ADDRESSES, ANY_VALUE
from tests.line_platform.validation.report import Place, Report


@pytest.mark.parametrize(
    ("address", "opened"),
    [
        ("https://example.com/a?b=1#c", "https://example.com/a?b=1#c"),
        ("http://example.com", "http://example.com"),
        ("https://例え.jp/注文 ".strip(), "https://xn--r8jz45g.jp/%E6%B3%A8%E6%96%87"),
        ("https://example.com/100%", "https://example.com/100%25"),
        ("tel:03-1234-5678", "tel:0312345678"),
        ("tel:+81 3 1234 5678", "tel:+81312345678"),
    ],
)
def test_web_addresses_and_telephone_numbers_are_opened(address: str, opened: str) -> None:
    assert link(address) == opened


@pytest.mark.parametrize(
    "address",
    [
        *(None, "", "mailto:a@example.com", "javascript:alert(1)", "/receipts/1", "//example.com"),
        *("https:///a", "https://exa mple.com/", "https://example.com:99999/", "https://[::1"),
        *("tel:+", "tel:call", "https://example.com/" + "あ" * 200, "line://msg", "https://-a.jp"),
    ],
)
def test_everything_else_is_not_opened(address: str | None) -> None:
    assert link(address) is None


def test_pictures_are_fetched_over_https_only() -> None:
    assert picture("https://example.com/a.jpg") == "https://example.com/a.jpg"
    for refused in ("http://example.com/a.jpg", "tel:0312345678", "data:image/png;base64,AA", ""):
        assert picture(refused) is None


@given(ADDRESSES | ANY_VALUE)
def test_line_accepts_every_address_that_is_left(address: object) -> None:
    report = Report()
    if (opened := link(address)) is not None:
        report.uri({"uri": opened}, "uri", Place())
    if (fetched := picture(address)) is not None:
        report.https({"url": fetched}, "url", Place())
    assert report.details == []
