"""Agents' and customers' browsers on one running service; its engine does as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from madoguchi.desk.demo_agents import DEMO_AGENTS
from madoguchi.desk.model import Reason
from tests.conftest import StartService
from tests.line_platform.customer import Customer as LineCustomer
from tests.line_platform.fake import FakeLine
from tests.support.chromium import ARGUMENTS, CHROMIUM, MISSING
from tests.support.server import LiveService


@dataclass
class Desk:
    """An agent's browser at the desk."""

    page: Page
    context: BrowserContext

    def row(self, chat: str) -> Locator:
        """Return a chat's row in the list."""
        return self.page.locator(f'.chat-row[href="#/chat/{chat}"]')

    def said(self, text: str) -> Locator:
        """Return the messages of the open chat with a text."""
        return self.page.locator(".log li", has_text=text)

    async def open(self, chat: str) -> None:
        """Open a chat from the list."""
        await self.row(chat).click()
        await expect(self.page.locator(".chat-title")).to_be_visible()

    async def take(self, chat: str) -> None:
        """Open a chat and take it."""
        await self.open(chat)
        await self.page.get_by_role("button", name="担当する").click()

    async def has(self) -> None:
        """Wait until the open chat is this agent's."""
        await expect(self.page.locator(".owner.mine")).to_be_visible()

    async def write(self, text: str) -> None:
        """Answer in the open chat."""
        field = self.page.locator(".composer textarea")
        await field.fill(text)
        await field.press("Control+Enter")

    async def give_back(self) -> None:
        """Give the open chat back to the bot."""
        await self.page.get_by_role("button", name="自動応答に戻す").first.click()
        dialog = self.page.locator("dialog[open]")
        await dialog.get_by_role("button", name="自動応答に戻す").click()
        await expect(self.page.locator(".owner.mine")).to_have_count(0)


@dataclass
class Customer:
    """A customer's browser on the shop's page."""

    page: Page

    def bubble(self, text: str) -> Locator:
        """Return the messages with a text."""
        return self.page.locator("madoguchi-widget .panel .bubble", has_text=text)

    async def write(self, text: str) -> None:
        """Send a message."""
        field = self.page.locator("madoguchi-widget .panel textarea")
        await field.fill(text)
        await field.press("Enter")

    async def chat(self) -> str:
        """Return the conversation's id."""
        stored: str = await self.page.evaluate(
            """() => JSON.parse(Object.entries(localStorage)
                .find(([key]) => key.startsWith('madoguchi:1:'))[1]).id"""
        )
        return stored


@dataclass
class Floor:
    """Everybody at once."""

    service: LiveService
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    async def agent(self, login: str) -> Desk:
        """Open a browser and sign in as one of the demonstration's agents."""
        context = await self.browser.new_context(locale="ja-JP", viewport=_LARGE)
        page = await self._page(context)
        await page.goto(f"{self.service.http.base_url}/desk")
        await page.get_by_label("ログイン名").fill(login)
        password = next(demo.password for demo in DEMO_AGENTS if demo.login == login)
        await page.get_by_label("パスワード").fill(password)
        await page.get_by_role("button", name="サインイン").click()
        await expect(page.locator(".tabs")).to_be_visible()
        return Desk(page, context)

    async def customer(self, greeting: str = "送料は", expected: str | None = None) -> Customer:
        """Open the shop's page in another browser and have the bot answer a question."""
        context = await self.browser.new_context(locale="ja-JP", viewport=_LARGE)
        page = await self._page(context)
        await page.goto(f"{self.service.http.base_url}/demo/store")
        await page.locator("madoguchi-widget .launcher").click()
        customer = Customer(page)
        await expect(page.locator("madoguchi-widget .panel .bubble").first).to_be_visible()
        await customer.write(greeting)
        await expect(customer.bubble(expected or f"答え: {greeting}")).to_be_visible()
        return customer

    async def call(self, chat: str, goal: str = "届いた品に傷がある") -> None:
        """Have the chat wait for a person."""
        await self.service.parts.desk.ownership.call(chat, Reason.CUSTOMER, goal)

    async def _page(self, context: BrowserContext) -> Page:
        page = await context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("dialog", lambda dialog: self.complaints.append(dialog.message))
        return page


_LARGE: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium."""
    if not CHROMIUM.exists():
        pytest.skip(MISSING)
    expect.set_options(timeout=30_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def floor(start_service: StartService, browser: Browser) -> AsyncIterator[Floor]:
    """The service and Chromium; no page may have complained in the end."""
    floor = Floor(await start_service(), browser)
    yield floor
    assert floor.complaints == []


@dataclass
class LineFloor(Floor):
    """Everybody at once, with customers on LINE."""

    line: FakeLine = field(kw_only=True)

    async def friend(
        self, name: str = "田中", greeting: str = "送料は"
    ) -> tuple[LineCustomer, str]:
        """Have a customer ask the bot something on LINE; returns them, and their chat."""
        customer = self.line.user(name)
        await customer.says(greeting)
        await customer.receives()
        person = await self.service.parts.messaging.people.find("line", customer.id)
        assert person is not None
        return customer, person.conversation_id

    async def taken(self) -> tuple[Desk, LineCustomer, str]:
        """Have an agent take a customer's chat; returns both, and the chat."""
        sato = await self.agent("sato")
        customer, chat = await self.friend()
        await self.call(chat)
        await sato.take(chat)
        await sato.has()
        return sato, customer, chat


@pytest.fixture
async def line_floor(start_service: StartService, browser: Browser) -> AsyncIterator[LineFloor]:
    """The service behind the stand-in for LINE, and Chromium; no page may have complained."""
    async with FakeLine() as line:
        service = await start_service(line_api_url=line.url, line_data_url=line.data_url)
        line.connect(f"{service.http.base_url}/line/webhook")
        floor = LineFloor(service, browser, line=line)
        yield floor
        assert floor.complaints == []
