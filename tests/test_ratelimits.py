"""One customer's haste is no other customer's wait."""

from __future__ import annotations

import pytest

from madoguchi.problems import Problem
from madoguchi.ratelimits import RateLimits


async def assert_refused(counting: object) -> None:
    with pytest.raises(Problem) as refused:
        await counting  # type: ignore[misc]
    assert (refused.value.status, refused.value.code) == (429, "too_many_requests")
    seconds = refused.value.values["seconds"]
    assert isinstance(seconds, int)
    assert 1 <= seconds <= 61
    assert refused.value.headers == {"Retry-After": str(seconds)}


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
    for _ in range(5):
        await limits.count_message("ichiro") if _ < 2 else await assert_refused(
            limits.count_message("ichiro")
        )
    await limits.count_message("hanako")


async def test_zero_is_no_limit() -> None:
    limits = RateLimits(messages=0, conversations=5)
    for _ in range(100):
        await limits.count_message("hanako")
        await limits.count_conversation("127.0.0.1")
