"""What one process publishes reaches the others, over whichever bus, and never a message's text."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from madoguchi.conversations.bus import Bus, LocalBus, Notice, RedisBus
from tests.support.redis import RedisServer, throwaway_redis

type OpenOffice = Callable[[], Awaitable[Office]]

LONG = 30.0
TYPING = {"from": "bot", "on": True}


class Office:
    """What one process hears."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.notices: list[Notice] = []
        self.gaps = 0
        self._changed = asyncio.Event()

    def heard(self, notice: Notice) -> None:
        self.notices.append(notice)
        self._changed.set()

    def missed(self) -> None:
        self.gaps += 1
        self._changed.set()

    async def start(self) -> None:
        """Return when it is on the bus."""
        await self.bus.start(self)
        await self.until(lambda: self.gaps > 0)

    async def until(self, reached: Callable[[], bool]) -> None:
        """Return when it has heard so much."""
        async with asyncio.timeout(LONG):
            while not reached():
                self._changed.clear()
                await self._changed.wait()

    async def hears(self, count: int) -> list[Notice]:
        await self.until(lambda: len(self.notices) >= count)
        return self.notices


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis server of the test's own."""
    with throwaway_redis() as server:
        yield server


@pytest.fixture(params=["local", "redis"])
def new_bus(request: pytest.FixtureRequest) -> Callable[[], Bus]:
    """Make buses that reach each other: the tests that use it are the contract of both kinds."""
    if request.param == "local":
        hub: set[LocalBus] = set()
        return lambda: LocalBus(hub)
    server: RedisServer = request.getfixturevalue("redis")
    return lambda: RedisBus(server.url)


@pytest.fixture
async def open_office(new_bus: Callable[[], Bus]) -> AsyncIterator[OpenOffice]:
    """Open processes that are on the bus."""
    async with AsyncExitStack() as stack:

        async def opened() -> Office:
            office = Office(new_bus())
            stack.push_async_callback(office.bus.close)
            await office.start()
            return office

        yield opened


async def two(open_office: OpenOffice) -> tuple[Office, Office]:
    return await open_office(), await open_office()


async def test_what_one_publishes_the_others_hear(open_office: OpenOffice) -> None:
    one, other = await two(open_office)
    third = await open_office()
    one.bus.publish(Notice("c1", "message", seq=7))
    for office in (other, third):
        assert await office.hears(1) == [Notice("c1", "message", seq=7)]


async def test_nobody_hears_itself(open_office: OpenOffice) -> None:
    one, other = await two(open_office)
    one.bus.publish(Notice("c1", "message", seq=1))
    await other.hears(1)
    other.bus.publish(Notice("c1", "message", seq=2))
    assert await one.hears(1) == [Notice("c1", "message", seq=2)]
    assert other.notices == [Notice("c1", "message", seq=1)]


async def test_what_one_publishes_is_heard_in_its_order(open_office: OpenOffice) -> None:
    one, other = await two(open_office)
    published = [Notice(f"c{number % 3}", "message", seq=number + 1) for number in range(200)]
    for notice in published:
        one.bus.publish(notice)
    assert await other.hears(200) == published


async def test_a_passing_state_comes_with_its_data(open_office: OpenOffice) -> None:
    one, other = await two(open_office)
    one.bus.publish(Notice("c1", "typing", data=TYPING))
    assert await other.hears(1) == [Notice("c1", "typing", data=TYPING)]


async def test_one_that_left_hears_no_more_and_holds_nobody_up(
    open_office: OpenOffice,
) -> None:
    one, other = await two(open_office)
    await other.bus.close()
    one.bus.publish(Notice("c1", "message", seq=1))
    other.bus.publish(Notice("c1", "message", seq=2))
    third = await open_office()
    one.bus.publish(Notice("c1", "message", seq=3))
    await third.until(lambda: Notice("c1", "message", seq=3) in third.notices)
    assert other.notices == []
    assert one.notices == []


async def test_whoever_joins_is_told_that_it_may_have_missed_something(
    open_office: OpenOffice,
) -> None:
    one, other = await two(open_office)
    assert (one.gaps, other.gaps) == (1, 1)


async def test_what_is_published_before_the_start_is_no_error(new_bus: Callable[[], Bus]) -> None:
    bus = new_bus()
    bus.publish(Notice("c1", "message", seq=1))
    await bus.close()


