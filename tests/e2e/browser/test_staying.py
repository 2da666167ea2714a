"""The conversation stays: over reloads, tabs, a lost network and a service that restarts."""

from __future__ import annotations

import signal

import pytest
from playwright.sync_api import expect

from tests.e2e.browser.conftest import STORE, NewVisitor, Shop, Visitor
from tests.e2e.browser.widget import Widget
from tests.e2e.service import WholeService

pytestmark = [pytest.mark.assistant, pytest.mark.browser]


def test_a_reload_keeps_the_history_and_the_draft(widget: Widget, shop: Shop) -> None:
    widget.ask(shop.question, shop.fact)
    widget.field.fill("書きかけの")
    before, chat = widget.texts(), widget.stored()["id"]
    widget.page.reload()
    expect(widget.bubbles).to_have_count(len(before))
    assert widget.texts() == before
    assert widget.stored()["id"] == chat
    expect(widget.field).to_have_value("書きかけの")


def test_a_visitor_and_a_member_have_a_conversation_each(visitor: Visitor) -> None:
    widget = visitor.visit("/demo/store")
    widget.open()
    widget.ask(STORE.question, STORE.fact)
    widget.page.goto(widget.page.url.replace("/demo/store", "/demo/store?as=ALLU-1002"))
    expect(widget.bubbles).to_have_count(1)
    widget.page.goto(widget.page.url.partition("?")[0])
    expect(widget.answers(STORE.fact)).to_have_count(1)


def test_two_tabs_show_the_same_conversation(visitor: Visitor, shop: Shop) -> None:
    first, second = visitor.visit(shop.path), visitor.visit(shop.path)
    first.open()
    first.ask(shop.question, shop.fact)
    second.open()
    expect(second.answers(shop.fact)).to_have_count(1)
    second.ask(shop.question, shop.fact)
    expect(first.answers(shop.fact)).to_have_count(2)
    assert first.texts() == second.texts()
    assert len(first.texts()) == 5


def test_offline_the_message_says_so_and_goes_again_when_the_network_is_back(
    visitor: Visitor, shop: Shop
) -> None:
    widget = visitor.visit(shop.path)
    widget.open()
    visitor.network_breaks = True
    visitor.context.set_offline(True)
    expect(widget.panel.locator(".network")).to_contain_text("つながっていません")
    widget.write(shop.question)
    unsent = widget.panel.locator(".message.unsent", has_text=shop.question)
    expect(unsent.locator(".problem")).to_contain_text("送信できませんでした")
    expect(widget.typing).to_have_count(0)
    visitor.context.set_offline(False)
    expect(widget.panel.locator(".network")).to_be_hidden()
    unsent.get_by_role("button", name="もう一度送る").click()
    expect(widget.answers(shop.fact)).to_have_count(1)
    expect(widget.own()).to_have_text([f"あなた: {shop.question}"])
    expect(widget.panel.locator(".problem")).to_have_count(0)


def test_a_service_that_restarts_is_found_again_and_nothing_is_missed(
    new_visitor: NewVisitor, running: WholeService
) -> None:
    """What was said while the page could not hear it comes once, in its place."""
    visitor = new_visitor()
    visitor.network_breaks = True
    widget = visitor.visit(STORE.path)
    widget.open()
    widget.ask(STORE.question, STORE.fact)
    widget.page.route("**/events?*", lambda route: route.abort())
    running.send("service", signal.SIGKILL)
    running.wait_until_ready()
    chat = widget.same_chat(running.url)
    replies = chat.say("領収書はどうやってもらえますか")
    chat.close()
    widget.page.unroute("**/events?*")
    expect(widget.bubbles).to_have_count(5, timeout=60_000)
    widget.ask(STORE.question, STORE.fact)
    said = [text.partition(": ")[2] for text in widget.texts()]
    assert said[1] == said[5] == STORE.question
    assert said[3] == "領収書はどうやってもらえますか"
    assert said[4].startswith(replies[0]["text"].splitlines()[0])
    assert len(said) == 7
    expect(widget.panel.locator(".network")).to_be_hidden()


def test_a_message_sent_while_the_service_restarts_is_answered_once(
    visitor: Visitor, running: WholeService
) -> None:
    visitor.network_breaks = True
    widget = visitor.visit(STORE.path)
    widget.open()
    running.send("service", signal.SIGKILL)
    widget.write(STORE.question)
    answer, problem = widget.answers(STORE.fact), widget.panel.locator(".problem button")
    expect(answer.or_(problem)).to_be_visible(timeout=60_000)
    running.wait_until_ready()
    if problem.is_visible():
        problem.click()
    expect(answer).to_have_count(1)
    expect(widget.own()).to_have_text([f"あなた: {STORE.question}"])
    expect(widget.bubbles).to_have_count(3)
