"""What is done now and then goes on after a failure, and ends with the service."""

from __future__ import annotations

import asyncio

from madoguchi.periodic import Periodic


async def test_it_goes_on_after_a_failure_until_it_is_stopped() -> None:
    done: list[int] = []
    enough = asyncio.Event()

    async def work() -> None:
        done.append(len(done))
        if len(done) == 2:
            raise ValueError("not this time")
        if len(done) == 4:
            enough.set()

    async with Periodic("test", 0.0, work), asyncio.timeout(10):
        await enough.wait()
    count = len(done)
    await asyncio.sleep(0)
    assert count >= 4
    assert len(done) == count


async def test_one_that_never_began_may_be_stopped() -> None:
    async def work() -> None:
        """Do nothing."""

    await Periodic("test", 1.0, work).stop()
