"""An agent deals with a customer's order: seen, done and told in real browsers."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from madoguchi.systems.embedded.demo import demo_numbers
from madoguchi.systems.embedded.tables import OrderRow, ProductRow
from tests.actions.conftest import alter
from tests.e2e.desk.conftest import Desk, Floor

pytestmark = pytest.mark.browser


def panel(desk: Desk) -> Locator:
    """Return what is shown of the customer's orders and rentals."""
    return desk.page.get_by_role("region", name="注文・レンタル")


async def number_of(floor: Floor, name: str) -> str:
    """Return the number of a demo order."""
    return (await demo_numbers(floor.service.parts.database))[name]


async def taken(floor: Floor, desk: Desk, chat: str) -> None:
    """Have the chat be the agent's."""
    await floor.call(chat)
    await desk.take(chat)
    await desk.has()


async def test_a_proven_order_is_cancelled_and_the_customer_is_told_by_the_agent(
    floor: Floor,
) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat, number = await customer.chat(), await number_of(floor, "bank-pending")
    await floor.service.parts.context.proofs.prove(chat, "order", number)
    await taken(floor, sato, chat)
    shown = panel(sato)
    await expect(shown.get_by_text("このご注文は、いまキャンセルできます。")).to_be_visible()
    await shown.get_by_role("button", name="キャンセルする").click()
    dialog = sato.page.get_by_role("dialog")
    await expect(dialog.get_by_text(number)).to_be_visible()
    await dialog.get_by_role("button", name="キャンセルする").click()
    await expect(shown.get_by_text("お客様にはまだ伝わっていません。")).to_be_visible()
    await expect(
        shown.get_by_text("このご注文は、すでにキャンセルになっています。")
    ).to_be_visible()
    await expect(customer.bubble("キャンセルしました")).to_have_count(0)
    await shown.get_by_role("button", name="返信に入れる", exact=True).click()
    await sato.page.locator(".composer textarea").press("Control+Enter")
    await expect(customer.bubble("ご注文をキャンセルしました。")).to_be_visible()


async def test_a_rule_that_forbids_is_shown_and_explained_to_the_customer(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    await taken(floor, sato, await customer.chat())
    number = await number_of(floor, "paypay-delivered")
    shown = panel(sato)
    await shown.get_by_role("searchbox").fill(number)
    await shown.get_by_role("searchbox").press("Enter")
    await expect(shown.get_by_text("本人確認がまだです。")).to_be_visible()
    await expect(shown.get_by_role("button", name="返品を申し込む")).to_be_disabled()
    await shown.get_by_role("button", name="返品の説明を返信に入れる").click()
    await expect(sato.page.locator(".composer textarea")).to_have_value(
        "申し訳ありません、このご注文は返品サービスの対象外です。\n"
        "返品サービスは、クレジットカードでお支払いのご注文に限られます。"
        f"「シルク スカーフ 90」（{number}）のお支払い方法はPayPayです。\n"
        "商品に不備がある場合は、お問い合わせください。"
    )


async def test_a_visit_is_booked_at_a_time_that_the_store_has(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    await taken(floor, sato, await customer.chat())
    shown = panel(sato)
    await shown.get_by_role("searchbox").fill("1002045871")
    await shown.get_by_role("searchbox").press("Enter")
    await shown.get_by_role("button", name="来店を予約する").click()
    dialog = sato.page.get_by_role("dialog")
    await expect(dialog.get_by_role("combobox", name="時間")).to_be_enabled()
    await dialog.get_by_label("ご来店になる方のお名前").fill("渡辺 由美")
    await dialog.get_by_label("ご連絡先").fill("watanabe@example.jp")
    await dialog.get_by_role("button", name="来店を予約する").click()
    await expect(shown.get_by_text("来店のご予約を承りました。")).to_be_visible()


async def test_nothing_that_the_shop_s_systems_hold_is_ever_run(floor: Floor) -> None:
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat, number = await customer.chat(), await number_of(floor, "bank-pending")
    markup = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    database = floor.service.parts.database
    order = await floor.service.parts.context.systems.orders.get(number)
    assert order is not None
    await alter(database, ProductRow, order.product.number, name=markup)
    await alter(database, OrderRow, number, tracking_number="<b>1</b>")
    await floor.service.parts.context.proofs.prove(chat, "order", number)
    await taken(floor, sato, chat)
    shown = panel(sato)
    await expect(shown.get_by_text(markup).first).to_be_visible()
    await shown.get_by_role("button", name="キャンセルする").click()
    await expect(sato.page.get_by_role("dialog").get_by_text(markup)).to_be_visible()
    assert await sato.page.locator(".right img, .right script, dialog img").count() == 0
