"""One customer's haste is no other customer's wait."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis

from madoguchi.problems import Problem
from madoguchi.ratelimits import RateLimits
from tests.support.redis import RedisServer, throwaway_redis


async def assert_refused(counting: object) -> int:
    """Return for how many seconds it was refused."""
    with pytest.raises(Problem) as refused:
        await counting  # type: ignore[misc]
    assert (refused.value.status, refused.value.code) == (429, "too_many_requests")
    seconds = refused.value.values["seconds"]
    assert isinstance(seconds, int)
    assert 1 <= seconds <= 61
    assert refused.value.headers == {"Retry-After": str(seconds)}
    return seconds


async def test_so_many_messages_are_taken_and_no_more() -> None:
    limits = RateLimits(messages=3, conversations=1)
    for _ in range(3):
        await limits.count_message("hanako")
    await assert_refused(limits.count_message("hanako"))


async def test_another_customer_is_not_held_up() -> None:
    limits = RateLimits(messages=1, conversations=1)
    await limits.count_message("hanako")
    await assert_refused(limits.count_message("hanako"))
    await limits.count_message("ichiro")


async def test_messages_and_conversations_are_counted_apart() -> None:
    limits = RateLimits(messages=1, conversations=1)
    await limits.count_message("127.0.0.1")
    await limits.count_conversation("127.0.0.1")
    await assert_refused(limits.count_conversation("127.0.0.1"))


async def test_a_refused_message_does_not_lengthen_the_wait() -> None:
    limits = RateLimits(messages=2, conversations=1)
    await limits.count_message("hanako")
    for _ in range(2):
        await limits.count_message("ichiro")
    waits = [await assert_refused(limits.count_message("ichiro")) for _ in range(5)]
    assert waits == sorted(waits, reverse=True)
    await limits.count_message("hanako")


async def test_zero_is_no_limit() -> None:
    limits = RateLimits(messages=0, conversations=5)
    for _ in range(100):
        await limits.count_message("hanako")
        await limits.count_conversation("127.0.0.1")


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A Redis server of the test's own."""
    with throwaway_redis() as server:
        yield server


async def test_two_processes_with_redis_count_together(redis: RedisServer) -> None:
    processes = [RateLimits(3, 3, redis.url) for _ in range(2)]
    for number in range(3):
        await processes[number % 2].count_message("hanako")
    for limits in processes:
        await assert_refused(limits.count_message("hanako"))
        await limits.count_message("ichiro")
        await limits.close()


async def test_many_at_once_in_two_processes_are_counted_one_by_one(redis: RedisServer) -> None:
    if not redis.is_real:
        pytest.skip("there is no redis-server: install Debian's package 'redis-server'")
    processes = [RateLimits(7, 7, redis.url) for _ in range(2)]
    outcomes = await asyncio.gather(
        *(processes[number % 2].count_conversation("192.0.2.1") for number in range(20)),
        return_exceptions=True,
    )
    assert sum(outcome is None for outcome in outcomes) == 7
    for limits in processes:
        await limits.close()


async def test_two_services_on_one_redis_count_apart(redis: RedisServer) -> None:
    one, other = RateLimits(1, 1, redis.url, "one"), RateLimits(1, 1, redis.url, "other")
    await one.count_message("hanako")
    await other.count_message("hanako")
    await assert_refused(one.count_message("hanako"))
    await one.close()
    await other.close()


async def test_redis_is_not_told_who_the_customers_are(redis: RedisServer) -> None:
    limits = RateLimits(3, 3, redis.url)
    await limits.count_message("M-0001")
    await limits.count_conversation("192.0.2.1")
    async with Redis.from_url(redis.url, protocol=2) as client:
        keys = [repr(key) for key in await client.keys("*")]
    assert len(keys) == 2
    assert all("madoguchi:limits" in key for key in keys)
    assert not any("M-0001" in key or "192.0.2.1" in key for key in keys)
    await limits.close()


async def test_without_its_redis_a_process_counts_alone(redis: RedisServer) -> None:
    if not redis.is_real:
        pytest.skip("there is no redis-server: install Debian's package 'redis-server'")
    limits = RateLimits(2, 2, redis.url)
    await limits.count_message("hanako")
    redis.kill()
    for _ in range(2):
        await limits.count_message("hanako")
    await assert_refused(limits.count_message("hanako"))
    await limits.close()


async def test_a_redis_that_never_was_there_refuses_nobody() -> None:
    limits = RateLimits(1, 1, "redis://127.0.0.1:1/0")
    await limits.count_message("hanako")
    await assert_refused(limits.count_message("hanako"))
    await limits.close()
