"""For everyone: on a phone, with the keyboard alone, and with what axe checks."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from madoguchi.knowledge.catalogue import catalogue
from tests.e2e.browser.conftest import RENTAL_MEMBER, STORE, NewVisitor, Shop
from tests.e2e.browser.widget import Widget

pytestmark = [pytest.mark.assistant, pytest.mark.browser]

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


def test_on_a_phone_it_takes_the_whole_screen_and_gives_it_back(
    new_visitor: NewVisitor, shop: Shop
) -> None:
    widget = new_visitor(**PHONE).visit(shop.path)
    widget.open()
    assert widget.panel.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
    expect(widget.panel).to_have_attribute("aria-modal", "true")
    widget.ask(shop.question, shop.fact)
    box = widget.field.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844
    wide: int = widget.page.evaluate("() => document.documentElement.scrollWidth")
    assert wide <= 390
    widget.panel.get_by_role("button", name="チャットを閉じる").tap()
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_visible()


def test_the_keyboard_alone_is_enough(new_visitor: NewVisitor, shop: Shop) -> None:
    widget = new_visitor().visit(shop.path)
    expect(widget.launcher).to_be_visible()
    _tab_to(widget, "launcher")
    widget.page.keyboard.press("Enter")
    expect(widget.choices).to_have_count(6)
    expect(widget.field).to_be_focused()
    widget.page.keyboard.insert_text(shop.question)
    widget.page.keyboard.press("Enter")
    expect(widget.answers(shop.fact)).to_be_visible()
    expect(widget.field).to_be_focused()
    _tab_to(widget, "choice", "Shift+Tab")
    before = widget.own().count()
    widget.page.keyboard.press("Enter")
    expect(widget.own()).to_have_count(before + 1)
    assert widget.focused()
    widget.page.keyboard.press("Escape")
    expect(widget.panel).to_be_hidden()
    expect(widget.launcher).to_be_focused()
    widget.page.keyboard.press("Enter")
    expect(widget.panel).to_be_visible()
    expect(widget.field).to_be_focused()


def test_the_greetings_choices_are_reached_by_the_keyboard(widget: Widget, shop: Shop) -> None:
    title = catalogue().topics[shop.greeted_topic].title
    for _ in range(20):
        widget.page.keyboard.press("Shift+Tab")
        if widget.choice(title).evaluate("(each) => each.matches(':focus')"):
            break
    widget.page.keyboard.press("Enter")
    expect(widget.answers(shop.greeted_fact)).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("device", [{}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("shop", [STORE, RENTAL_MEMBER], ids=["store", "rental-member"])
def test_axe_finds_nothing_on_the_page_nor_in_the_widget(
    new_visitor: NewVisitor, shop: Shop, scheme: str, device: dict[str, Any]
) -> None:
    """The page's strict policy would keep axe's own script out, and only that is let in."""
    visitor = new_visitor(color_scheme=scheme, bypass_csp=True, **device)
    widget = visitor.visit(shop.path)
    expect(widget.launcher).to_be_visible()
    widget.page.locator(".demo-customer summary").click()
    _clean(widget)
    widget.page.locator(".demo-customer summary").click()
    widget.open()
    _clean(widget)
    widget.ask(shop.question, shop.fact)
    _clean(widget)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_index(new_visitor: NewVisitor, scheme: str) -> None:
    widget = new_visitor(color_scheme=scheme, bypass_csp=True).visit("/")
    expect(widget.launcher).to_be_visible()
    _clean(widget)


def _clean(widget: Widget) -> None:
    widget.settle()
    found = Axe().run(widget.page).response["violations"]
    assert [
        f"{each['id']}: {node['html']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ] == []


def _tab_to(widget: Widget, name: str, key: str = "Tab") -> None:
    for _ in range(60):
        if name in widget.focused().split():
            return
        widget.page.keyboard.press(key)
    raise AssertionError(f"the keyboard does not reach {name}")
