"""Colleagues at the desk in real browsers: who is there, giving and merging chats, agents."""

from __future__ import annotations

import pyotp
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.desk.conftest import Desk, Floor

pytestmark = pytest.mark.browser


def _dialog(page: Page) -> Locator:
    return page.locator("dialog[open]").last


async def _press(desk: Desk, name: str) -> None:
    await desk.page.get_by_role("button", name=name, exact=True).click()


async def test_a_lead_gives_a_chat_to_a_colleague_and_to_another(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    customer = await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.open(chat)
    await _press(sato, "担当者を決める")
    dialog = _dialog(sato.page)
    await dialog.get_by_label("名前で探す").fill("鈴木")
    await expect(dialog.get_by_text("対応中")).to_be_visible()
    await dialog.get_by_role("button", name="担当者を決める").click()
    await expect(sato.page.get_by_text("鈴木 太郎さんが担当しています")).to_be_visible()
    await suzuki.page.get_by_role("button", name="自分の担当").click()
    await suzuki.row(chat).click()
    await suzuki.has()
    await sato.page.get_by_role("button", name="対応中 2人").click()
    busy = sato.page.locator(".popover li", has_text="鈴木 太郎")
    await expect(busy).to_contain_text("1/")
    await sato.page.keyboard.press("Escape")
    await _press(suzuki, "転送")
    await _dialog(suzuki.page).get_by_label("佐藤 花子").check()
    await _dialog(suzuki.page).get_by_role("button", name="転送").click()
    await sato.has()
    # who may not see it any more keeps nothing of it on the screen
    await expect(suzuki.page.get_by_text("このチャットは担当から外れました。")).to_be_visible()
    await expect(suzuki.row(chat)).to_have_count(0)


async def test_two_chats_become_one_and_two_again(floor: Floor) -> None:
    sato = await floor.agent("sato")
    first = await floor.customer("時計の修理は")
    second = await floor.customer("バッグの修理は")
    kept, other = await first.chat(), await second.chat()
    await floor.call(kept)
    await floor.call(other)
    await sato.take(kept)
    await sato.has()
    await _press(sato, "まとめる")
    dialog = _dialog(sato.page)
    await dialog.get_by_label("同じお客様の別のチャットを探す").fill("バッグの修理")
    await dialog.get_by_role("button", name="探す").click()
    await dialog.locator(".found-chat").first.click()
    await expect(dialog.locator(".short").nth(1)).to_contain_text("バッグの修理は")
    await dialog.get_by_role("button", name="まとめる").click()
    merged = sato.page.locator(".merged")
    await merged.locator("summary").click()
    await expect(merged).to_contain_text("バッグの修理は")
    await expect(sato.row(other)).to_have_count(0)
    await _press(sato, "まとめるのを取り消す")
    await expect(merged).to_have_count(0)
    await expect(sato.row(other)).to_be_visible()


async def test_an_admin_adds_an_agent_who_secures_their_sign_in(floor: Floor) -> None:
    admin = await floor.agent("admin")
    await admin.page.get_by_role("link", name="担当者", exact=True).click()
    await _press(admin, "担当者を追加")
    await _dialog(admin.page).get_by_label("ログイン名").fill("tanaka")
    await _dialog(admin.page).get_by_label("名前", exact=True).fill("田中 次郎")
    await _dialog(admin.page).get_by_label("同時に対応できる件数").fill("2")
    await _dialog(admin.page).get_by_role("button", name="担当者を追加").click()
    password = await _dialog(admin.page).locator(".secret").inner_text()
    await _dialog(admin.page).get_by_role("button", name="閉じる").click()
    row = admin.page.locator(".agents tr", has_text="田中 次郎")
    await expect(row).to_contain_text("2段階認証なし")

    context = await floor.browser.new_context(locale="ja-JP")
    page = await context.new_page()
    await page.goto(f"{floor.service.http.base_url}/desk")
    await page.get_by_label("ログイン名").fill("tanaka")
    await page.get_by_label("パスワード").fill(password)
    await page.get_by_role("button", name="サインイン").click()
    await page.get_by_role("button", name="田中 次郎").click()
    await page.get_by_role("button", name="設定を始める").click()
    picture = page.get_by_role("img", name="認証アプリで読み取るQRコード")
    await expect(picture).to_have_js_property("complete", value=True)
    assert await picture.evaluate("each => each.naturalWidth") > 0
    secret = await page.locator(".secret").inner_text()
    await page.get_by_label("確認コード（6桁）").fill(pyotp.TOTP(secret).now())
    await page.get_by_role("button", name="確認して有効にする").click()
    await expect(page.get_by_text("設定済みです。")).to_be_visible()

    # seen by the admin, who opens the door again when the app is lost
    await admin.page.reload()
    await expect(row).to_contain_text("2段階認証あり")
    await row.get_by_role("button", name="2段階認証を解除").click()
    await _dialog(admin.page).get_by_role("button", name="2段階認証を解除").click()
    await expect(row).to_contain_text("2段階認証なし")
    await row.get_by_role("button", name="外す").click()
    await _dialog(admin.page).get_by_role("button", name="外す").click()
    await expect(row).to_have_count(0)
    # the removed one's page ends by itself
    await expect(page.get_by_label("ログイン名")).to_be_visible()


async def test_a_lead_s_canned_answer_is_at_hand_for_the_reply(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    await sato.page.get_by_role("link", name="定型文", exact=True).click()
    await _press(sato, "定型文を追加")
    dialog = _dialog(sato.page)
    await dialog.get_by_label("呼び出し名").fill("kizu")
    await dialog.get_by_label("題名").fill("傷の写真のお願い")
    await dialog.get_by_label("文章").fill("担当の{{担当者名}}です。傷の写真をお送りください。")
    await dialog.get_by_role("button", name="保存").click()
    await expect(sato.page.locator(".canned-card", has_text="傷の写真のお願い")).to_be_visible()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.page.get_by_role("link", name="チャット", exact=True).click()
    await sato.take(chat)
    await sato.has()
    field = sato.page.locator(".composer textarea")
    await field.press_sequentially(";kizu")
    await field.press("Enter")
    await field.press("Control+Enter")
    await expect(customer.bubble("担当の佐藤 花子です。傷の写真をお送りください。")).to_be_visible()