def test_a_process_alone_knows_that_it_hears_nobody() -> None:
    assert not LocalBus().hears_others


async def test_with_redis_a_process_knows_that_it_hears_the_others(redis: RedisServer) -> None:
    office = Office(RedisBus(redis.url))
    assert not office.bus.hears_others
    await office.bus.start(office)
    await office.until(lambda: office.gaps > 0)
    assert office.bus.hears_others
    await office.bus.close()
    assert not office.bus.hears_others


async def test_two_services_on_one_redis_do_not_hear_each_other(redis: RedisServer) -> None:
    offices = [Office(RedisBus(redis.url, prefix)) for prefix in ("a", "b", "a")]
    for office in offices:
        await office.start()
    offices[0].bus.publish(Notice("c1", "message", seq=1))
    assert await offices[2].hears(1) == [Notice("c1", "message", seq=1)]
    assert offices[1].notices == []
    for office in offices:
        await office.bus.close()


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"origin": "x"}',
        b'{"origin": "x", "conversation": "c1", "event": "message", "seq": 0}',
        b'{"origin": "x", "conversation": "c1", "event": "message", "seq": "\xe4\xb8\x80"}',
        b'{"origin": "x", "conversation": "c1", "event": "typing", "data": [1]}',
        b'{"origin": "x", "conversation": "%s", "event": "typing"}' % (b"c" * 65),
    ],
)
async def test_what_nobody_of_ours_wrote_is_passed_over(redis: RedisServer, garbage: bytes) -> None:
    one, other = Office(RedisBus(redis.url)), Office(RedisBus(redis.url))
    for office in (one, other):
        await office.start()
    async with Redis.from_url(redis.url, protocol=2) as client:
        await client.publish("madoguchi:conversations", garbage)
    one.bus.publish(Notice("c1", "message", seq=1))
    assert await other.hears(1) == [Notice("c1", "message", seq=1)]
    for office in (one, other):
        await office.bus.close()


async def test_a_redis_that_comes_back_is_found_again(redis: RedisServer) -> None:
    if not redis.is_real:
        pytest.skip("there is no redis-server: install Debian's package 'redis-server'")
    one, other = Office(RedisBus(redis.url)), Office(RedisBus(redis.url))
    for office in (one, other):
        await office.start()
    redis.kill()
    for office in (one, other):
        await office.until(lambda office=office: office.gaps == 2)  # type: ignore[misc]
        assert not office.bus.hears_others
    # A message's notice waits for Redis; what is over by then does not.
    for _ in range(2):
        one.bus.publish(Notice("c1", "message", seq=1))
        one.bus.publish(Notice("c1", "typing", data=TYPING))
    redis.start()
    for office in (one, other):
        await office.until(lambda office=office: office.gaps == 3)  # type: ignore[misc]
        assert office.bus.hears_others
    one.bus.publish(Notice("c1", "message", seq=2))
    await other.until(lambda: Notice("c1", "message", seq=2) in other.notices)
    for office in (one, other):
        await office.bus.close()


async def test_a_redis_that_is_not_there_holds_nothing_up() -> None:
    """Neither the start, nor publishing, nor the end."""
    office = Office(RedisBus("redis://127.0.0.1:1/0"))
    await office.bus.start(office)
    for number in range(3000):
        office.bus.publish(Notice("c1", "message", seq=number + 1))
        office.bus.publish(Notice("c1", "typing", data=TYPING))
    async with asyncio.timeout(LONG):
        await office.bus.close()
    assert not office.bus.hears_others
    assert office.gaps == 0


notices = st.builds(
    Notice,
    st.text("0123456789abcdef", min_size=1, max_size=32),
    st.sampled_from(["message", "typing", "owner"]),
    st.integers(1, 2**31 - 1) | st.none(),
)


@given(st.lists(notices, max_size=20))
def test_a_hub_hands_on_exactly_what_was_published(published: list[Notice]) -> None:
    async def run() -> list[Notice]:
        hub: set[LocalBus] = set()
        one, other = Office(LocalBus(hub)), Office(LocalBus(hub))
        await one.bus.start(one)
        await other.bus.start(other)
        for notice in published:
            one.bus.publish(notice)
        assert one.notices == []
        return other.notices

    assert asyncio.run(run()) == published
