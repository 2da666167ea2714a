"""Every skill while the shop's systems are away, lose an answer, or are asked by two at once."""

from __future__ import annotations

import asyncio

import pytest

from madoguchi.systems.model import SystemUnavailableError
from tests.channels.web.skills.dialogues import EVERY, INQUIRIES, Dialogue
from tests.channels.web.skills.service import ShopService
from tests.channels.web.skills.situations import at_the_end

pytestmark = pytest.mark.asyncio(loop_scope="package")

DIALOGUES = EVERY
AWAY = "ただいま確認のシステムにつながらず、お調べできませんでした。"
UNKNOWN = "お手続きが完了したかどうかを確認できませんでした。"
INQUIRY = "問い合わせる・担当者と話す"


async def test_systems_that_are_away_are_admitted_and_work_again_afterwards(
    service: ShopService, asking: Dialogue
) -> None:
    thing = await service.thing(asking)
    customer = await service.customer(asking.site)
    texts = [*service.texts(asking, thing), *([asking.yes] if asking.yes else [])]
    async with service.away():
        for text in texts:
            await customer.say(text)
            if customer.last["kind"] == "fallback":
                break
        assert AWAY in customer.text or UNKNOWN in customer.text
        assert INQUIRY in customer.titles
    assert await service.changes_by(customer) == 0
    await customer.say(*texts)
    assert asking.done in customer.text
    assert await service.changes_by(customer) == asking.changes


async def test_inquiries_are_taken_and_told_of_while_the_systems_are_away(
    service: ShopService, not_asking: Dialogue
) -> None:
    async with service.away():
        customer = await at_the_end(service, not_asking)
        if not_asking.yes is not None:
            await customer.tap(not_asking.yes)
    assert not_asking.done in customer.text


async def test_who_meets_systems_that_are_away_can_leave_an_inquiry(service: ShopService) -> None:
    customer = await service.customer("store")
    async with service.away():
        await customer.say("在庫の場所を教えてください", "1002045871")
        await customer.tap(INQUIRY)
        await customer.say(*INQUIRIES[0].says, str(INQUIRIES[0].yes))
    assert INQUIRIES[0].done in customer.text
    assert await service.changes_by(customer) == 1


async def test_systems_that_go_away_before_the_yes_change_nothing(
    service: ShopService, changing: Dialogue
) -> None:
    customer = await at_the_end(service, changing)
    async with service.away():
        await customer.tap(str(changing.yes))
    assert AWAY in customer.text or UNKNOWN in customer.text
    assert INQUIRY in customer.titles
    assert await service.changes_by(customer) == 0


async def test_a_change_whose_answer_is_lost_is_not_called_undone_and_not_made_again(
    service: ShopService, changing_one: Dialogue
) -> None:
    thing = await service.own(changing_one)
    customer = await at_the_end(service, changing_one, thing)
    with service.losing_answers(str(changing_one.call), SystemUnavailableError("lost")):
        await customer.tap(str(changing_one.yes))
    assert UNKNOWN in customer.text
    assert await service.changes_of(thing) == 1
    await customer.say(changing_one.opening)
    assert customer.last["kind"] == "result"
    assert await service.changes_of(thing) == 1


async def test_two_conversations_that_say_yes_at_the_same_instant_change_it_once(
    service: ShopService, changing_one: Dialogue
) -> None:
    thing = await service.own(changing_one)
    windows = [await at_the_end(service, changing_one, thing) for _ in range(2)]
    await asyncio.gather(*(window.tap(str(changing_one.yes)) for window in windows))
    assert sum(changing_one.done in window.text for window in windows) == 1
    assert all(window.last["kind"] == "result" for window in windows)
    assert await service.changes_of(thing) == 1
