"""The month's messages are counted, and the last ones are kept for people."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from linebot.v3.messaging import TextMessage
from prometheus_client import REGISTRY

from madoguchi.channels.line.client import LineClient
from madoguchi.channels.line.quota import Quota
from tests.line_platform import faults
from tests.line_platform.customer import Customer
from tests.line_platform.fake import FakeLine

RESERVE = 20


class Moving:
    """A clock that is moved by hand."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


class Told:
    """A source of figures that says what it is told to."""

    def __init__(self, limit: int | None, used: int) -> None:
        self.figures = limit, used

    async def quota(self) -> tuple[int | None, int]:
        return self.figures


class Silent:
    """A source of figures that never answers."""

    def __init__(self) -> None:
        self.asked = 0

    async def quota(self) -> tuple[int | None, int]:
        self.asked += 1
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
def clock(line: FakeLine) -> Moving:
    """The service's clock."""
    return Moving(line.clock.now())


@pytest.fixture
def quota(client: LineClient, clock: Moving) -> Quota:
    """The quota under test, on the stand-in's figures."""
    return Quota(client, clock, RESERVE)


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(f"madoguchi_line_quota_{name}")


async def push(client: LineClient, hana: Customer) -> None:
    outcome = await client.push(hana.id, [TextMessage(text="a")], uuid4())
    assert outcome.counted == 1


async def test_what_is_left_is_the_limit_less_what_was_sent(
    line: FakeLine, client: LineClient, hana: Customer, quota: Quota
) -> None:
    await push(client, hana)
    assert await quota.remaining() == 199
    assert (gauge("limit"), gauge("used")) == (200, 1)


async def test_without_a_limit_everything_may_be_pushed(line: FakeLine, quota: Quota) -> None:
    line.platform.quota.limit = None
    assert await quota.remaining() is None
    assert await quota.may_push(by_bot=True)
    assert gauge("limit") == math.inf


async def test_own_pushes_are_counted_between_two_readings(line: FakeLine, quota: Quota) -> None:
    assert await quota.remaining() == 200
    quota.count(1)
    quota.count(1)
    assert await quota.remaining() == 198
    assert gauge("used") == 2
    assert len(line.calls("quota")) == 1


async def test_the_figures_are_read_again_after_five_minutes(
    line: FakeLine, clock: Moving, quota: Quota
) -> None:
    await quota.remaining()
    line.platform.quota.set_used(50, line.clock.now())
    clock.at += timedelta(minutes=4, seconds=59)
    assert await quota.remaining() == 200
    clock.at += timedelta(seconds=1)
    assert await quota.remaining() == 150
    assert (len(line.calls("quota")), len(line.calls("consumption"))) == (2, 2)


async def test_many_at_once_read_the_figures_once(line: FakeLine, quota: Quota) -> None:
    assert all(await asyncio.gather(*(quota.may_push(by_bot=True) for _ in range(20))))
    assert len(line.calls("quota")) == 1


async def test_near_the_end_only_people_may_push(line: FakeLine, quota: Quota) -> None:
    line.platform.quota.set_used(179, line.clock.now())
    assert await quota.may_push(by_bot=True)
    quota.count(1)
    assert not await quota.may_push(by_bot=True)
    assert await quota.may_push(by_bot=False)


async def test_at_the_end_nobody_may_push(line: FakeLine, quota: Quota) -> None:
    line.platform.quota.set_used(200, line.clock.now())
    assert not await quota.may_push(by_bot=False)
    assert not await quota.may_push(by_bot=True)


async def test_line_s_refusal_counts_more_than_its_figures(clock: Moving, quota: Quota) -> None:
    assert await quota.may_push(by_bot=False)
    quota.used_up()
    assert await quota.remaining() == 0
    assert not await quota.may_push(by_bot=False)
    clock.at += timedelta(minutes=5)
    assert await quota.may_push(by_bot=False)


@pytest.mark.parametrize("fault", ["unauthorized", "rate_limit", "server_error", "resets"])
async def test_a_failed_reading_keeps_nothing_back(
    line: FakeLine, quota: Quota, fault: str
) -> None:
    line.fail("quota", faults.BY_NAME[fault])
    assert await quota.may_push(by_bot=True)


async def test_figures_that_do_not_come_are_not_waited_for(clock: Moving) -> None:
    silent = Silent()
    quota = Quota(silent, clock, RESERVE, patience_seconds=0.01)
    assert await quota.may_push(by_bot=True)
    assert await quota.may_push(by_bot=True)
    assert silent.asked == 1


async def test_after_a_failed_reading_the_last_figures_count(
    line: FakeLine, clock: Moving, quota: Quota
) -> None:
    line.platform.quota.set_used(180, line.clock.now())
    assert not await quota.may_push(by_bot=True)
    clock.at += timedelta(minutes=5)
    line.fail("quota", faults.server_error(), times=None)
    assert not await quota.may_push(by_bot=True)
    assert len(line.calls("quota")) == 2
    line.mend()
    line.platform.quota.set_used(0, line.clock.now())
    clock.at += timedelta(seconds=59)
    assert not await quota.may_push(by_bot=True)
    clock.at += timedelta(seconds=1)
    assert await quota.may_push(by_bot=True)


async def test_last_month_s_figures_say_nothing_about_this_month(
    line: FakeLine, client: LineClient
) -> None:
    # In Japan the month begins nine hours before it does in UTC.
    clock = Moving(datetime(2026, 11, 30, 14, 59, tzinfo=UTC))
    quota = Quota(client, clock, RESERVE)
    line.platform.quota.set_used(200, line.clock.now())
    assert await quota.remaining() == 0
    line.fail("quota", faults.server_error(), times=None)
    clock.at += timedelta(minutes=5)
    assert await quota.remaining() is None


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 500), st.integers(0, 50))
def test_people_may_always_push_when_the_bot_may(
    limit: int, used: int, reserve: int, pushed: int
) -> None:
    async def look() -> None:
        quota = Quota(Told(limit, used), Moving(datetime(2026, 12, 1, tzinfo=UTC)), reserve)
        await quota.remaining()
        quota.count(pushed)
        bot, people = await quota.may_push(by_bot=True), await quota.may_push(by_bot=False)
        left = max(0, limit - used - pushed)
        assert (bot, people) == (left > reserve, left > 0)
        assert people or not bot

    asyncio.run(look())
