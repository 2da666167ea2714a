"""Asking on the demo's pages: by typing, by tapping, and with a Japanese input method."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import expect

from madoguchi.knowledge.catalogue import catalogue
from tests.e2e.browser.conftest import RENTAL, STORE, Shop, Visitor
from tests.e2e.browser.widget import Widget
from tests.e2e.service import WholeService

pytestmark = [pytest.mark.assistant, pytest.mark.browser]


def test_it_opens_with_a_greeting_and_six_choices(visitor: Visitor, shop: Shop) -> None:
    widget = visitor.visit(shop.path)
    expect(widget.launcher).to_be_visible()
    expect(widget.panel).to_be_hidden()
    assert widget.stored() == {}
    widget.open()
    expect(widget.page.get_by_role("dialog", name=f"{shop.name}のチャット")).to_be_visible()
    expect(widget.launcher).to_be_hidden()
    expect(widget.bubbles).to_have_count(1)
    expect(widget.choices).to_have_count(6)
    for choice in widget.choices.all():
        expect(choice).to_be_enabled()


def test_a_typed_question_is_answered_with_its_fact(widget: Widget, shop: Shop) -> None:
    widget.ask(shop.question, shop.fact)
    expect(widget.field).to_have_value("")
    said = widget.texts()
    assert len(said) == 3
    assert said[1] == f"あなた: {shop.question}"
    assert said[2].startswith("自動応答: ")
    expect(widget.panel.locator(".status, .problem, .network:visible")).to_have_count(0)


def test_a_tapped_choice_is_answered_and_the_others_are_over(widget: Widget, shop: Shop) -> None:
    title = catalogue().topics[shop.greeted_topic].title
    widget.choice(title).click()
    expect(widget.answers(shop.greeted_fact)).to_be_visible()
    expect(widget.own()).to_have_text([f"あなた: {title}"])
    greeting = widget.panel.locator(".message.bot").first
    expect(greeting.locator("button.choice:enabled")).to_have_count(0)
    expect(greeting.locator("button.choice.taken")).to_contain_text(title)


def test_an_answers_choice_leads_on(visitor: Visitor) -> None:
    widget = visitor.visit(STORE.path)
    widget.open()
    widget.ask(STORE.question, STORE.fact)
    offered = widget.panel.locator("button.choice:enabled")
    title = offered.first.inner_text()
    before = widget.panel.locator(".message.bot").count()
    offered.first.click()
    expect(widget.panel.locator(".message.bot")).to_have_count(before + 1)
    expect(widget.own().last).to_contain_text(title)


def test_the_enter_that_confirms_a_conversion_sends_nothing(widget: Widget, shop: Shop) -> None:
    """With Chromium's own events of an input method, as a Japanese keyboard makes them."""
    widget.field.focus()
    keyboard = widget.page.context.new_cdp_session(widget.page)
    reading = "そうりょうはいくら"
    keyboard.send(
        "Input.imeSetComposition",
        {"text": reading, "selectionStart": len(reading), "selectionEnd": len(reading)},
    )
    expect(widget.field).to_have_value(reading)
    process = {"type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229}
    keyboard.send("Input.dispatchKeyEvent", process)
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    keyboard.send("Input.insertText", {"text": shop.question})
    expect(widget.field).to_have_value(shop.question)
    # Longer than the widget takes an Enter for the one that ended the conversion.
    widget.page.wait_for_timeout(150)
    widget.field.press("Enter")
    expect(widget.answers(shop.fact)).to_be_visible()
    expect(widget.own()).to_have_text([f"あなた: {shop.question}"])


def test_shift_and_enter_make_a_line_and_enter_sends_both(visitor: Visitor) -> None:
    widget = visitor.visit(STORE.path)
    widget.open()
    widget.field.press_sequentially("こんにちは。")
    widget.field.press("Shift+Enter")
    widget.field.press_sequentially(STORE.question)
    expect(widget.field).to_have_value(f"こんにちは。\n{STORE.question}")
    expect(widget.own()).to_have_count(0)
    widget.field.press("Enter")
    expect(widget.answers(STORE.fact)).to_be_visible()
    assert widget.own().all_text_contents() == [f"あなた: こんにちは。\n{STORE.question}"]


def test_typing_shows_while_the_assistant_thinks_and_ends_with_the_answer(
    visitor: Visitor, running: WholeService
) -> None:
    widget = visitor.visit(RENTAL.path)
    widget.open()
    running.send("engine", signal.SIGSTOP)
    try:
        widget.write(RENTAL.question)
        expect(widget.typing).to_be_visible()
    finally:
        running.send("engine", signal.SIGCONT)
    expect(widget.answers(RENTAL.fact)).to_be_visible()
    expect(widget.typing).to_have_count(0)


def test_an_engine_that_dies_is_said_kindly_and_the_answer_comes_by_itself(
    visitor: Visitor, running: WholeService
) -> None:
    widget = visitor.visit(STORE.path)
    widget.open()
    running.send("engine", signal.SIGKILL)
    widget.write(STORE.question)
    expect(widget.panel.locator(".message.system")).to_contain_text("お預かりしました")
    expect(widget.typing).to_have_count(0)
    expect(widget.panel.locator(".problem")).to_have_count(0)
    expect(widget.answers(STORE.fact)).to_be_visible(timeout=60_000)
    expect(widget.own()).to_have_count(1)
    expect(widget.typing).to_have_count(0)


def test_markup_stays_text_also_when_it_comes_back_from_the_database(widget: Widget) -> None:
    """Were it markup, the image's error would open a dialog, which no page may."""
    markup = "<img src=x onerror=alert(1)>"
    widget.write(markup)
    expect(widget.panel.locator(".message.bot")).to_have_count(2)
    for _ in range(2):
        expect(widget.own()).to_have_text([f"あなた: {markup}"])
        expect(widget.panel.locator("img")).to_have_count(0)
        widget.page.reload()
