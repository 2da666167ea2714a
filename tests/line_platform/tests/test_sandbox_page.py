"""The sandbox's page in Chromium, with a tiny bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.line_platform.pictures import png
from tests.line_platform.tests.test_sandbox import Running, sandbox
from tests.support.chromium import ARGUMENTS, CHROMIUM, MISSING

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(),
        reason=MISSING,
    ),
]
__all__ = ["sandbox"]  # the fixture

_LONGEST_WAIT_MS = 30_000


@pytest.fixture
async def page(sandbox: Running) -> AsyncIterator[Page]:
    """The page; it may not have complained of anything in the end."""
    expect.set_options(timeout=_LONGEST_WAIT_MS)
    complaints: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        found = await browser.new_page(locale="ja-JP", viewport={"width": 1280, "height": 900})
        found.on("console", lambda message: complaints.append(message.text))
        found.on("pageerror", lambda error: complaints.append(str(error)))
        await found.goto(sandbox.url)
        await expect(found.get_by_role("heading", name="佐藤 花子")).to_be_visible()
        yield found
        await browser.close()
    assert complaints == []


async def write(page: Page, text: str) -> None:
    """Write as the customer who is chosen."""
    await page.get_by_label("メッセージ", exact=True).fill(text)
    await page.get_by_role("button", name="送信", exact=True).click()


def select(page: Page, name: str) -> Locator:
    """Return the list to choose from that has this name."""
    return page.get_by_role("combobox", name=name, exact=True)


async def test_a_customer_writes_and_taps(page: Page, sandbox: Running) -> None:
    await write(page, "送料は？")
    answer = page.locator(".row.bot").last
    await expect(answer).to_contain_text("「送料は？」ですね。")
    await expect(answer).to_contain_text("返信・無料")
    await page.get_by_role("group", name="クイックリプライ").get_by_text("カード").click()
    card = page.locator(".flex-bubble")
    await expect(card).to_contain_text("12月11日(金)まで")
    await expect(
        page.get_by_role("group", name="クイックリプライ").get_by_role("button")
    ).to_have_count(0)
    await expect(card.get_by_role("link", name="お店を見る")).to_have_attribute(
        "href", "https://shop.example.com/"
    )
    await card.get_by_role("button", name="返品を申し込む").click()
    await expect(page.locator(".row.customer").last).to_contain_text("返品を申し込む")
    await expect(page.locator(".row.bot").last).to_contain_text("「返品を申し込む」ですね。")
    await write(page, "ボタン")
    await page.locator(".card").get_by_role("button", name="返品する").click()
    await expect(page.locator(".row.bot").last).to_contain_text("「返品する」ですね。")


async def test_what_costs_something_is_told(page: Page) -> None:
    await write(page, "あとで")
    await expect(page.locator(".row.bot").last).to_contain_text("プッシュ・1通に数えます")
    await expect(page.locator("#quota")).to_have_text("1通 / 200通")


async def test_waiting_is_shown_until_its_time_is_over(page: Page, sandbox: Running) -> None:
    await write(page, "待って")
    await expect(page.get_by_text("入力中の表示", exact=True).first).to_be_visible()
    await page.get_by_role("button", name="1分1秒進める").click()
    await expect(page.locator("#loading")).to_be_hidden()


async def test_a_customer_takes_back_blocks_and_comes_back(page: Page, sandbox: Running) -> None:
    await write(page, "まちがい")
    await page.get_by_role("button", name="送信取消").click()
    await expect(page.locator(".row.customer")).to_contain_text("送信を取り消しました")
    await page.get_by_role("button", name="ブロックする").click()
    await expect(page.get_by_role("button", name="ブロックを解除する")).to_be_visible()
    await page.get_by_role("button", name="ブロックを解除する").click()
    await expect(page.get_by_role("button", name="ブロックする")).to_be_visible()
    kinds = [event["type"] for event in sandbox.bot.events]
    assert kinds == ["message", "unsend", "unfollow", "follow"]


async def test_there_are_several_customers_and_new_ones(page: Page, sandbox: Running) -> None:
    await write(page, "花子です")
    await expect(page.locator(".row.bot")).to_have_count(1)
    await page.get_by_role("button", name="鈴木 一郎").click()
    await expect(page.locator(".row")).to_have_count(0)
    await page.get_by_label("新しいお客様の名前").fill("田中 美咲")
    await page.get_by_role("button", name="友だち追加").click()
    await expect(page.get_by_role("heading", name="田中 美咲")).to_be_visible()
    await write(page, "はじめまして")
    await expect(page.locator(".row.bot")).to_contain_text("「はじめまして」ですね。")
    assert sandbox.bot.events[1]["type"] == "follow"


async def test_stickers_samples_and_pictures_are_sent(page: Page, sandbox: Running) -> None:
    await select(page, "スタンプ").select_option("ありがとう")
    await expect(page.locator(".row.customer")).to_have_count(1)
    for number, kind in enumerate(
        ["画像", "動画", "音声", "ファイル", "位置情報", "未知の種類"], 2
    ):
        await select(page, "見本を送る").select_option(kind)
        await expect(page.locator(".row.customer")).to_have_count(number)
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": png(30, 20)}
    await page.get_by_label("画像を選ぶ").set_input_files(picture)  # type: ignore[arg-type]
    await expect(page.locator("img.picture")).to_have_count(2)
    assert [event["message"]["type"] for event in sandbox.bot.events] == [
        *("sticker", "image", "video", "audio", "file", "location", "hologram", "image")
    ]


async def test_faults_are_switched_on_and_mended(page: Page) -> None:
    await select(page, "宛先").select_option("返信")
    await select(page, "不具合").select_option("429 月の上限")
    await select(page, "回数").select_option("直すまで")
    await page.get_by_role("button", name="起こす").click()
    await expect(page.locator("#faults")).to_contain_text("返信: 429 月の上限")
    await write(page, "送料は？")
    await expect(page.locator("#record .bad")).to_contain_text(
        "You have reached your monthly limit."
    )
    await expect(page.locator(".row.bot")).to_have_count(0)
    await page.get_by_role("button", name="直す").click()
    await write(page, "送料は？")
    await expect(page.locator(".row.bot")).to_have_count(1)


async def test_webhooks_travel_as_they_are_told_to(page: Page, sandbox: Running) -> None:
    await select(page, "署名").select_option("誤り")
    await expect(select(page, "署名")).to_have_value("wrong")
    await write(page, "偽物です")
    await expect(page.locator("#record .bad")).to_contain_text("Webhook message 401")
    await select(page, "署名").select_option("正しい")
    await page.get_by_role("button", name="失敗した分を再送").click()
    await expect(page.locator("#record")).to_contain_text("Webhook message（再送） 200")
    assert sandbox.bot.events[0]["deliveryContext"] == {"isRedelivery": True}
    await page.get_by_role("button", name="接続を確認").click()
    await expect(page.locator("#record")).to_contain_text("Webhook 接続確認 200")
    await page.get_by_label("同時に2回送る").check()
    await write(page, "2回届きます")
    await expect(page.locator(".row.bot")).to_have_count(2)
    assert len(sandbox.bot.events) == 3


async def test_the_month_s_messages_can_be_changed(page: Page, sandbox: Running) -> None:
    await page.get_by_role("spinbutton", name="上限").fill("5000")
    await page.get_by_role("spinbutton", name="送信済み").fill("4999")
    await page.get_by_role("button", name="変える").click()
    await expect(page.locator("#quota")).to_have_text("4999通 / 5000通")
    assert sandbox.line.platform.quota.limit == 5000


async def test_the_rich_menu_is_drawn_and_tapped(page: Page, sandbox: Running) -> None:
    menus = sandbox.line.platform.rich_menus
    bounds = {"x": 0, "y": 0, "width": 1200, "height": 400}
    action = {"type": "message", "label": "送料", "text": "送料は？"}
    content = {
        "size": {"width": 1200, "height": 400},
        "selected": True,
        "name": "はじめ",
        "chatBarText": "メニュー",
        "areas": [{"bounds": bounds, "action": action}],
    }
    menu = menus.create(content)
    menus.upload(menu.id, png(1200, 400), "image/png")
    menus.set_default(menu.id)
    await write(page, "こんにちは")
    await page.locator("#menu").get_by_role("button", name="送料").click()
    await expect(page.locator(".row.bot").last).to_contain_text("「送料は？」ですね。")
