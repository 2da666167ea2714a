"""How satisfied a customer was: asked in the widget when the agent closes, seen at the desk."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, expect

from tests.e2e.desk.conftest import Customer, Desk, Floor

pytestmark = pytest.mark.browser

BEST, FAIR = "5 とても良かった", "4 良かった"


async def closed(floor: Floor, customer: Customer) -> tuple[Desk, str]:
    """Have an agent take the chat, answer and close it."""
    sato, chat = await floor.agent("sato"), await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await sato.write("担当の佐藤です。承りました。")
    await expect(customer.bubble("承りました")).to_be_visible()
    tools = sato.page.get_by_label("このチャットの操作")
    await tools.get_by_role("button", name="終了").click()
    await sato.page.locator("dialog[open]").get_by_role("button", name="終了").click()
    return sato, chat


def score(customer: Customer, title: str) -> Locator:
    """Return the button of a score."""
    return customer.page.locator("madoguchi-widget .panel button.choice", has_text=title)


async def test_a_score_is_tapped_changed_and_explained(floor: Floor) -> None:
    customer = await floor.customer()
    _, chat = await closed(floor, customer)
    await expect(customer.bubble("担当者の対応はいかがでしたか")).to_be_visible()
    await score(customer, FAIR).click()
    await expect(customer.bubble("ご回答ありがとうございます")).to_be_visible()
    await score(customer, BEST).click()
    await expect(customer.bubble("変更しました")).to_be_visible()
    field = customer.page.get_by_label("ひとこと")
    await field.fill("とても丁寧でした")
    await customer.page.get_by_role("button", name="送る").click()
    await expect(customer.bubble("ご感想をいただき")).to_be_visible()
    await expect(field).to_have_count(0)
    [rating] = await floor.service.parts.desk.ratings.of(chat)
    assert (rating["score"], rating["word"]) == (5, "とても丁寧でした")
    # The chat is still closed, and the assistant has heard nothing of it.
    assert (await floor.service.parts.store.get(chat)).owner.value == "closed"
    assert floor.service.engine.asked == ["送料は"]
    await customer.page.reload()
    await expect(score(customer, BEST)).to_have_class("choice taken")
    await expect(customer.bubble("とても丁寧でした")).to_be_visible()


async def test_axe_finds_nothing_where_it_is_asked(floor: Floor) -> None:
    customer = await floor.customer()
    await closed(floor, customer)
    await expect(score(customer, BEST)).to_be_enabled()
    await _clean(customer)
    await score(customer, BEST).click()
    await expect(customer.page.get_by_label("ひとこと")).to_be_visible()
    await _clean(customer)


async def test_the_desk_shows_score_and_word(floor: Floor) -> None:
    customer = await floor.customer()
    _, chat = await closed(floor, customer)
    await score(customer, FAIR).click()
    await customer.page.get_by_label("ひとこと").fill("助かりました")
    await customer.page.get_by_role("button", name="送る").click()
    await expect(customer.bubble("ご感想をいただき")).to_be_visible()
    lead = await floor.agent("admin")
    await lead.page.goto(f"{floor.service.http.base_url}/desk#/chat/{chat}")
    await expect(lead.page.locator(".rating")).to_contain_text("4")
    await expect(lead.page.locator(".rating")).to_contain_text("助かりました")


async def _clean(customer: Customer) -> None:
    found = (await Axe().run(customer.page)).response["violations"]
    assert [
        f"{each['id']}: {node['html']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ] == []
