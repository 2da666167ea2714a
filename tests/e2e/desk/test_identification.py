"""An agent asks, the customer proves an order in their browser, and the desk shows it at once."""

from __future__ import annotations

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from madoguchi.systems.embedded.demo import demo_numbers
from tests.e2e.desk.conftest import Customer, Desk, Floor, LineFloor

pytestmark = pytest.mark.browser

ORDER, CONTACT = "A-20261103-0042", "090-1234-5678"


def ask(desk: Desk) -> Locator:
    """Return the button that asks the customer."""
    return desk.page.get_by_role("button", name="本人確認をお願いする")


def number(customer: Customer) -> Locator:
    """Return the field for the number."""
    return customer.page.get_by_label("注文番号またはレンタル番号")


async def fill(customer: Customer, contact: str, order: str = ORDER) -> None:
    """Fill the form in and send it."""
    await number(customer).fill(order)
    await customer.page.get_by_label("ご登録の電話番号かメールアドレス").fill(contact)
    await customer.page.get_by_role("button", name="確認する", exact=True).click()


async def begun(floor: Floor) -> tuple[Desk, Customer]:
    """Have an agent take a customer's chat and ask who they are."""
    sato, customer = await floor.agent("sato"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await sato.take(chat)
    await sato.has()
    await ask(sato).click()
    await expect(number(customer)).to_be_visible()
    return sato, customer


async def test_the_customer_proves_an_order_and_the_agent_sees_it_at_once(floor: Floor) -> None:
    assert ORDER in (await demo_numbers(floor.service.parts.database)).values()
    sato, customer = await begun(floor)
    await clean(customer.page)
    await clean(sato.page)
    await fill(customer, "090-9999-9999")
    await expect(customer.bubble("確認できませんでした")).to_be_visible()
    # The number stays, the contact goes.
    await expect(number(customer)).to_have_value(ORDER)
    field = customer.page.get_by_label("ご登録の電話番号かメールアドレス")
    await expect(field).to_have_value("")
    await fill(customer, CONTACT)
    await expect(customer.bubble(f"{ORDER} について、ご本人の確認ができました。")).to_be_visible()
    await expect(number(customer)).to_have_count(0)
    identity = sato.page.locator(".right .part", has_text="本人確認").first
    await expect(identity).to_contain_text(ORDER)
    shown = sato.page.get_by_role("region", name="注文・レンタル")
    await expect(shown.get_by_text(ORDER).first).to_be_visible()
    await expect(sato.page.locator(".owner.mine")).to_be_visible()
    for page in (sato.page, customer.page):
        words = await page.evaluate(
            "document.body.innerText + (document.querySelector("
            "'madoguchi-widget')?.shadowRoot?.textContent ?? '')"
        )
        assert "9999-9999" not in words
        assert "1234-5678" not in words.replace("例: 090-1234-5678", "")
    # The assistant has heard nothing of it.
    assert floor.service.engine.asked == ["送料は"]


async def test_what_is_no_number_is_said_below_the_fields(floor: Floor) -> None:
    _, customer = await begun(floor)
    await fill(customer, CONTACT, order="佐藤花子")
    await expect(customer.page.get_by_role("alert")).to_contain_text(
        "注文番号（例 A-20261103-0042）"
    )
    await clean(customer.page)
    await expect(number(customer)).to_have_value("佐藤花子")


async def test_the_fields_go_when_the_chat_goes_back(floor: Floor) -> None:
    sato, customer = await begun(floor)
    await number(customer).fill(ORDER)
    await sato.give_back()
    await expect(number(customer)).to_have_count(0)


async def test_on_line_the_button_says_why_it_cannot_be_used(line_floor: LineFloor) -> None:
    sato, _, _ = await line_floor.taken()
    await expect(ask(sato)).to_be_disabled()
    await expect(sato.page.get_by_text("お客様の画面に入力欄を出せません。")).to_be_visible()


async def clean(page: Page) -> None:
    """Fail with what axe finds in a page."""
    found = (await Axe().run(page)).response["violations"]
    assert [
        f"{each['id']}: {node['html']} {node['failureSummary']}"
        for each in found
        for node in each["nodes"]
    ] == []
