"""Waiting: for what happens, without looking at the clock; and saying what happened instead."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.line_platform.clock import LineClock
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine
from tests.line_platform.tests.conftest import PUSH, push, text


async def test_a_customer_waits_for_a_bubble_that_is_still_to_come(
    hana: Customer, api: httpx.AsyncClient
) -> None:
    waiting = asyncio.create_task(hana.receives())
    await api.post(PUSH, json=push(hana.id, text("お待たせしました。")))
    [bubble] = await waiting
    assert bubble.text == "お待たせしました。"


async def test_a_test_waits_for_a_call_that_is_still_to_come(
    line: FakeLine, api: httpx.AsyncClient
) -> None:
    waiting = asyncio.create_task(line.called("bot_info"))
    await api.get("/v2/bot/info")
    [call] = await waiting
    assert (call.endpoint, call.status) == ("bot_info", 200)


async def test_bubbles_that_do_not_come_are_a_failure_that_says_which_did(
    line: FakeLine, hana: Customer, api: httpx.AsyncClient
) -> None:
    await api.post(PUSH, json=push(hana.id, text("1つだけ")))
    line.platform.changes.patience_seconds = 0
    with pytest.raises(AssertionError, match=r"佐藤 花子 got .*1つだけ.*not 2 bubbles"):
        await hana.receives(2)
    assert len(await hana.receives(1)) == 1


async def test_calls_that_do_not_come_are_a_failure_that_says_which_did(
    line: FakeLine, api: httpx.AsyncClient
) -> None:
    await api.get("/v2/bot/info")
    line.platform.changes.patience_seconds = 0
    with pytest.raises(AssertionError, match=r"push was not called 1 times.*bot_info"):
        await line.called("push")


def test_the_clock_stands_still_until_it_is_moved_on() -> None:
    start = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    clock = LineClock(start)
    assert clock.now() == start
    clock.advance(1.5)
    clock.advance(timedelta(minutes=1))
    assert clock.now() == start + timedelta(seconds=61.5)
    assert clock.milliseconds() == int(start.timestamp() * 1000) + 61_500
    with pytest.raises(ValueError, match="does not go back"):
        clock.advance(-1)


def test_a_running_clock_can_be_moved_on_too() -> None:
    clock = LineClock(running=True)
    before = clock.now()
    clock.advance(3600)
    assert clock.now() - before >= timedelta(hours=1)
    assert datetime.now(UTC) - before < timedelta(hours=1)


def test_a_clock_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        LineClock(datetime(2026, 12, 1))  # noqa: DTZ001 - this is what is refused
