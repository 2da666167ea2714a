"""Two agents at the desk and a customer who writes on LINE."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.e2e.desk.conftest import LineFloor
from tests.line_platform.content import Content
from tests.line_platform.faults import bad_request
from tests.support.waiting import until

pytestmark = pytest.mark.browser


async def test_a_chat_on_line_is_taken_answered_and_given_back(line_floor: LineFloor) -> None:
    sato, tanaka, _ = await line_floor.taken()
    await expect(sato.page.get_by_text("田中").first).to_be_visible()
    await sato.write("担当の佐藤です。写真をお送りください。")
    [said] = await tanaka.receives()
    assert "写真をお送りください" in said.text
    await tanaka.says("わかりました")
    await expect(sato.said("わかりました")).to_be_visible()
    await sato.write("お待ちしております")
    [said] = await tanaka.receives()
    assert "お待ちしております" in said.text
    await sato.give_back()
    seen = len(line_floor.line.sent(tanaka))
    await tanaka.says("返品は")

    async def answered() -> bool:
        new = line_floor.line.sent(tanaka)[seen:]
        return any("答え: 返品は" in bubble.text for bubble in new)

    await until(answered)
    assert not any("答え: わかりました" in each.text for each in line_floor.line.sent(tanaka))


async def test_what_the_bot_was_thinking_of_is_not_sent_once_an_agent_has_the_chat(
    line_floor: LineFloor,
) -> None:
    sato = await line_floor.agent("sato")
    tanaka, chat = await line_floor.friend()
    await line_floor.call(chat)
    engine = line_floor.service.engine
    engine.will(engine.hangs)
    await tanaka.says("遅い質問")
    await engine.was_asked(2)
    await sato.take(chat)
    await sato.has()
    engine.go_on.set()
    await sato.write("担当者からの答え")
    [said] = await tanaka.receives()
    assert "担当者からの答え" in said.text
    await tanaka.says("もう一つ")
    await expect(sato.said("もう一つ")).to_be_visible()
    await sato.write("もう一つの答え")
    [said] = await tanaka.receives()
    assert "もう一つの答え" in said.text


async def test_of_two_who_take_at_the_same_moment_one_is_heard_on_line(
    line_floor: LineFloor,
) -> None:
    sato, suzuki = await line_floor.agent("sato"), await line_floor.agent("suzuki")
    tanaka, chat = await line_floor.friend()
    await line_floor.call(chat)
    await sato.open(chat)
    await suzuki.open(chat)
    buttons = [each.page.get_by_role("button", name="担当する") for each in (sato, suzuki)]
    await asyncio.gather(*(button.click() for button in buttons))

    async def holder() -> object:
        return (await line_floor.service.parts.desk.ownership.shown(chat))["agent"]

    winner = sato if await until(holder) == {"name": "佐藤 花子"} else suzuki
    await winner.has()
    await winner.write("私が承ります")
    [said] = await tanaka.receives()
    assert "私が承ります" in said.text


async def test_an_agent_whose_browser_dies_goes_on_in_another(line_floor: LineFloor) -> None:
    sato, tanaka, chat = await line_floor.taken()
    await sato.context.close()
    await tanaka.says("まだいますか")
    again = await line_floor.agent("sato")
    await again.page.get_by_role("button", name="自分の担当").click()
    await again.open(chat)
    await expect(again.said("まだいますか")).to_be_visible()
    await again.write("はい、おります")
    [said] = await tanaka.receives()
    assert "はい、おります" in said.text


async def test_a_second_handoff_on_line_goes_to_another_agent(line_floor: LineFloor) -> None:
    sato, suzuki = await line_floor.agent("sato"), await line_floor.agent("suzuki")
    tanaka, chat = await line_floor.friend()
    await line_floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await sato.write("佐藤が承りました")
    await tanaka.receives()
    await sato.give_back()
    await line_floor.call(chat, "もう一度相談")
    await suzuki.take(chat)
    await suzuki.has()
    await suzuki.write("鈴木が承ります")

    async def heard() -> bool:
        return any("鈴木が承ります" in each.text for each in line_floor.line.sent(tanaka))

    await until(heard)


async def test_the_desk_shows_what_a_message_cost_and_why_another_did_not_arrive(
    line_floor: LineFloor,
) -> None:
    sato, tanaka, _ = await line_floor.taken()
    await tanaka.says("おります")
    await expect(sato.said("おります")).to_be_visible()
    await sato.write("無料の返事です")
    await expect(sato.said("無料の返事です").locator(".delivery")).to_contain_text("無料")
    line_floor.line.fail("push", bad_request())
    await sato.write("届かない返事です")
    failed = sato.said("届かない返事です")
    await expect(failed.locator(".delivery.bad")).to_be_visible()
    await failed.get_by_role("button", name="再送").click()
    await expect(failed.locator(".delivery")).to_contain_text("カウント")
    assert "届かない返事です" in line_floor.line.sent(tanaka)[-1].text


async def test_a_picture_is_shown_at_the_desk_and_gone_once_it_is_taken_back(
    line_floor: LineFloor,
) -> None:
    sato, tanaka, _ = await line_floor.taken()
    sent = await tanaka.sends_image()
    await expect(sato.page.locator(".log .attachment img")).to_be_visible()
    written = await tanaka.says("見えますか")
    await expect(sato.said("見えますか")).to_be_visible()
    await tanaka.unsends(written)
    await expect(sato.said("見えますか")).to_have_count(0)
    await tanaka.unsends(sent)
    await expect(sato.page.locator(".log .attachment img")).to_have_count(0)


async def test_neither_a_line_name_nor_the_name_of_a_file_runs_at_the_desk(
    line_floor: LineFloor,
) -> None:
    sato = await line_floor.agent("sato")
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    tanaka, chat = await line_floor.friend(markup, markup)
    await tanaka.sends_file(f"{markup}.pdf", Content(b"%PDF-1.7\n", "application/pdf"))
    await line_floor.call(chat, markup)
    await expect(sato.row(chat)).to_contain_text("<img")
    await sato.take(chat)
    await sato.has()
    await expect(sato.said("<script>").first).to_be_visible()
    await sato.page.locator(".chat-title", has_text="<img").wait_for()
    await expect(sato.page.locator(".log .attachment")).to_contain_text(".pdf")
    assert await sato.page.locator("main script, img[src=x]").count() == 0
