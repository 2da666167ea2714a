"""Chromium, the demo's pages, and what a page may never complain about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, expect, sync_playwright

from madoguchi.knowledge.catalogue import catalogue
from tests.e2e.browser.widget import Widget
from tests.e2e.service import WholeService
from tests.support.chromium import ARGUMENTS, CHROMIUM, MISSING

# For a busy machine with two cores, on which the engine also has to think.
_LONGEST_WAIT_MS = 30_000
_BROKEN_NETWORK = ("net::ERR_", "Failed to load resource")


@dataclass(frozen=True)
class Shop:
    """A demo page and what one asks there."""

    name: str
    path: str
    question: str
    topic: str
    greeted_topic: str

    @property
    def fact(self) -> str:
        """A part of the answer to the question."""
        return catalogue().topics[self.topic].must_say[-1]

    @property
    def greeted_fact(self) -> str:
        """A part of the answer to a choice of the greeting."""
        return catalogue().topics[self.greeted_topic].must_say[0]


_STORE = ("送料っていくら？", "store/shipping_fee", "store/product_authenticity")
_RENTAL = ("返す時の箱を捨てちゃいました", "rental/lost_box", "rental/return_deadline")
STORE = Shop("ALLU オンラインストア", "/demo/store", *_STORE)
RENTAL = Shop("腕時計本舗 レンタル", "/demo/rental", *_RENTAL)
STORE_MEMBER = Shop("ALLU オンラインストア", "/demo/store?as=ALLU-1001", *_STORE)
RENTAL_MEMBER = Shop("腕時計本舗 レンタル", "/demo/rental?as=KEIYA-2001", *_RENTAL)
SHOPS = [STORE, STORE_MEMBER, RENTAL, RENTAL_MEMBER]


class Visitor:
    """A customer's browser window: every page it opens is watched for complaints."""

    def __init__(self, browser: Browser, url: str, **options: Any) -> None:
        """Open a window of its own, with its own storage."""
        self._url = url
        self.context = browser.new_context(
            **{"locale": "ja-JP", "viewport": {"width": 1280, "height": 800}, **options}
        )
        self.complaints: list[str] = []
        # A test that breaks the network sets this; the browser then says so by itself.
        self.network_breaks = False

    def visit(self, path: str) -> Widget:
        """Open a page in a tab of its own."""
        page = self.context.new_page()
        page.on("console", self._listen)
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("dialog", self._refuse)
        page.goto(path if path.startswith("http") else f"{self._url}{path}")
        return Widget(page)

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        if self.network_breaks and any(sign in message.text for sign in _BROKEN_NETWORK):
            return
        self.complaints.append(f"{message.type}: {message.text}")

    def _refuse(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


NewVisitor = Callable[..., Visitor]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; it ends before tests that need an event loop of their own."""
    if not CHROMIUM.exists():
        pytest.skip(MISSING)
    expect.set_options(timeout=_LONGEST_WAIT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_visitor(chromium: Browser, running: WholeService) -> Iterator[NewVisitor]:
    """Return a function that opens a window; no page in it may have complained in the end."""
    visitors: list[Visitor] = []

    def opened(**options: Any) -> Visitor:
        visitors.append(Visitor(chromium, running.url, **options))
        return visitors[-1]

    yield opened
    for visitor in visitors:
        visitor.context.close()
    assert [visitor.complaints for visitor in visitors] == [[] for _ in visitors]


@pytest.fixture
def visitor(new_visitor: NewVisitor) -> Visitor:
    """A customer at a desk."""
    return new_visitor()


@pytest.fixture(params=SHOPS, ids=lambda shop: shop.path)
def shop(request: pytest.FixtureRequest) -> Shop:
    """Each demo page, for visitors and for members."""
    found: Shop = request.param
    return found


@pytest.fixture
def widget(visitor: Visitor, shop: Shop) -> Widget:
    """The widget on each demo page, open."""
    found = visitor.visit(shop.path)
    found.open()
    return found
