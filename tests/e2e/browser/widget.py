"""The widget on a page, as a customer sees and uses it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.e2e.chat import Chat

_INSIDE = "document.querySelector('madoguchi-widget').shadowRoot"


class Widget:
    """One page with the widget on it. Its parts are named as in web/src/widget/view."""

    def __init__(self, page: Page) -> None:
        """Take hold of the widget's parts; they need not be there yet."""
        self.page = page
        self.launcher = page.locator("madoguchi-widget .launcher")
        self.panel = page.locator("madoguchi-widget .panel")
        self.field = self.panel.locator("textarea")
        self.bubbles = self.panel.locator(".bubble")
        self.typing = self.panel.locator(".typing")
        self.choices = self.panel.locator("button.choice")

    def open(self) -> None:
        """Press the round button and wait for the greeting, and for the panel to stand still."""
        self.launcher.click()
        expect(self.bubbles.first).to_be_visible()
        self.settle()

    def write(self, text: str) -> None:
        """Type a text and press Enter."""
        self.field.fill(text)
        self.field.press("Enter")

    def ask(self, text: str, fact: str) -> None:
        """Write a question and wait until a new answer holds the fact."""
        before = self.answers(fact).count()
        self.write(text)
        expect(self.answers(fact)).to_have_count(before + 1)

    def answers(self, fact: str) -> Locator:
        """Return the assistant's messages that hold a fact."""
        return self.panel.locator(".message.bot .bubble", has_text=fact)

    def own(self) -> Locator:
        """Return the customer's messages."""
        return self.panel.locator(".message.customer .bubble")

    def choice(self, title: str) -> Locator:
        """Return the choice that is titled so and can be taken."""
        return self.panel.get_by_role("button", name=title, exact=True, disabled=False)

    def texts(self) -> list[str]:
        """Return every message with its speaker, in the order shown."""
        return [text.strip() for text in self.bubbles.all_text_contents()]

    def focused(self) -> str:
        """Return the class of the widget's part that has the keyboard's focus, or nothing."""
        found: str = self.page.evaluate(
            "() => document.activeElement?.shadowRoot?.activeElement?.className ?? ''"
        )
        return found

    def settle(self) -> None:
        """Wait until what moves once has moved, so that places and colours are final."""
        self.page.evaluate(
            f"""() => Promise.all(
                [...document.getAnimations(), ...{_INSIDE}.getAnimations()]
                    .filter((each) => each.effect.getComputedTiming().iterations !== Infinity)
                    .map((each) => each.finished.catch(() => undefined))
            )"""
        )

    def stored(self) -> dict[str, Any]:
        """Return what the browser remembers of the conversation."""
        found: str = self.page.evaluate(
            """() => Object.entries(localStorage)
                .find(([key]) => key.startsWith('madoguchi:1:'))?.[1] ?? '{}'"""
        )
        stored: dict[str, Any] = json.loads(found)
        return stored

    def same_chat(self, url: str) -> Chat:
        """Return the page's conversation at the Chat API."""
        stored = self.stored()
        return Chat(url, stored["id"], stored["token"])
