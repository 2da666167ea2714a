"""Two agents with the same chat on their screens know of each other."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.desk.conftest import Desk, Floor

pytestmark = pytest.mark.browser


def lookers(desk: Desk) -> Locator:
    """Return the line that names the colleagues at the open chat."""
    return desk.page.locator(".lookers")


async def both_looking(floor: Floor) -> tuple[Desk, Desk]:
    """Return two agents' pages with the same chat open."""
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat = await (await floor.customer()).chat()
    await floor.call(chat)
    await sato.open(chat)
    await suzuki.open(chat)
    await expect(lookers(sato)).not_to_be_empty()
    return sato, suzuki


async def test_two_agents_see_each_other_at_a_chat_and_who_writes_until_one_leaves(
    floor: Floor,
) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat = await (await floor.customer()).chat()
    await floor.call(chat)
    await sato.open(chat)
    await expect(lookers(sato)).to_be_empty()
    await suzuki.open(chat)
    await expect(lookers(sato)).to_contain_text("さんが見ています")
    await expect(lookers(suzuki)).to_contain_text("佐藤 花子さんが見ています")
    await suzuki.page.locator(".composer textarea").press_sequentially("確認して")
    await expect(lookers(sato)).to_contain_text("さんが書いています")
    await suzuki.page.goto(suzuki.page.url.partition("#")[0] + "#/")
    await expect(lookers(sato)).to_be_empty()


async def test_who_loses_the_chat_to_a_colleague_is_named_no_more_and_told_of_nobody(
    floor: Floor,
) -> None:
    sato, suzuki = await both_looking(floor)
    await expect(lookers(suzuki)).not_to_be_empty()
    await sato.page.get_by_role("button", name="担当する").click()
    await expect(lookers(suzuki)).to_be_empty(timeout=8_000)
    await expect(lookers(sato)).to_be_empty(timeout=8_000)


async def test_a_browser_that_dies_looks_no_more(floor: Floor) -> None:
    sato, suzuki = await both_looking(floor)
    await suzuki.context.set_offline(offline=True)
    await expect(lookers(sato)).to_be_empty(timeout=60_000)
