"""What open desks learn at once, in real browsers: who writes, who has a chat, who is signed in."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.e2e.desk.conftest import Floor

pytestmark = pytest.mark.browser


async def test_an_agent_sees_that_the_customer_writes_and_has_stopped(floor: Floor) -> None:
    suzuki, customer = await floor.agent("suzuki"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await suzuki.take(chat)
    await suzuki.has()
    await expect(customer.page.locator("madoguchi-widget .panel")).to_contain_text("担当者")
    field = customer.page.locator("madoguchi-widget .panel textarea")
    await field.press_sequentially("写真を")
    typing = suzuki.page.get_by_text("お客様が入力中")
    await expect(typing).to_be_visible()
    await field.fill("")
    await expect(typing).to_have_count(0)
    assert floor.complaints == []


async def test_a_chat_that_a_lead_moves_goes_from_one_desk_to_the_other(floor: Floor) -> None:
    suzuki, customer = await floor.agent("suzuki"), await floor.customer()
    chat = await customer.chat()
    await floor.call(chat)
    await suzuki.take(chat)
    await suzuki.has()
    parts = floor.service.parts
    lead = await parts.desk_auth.agents.by_login("sato")
    await parts.desk.assigning.assign(chat, lead.id, lead.id)
    await expect(suzuki.row(chat)).to_have_count(0)
    await customer.write("住所は港区です")
    await expect(customer.bubble("住所は港区です")).to_be_visible()
    await expect(suzuki.page.get_by_text("住所は港区です")).to_have_count(0)
    assert floor.complaints == []


async def test_whose_sign_in_is_ended_elsewhere_is_asked_to_sign_in(floor: Floor) -> None:
    suzuki = await floor.agent("suzuki")
    auth = floor.service.parts.desk_auth
    agent = await auth.agents.by_login("suzuki")
    [session] = await auth.sessions.of(agent.id)
    await auth.sessions.end(agent.id, session.id)
    await expect(suzuki.page.get_by_label("パスワード")).to_be_visible()
