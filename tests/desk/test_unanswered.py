"""An assistant that stays silent: a person is called, once, and the customer is told."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from madoguchi.clock import TOKYO
from madoguchi.conversations.model import Owner
from madoguchi.desk.model import Reason
from tests.desk.reception_desk import LONG, PATIENCE, ReceptionDesk
from tests.support.databases import TestClock

SATURDAY = datetime(2026, 12, 5, 20, tzinfo=TOKYO)


class Wakes:
    """Counts how often deliveries were woken."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.fixture
def wakes() -> Wakes:
    """Who delivers."""
    return Wakes()


@pytest.fixture
def desk(reception: ReceptionDesk) -> ReceptionDesk:
    """The reception, whose engine hangs when it is told to."""
    return reception


async def hanging(desk: ReceptionDesk, text: str = "商品が届きません") -> str:
    """Return a chat at whose message the engine hangs."""
    chat = await desk.open()
    desk.engine.will(desk.engine.hangs)
    await desk.store.receive(chat, "q1", text=text)
    desk.worker.wake(chat)
    await desk.engine.was_asked(1)
    return chat


async def test_an_engine_that_hangs_brings_the_chat_to_a_person(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    await desk.agent()
    chat = await hanging(desk)
    assert await desk.unanswered.call_for(PATIENCE, wakes) == []
    clock.at += timedelta(seconds=61)
    assert await desk.unanswered.call_for(PATIENCE, wakes) == [chat]
    handoff = await desk.called(chat)
    assert (handoff.reason, handoff.detail) == (Reason.SYSTEM, "assistant")
    assert handoff.goal == "商品が届きません"
    [told] = await desk.told(chat)
    assert "担当者をお呼びしました" in told
    assert wakes.count == 1


async def test_however_often_it_is_looked_at_the_customer_is_told_once(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    chat = await hanging(desk)
    clock.at += timedelta(minutes=2)
    looks = [desk.unanswered.call_for(PATIENCE, wakes) for _ in range(4)]
    assert sorted(await asyncio.gather(*looks)) == [[], [], [], [chat]]
    assert await desk.unanswered.call_for(PATIENCE, wakes) == []
    assert len(await desk.told(chat)) == 1
    assert len(await desk.handoffs(chat)) == 1


async def test_with_nobody_there_the_customer_hears_when_somebody_is(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    clock.at = SATURDAY
    chat = await hanging(desk)
    clock.at += timedelta(minutes=2)
    await desk.unanswered.call_for(PATIENCE, wakes)
    [told] = await desk.told(chat)
    assert "次の受付は12月7日(月) 12:00から" in told
    assert await desk.owner(chat) is Owner.QUEUE


async def test_the_answer_still_comes_when_the_engine_goes_on(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    chat = await hanging(desk)
    clock.at += timedelta(minutes=2)
    await desk.unanswered.call_for(PATIENCE, wakes)
    desk.engine.go_on.set()
    async with asyncio.timeout(LONG):
        inbound = await desk.store.next_pending(chat)
        while inbound is not None and not inbound.done:
            inbound = await desk.worker.wait(inbound, 1)
    said = [message.text for message in await desk.store.messages_after(chat, 0)]
    assert said[-1] == "答え: 商品が届きません"


async def test_once_an_agent_has_it_the_late_answer_is_not_said(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    chat = await hanging(desk)
    clock.at += timedelta(minutes=2)
    await desk.unanswered.call_for(PATIENCE, wakes)
    assert await desk.ownership.take(chat, "sato")
    desk.engine.go_on.set()
    await desk.worker.stop()
    said = [message.text for message in await desk.store.messages_after(chat, 0)]
    assert "答え: 商品が届きません" not in said


async def test_an_engine_that_is_away_for_long_calls_as_well(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    desk.engine.away = True
    chat = await desk.open()
    inbound, _ = await desk.store.receive(chat, "q1", text="送料は")
    desk.worker.wake(chat)
    assert (await desk.worker.wait(inbound, LONG)).told_to_wait
    clock.at += timedelta(minutes=2)
    assert await desk.unanswered.call_for(PATIENCE, wakes) == [chat]
    first, second = await desk.told(chat)
    assert "お預かりしました" in first
    assert "担当者に引き継ぎました" in second


async def test_whom_an_agent_has_is_left_alone(
    desk: ReceptionDesk, clock: TestClock, wakes: Wakes
) -> None:
    chat = await hanging(desk)
    assert await desk.ownership.take(chat, "sato")
    clock.at += timedelta(minutes=2)
    assert await desk.unanswered.call_for(PATIENCE, wakes) == []
    assert await desk.owner(chat) is Owner.AGENT
