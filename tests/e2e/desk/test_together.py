"""Two agents and a customer at once, in real browsers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.e2e.desk.conftest import Floor
from tests.support.waiting import until

pytestmark = pytest.mark.browser


async def test_a_chat_is_taken_answered_and_given_back(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await expect(sato.row(chat)).to_be_visible()
    await sato.take(chat)
    await sato.has()
    await expect(sato.page.get_by_text("届いた品に傷がある").first).to_be_visible()
    await sato.write("担当の佐藤です。写真をお送りください。")
    await expect(customer.bubble("写真をお送りください")).to_be_visible()
    await expect(customer.page.locator("madoguchi-widget .panel")).to_contain_text(
        "担当者 佐藤 花子"
    )
    await customer.write("わかりました")
    await expect(sato.said("わかりました")).to_be_visible()
    await expect(customer.bubble("答え: わかりました")).to_have_count(0)
    await sato.give_back()
    await customer.write("返品は")
    await expect(customer.bubble("答え: 返品は")).to_be_visible()


async def test_taken_while_the_bot_is_answering_the_bot_is_not_heard(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    engine = floor.service.engine
    engine.will(engine.hangs)
    await customer.write("遅い質問")
    await engine.was_asked(2)
    await sato.take(chat)
    await sato.has()
    engine.go_on.set()
    await sato.write("担当者からの答え")
    await expect(customer.bubble("担当者からの答え")).to_be_visible()
    await expect(customer.bubble("答え: 遅い質問")).to_have_count(0)


async def test_both_press_take_at_the_same_moment(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    customer = await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.open(chat)
    await suzuki.open(chat)
    buttons = [each.page.get_by_role("button", name="担当する") for each in (sato, suzuki)]
    await asyncio.gather(*(button.click() for button in buttons))

    async def holder() -> Any:
        return (await floor.service.parts.desk.ownership.shown(chat))["agent"]

    winner = sato if await until(holder) == {"name": "佐藤 花子"} else suzuki
    await winner.has()
    await winner.write("私が承ります")
    await expect(customer.bubble("私が承ります")).to_have_count(1)


async def test_a_customer_who_reloads_and_an_agent_whose_browser_dies_lose_nothing(
    floor: Floor,
) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await sato.write("一つ目の返事")
    await expect(customer.bubble("一つ目の返事")).to_be_visible()
    await customer.page.reload()
    await expect(customer.bubble("一つ目の返事")).to_be_visible()
    await sato.context.close()
    await customer.write("まだいますか")
    again = await floor.agent("sato")
    await again.page.get_by_role("button", name="自分の担当").click()
    await again.open(chat)
    await expect(again.said("まだいますか")).to_be_visible()
    await again.write("はい、おります")
    await expect(customer.bubble("はい、おります")).to_be_visible()


async def test_a_second_handoff_goes_to_another_agent(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    customer = await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await sato.give_back()
    await floor.call(chat, "もう一度相談")
    await suzuki.take(chat)
    await suzuki.has()
    await suzuki.write("鈴木が承ります")
    await expect(customer.bubble("鈴木が承ります")).to_be_visible()


async def test_nothing_that_a_customer_writes_runs_at_the_desk(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    await customer.write(markup)
    await expect(customer.bubble(f"答え: {markup}")).to_be_visible()
    await floor.call(chat, markup)
    await sato.open(chat)
    await expect(sato.said(markup).first).to_be_visible()
    assert await sato.page.locator(".log img, .log script").count() == 0


async def test_the_desk_can_be_used_by_everybody(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    found = await Axe().run(sato.page)
    assert found.response["violations"] == []
