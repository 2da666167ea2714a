"""One process at a time holds a lease, on each database, whoever dies or stands still meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.conversations.lease_tables import LeaseRow
from madoguchi.conversations.leases import Alone, LeaseLostError, Leases
from madoguchi.database import open_database
from tests.support.logs import printed_logs

NAME = "conversation:c1"


class Machine:
    """The time that all processes of a test go by."""

    def __init__(self) -> None:
        self.time = datetime(2026, 12, 1, 0, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def machine() -> Machine:
    """A machine on which no time passes by itself."""
    return Machine()


@pytest.fixture
async def ours(database: AsyncEngine, machine: Machine) -> Leases:
    """The leases of one process."""
    return Leases(database, "ours", 10, now=machine.now)


@pytest.fixture
async def theirs(
    database: AsyncEngine, database_url: str, machine: Machine
) -> AsyncIterator[Leases]:
    """The leases of another process, with connections of its own."""
    engine = open_database(database_url)
    yield Leases(engine, "theirs", 10, now=machine.now)
    await engine.dispose()


async def test_a_lease_has_one_holder(ours: Leases, theirs: Leases) -> None:
    assert await ours.take(NAME)
    assert not await theirs.take(NAME)
    assert await theirs.take("conversation:c2")
    assert ours.holds(NAME)
    assert not theirs.holds(NAME)


async def test_whether_a_lease_is_free_is_seen_without_taking_it(
    ours: Leases, theirs: Leases, machine: Machine
) -> None:
    assert await theirs.free(NAME)
    await ours.take(NAME)
    assert await ours.free(NAME)
    assert not await theirs.free(NAME)
    machine.pass_by(10)
    assert await theirs.free(NAME)
    assert await ours.take(NAME)


async def test_whoever_holds_a_lease_may_take_it_again(ours: Leases, machine: Machine) -> None:
    assert await ours.take(NAME)
    machine.pass_by(9)
    assert await ours.take(NAME)
    machine.pass_by(9)
    assert ours.holds(NAME)


async def test_what_is_given_back_is_free(ours: Leases, theirs: Leases) -> None:
    await ours.take(NAME)
    await ours.release(NAME)
    assert not ours.holds(NAME)
    assert await theirs.take(NAME)


async def test_nobody_gives_back_what_is_another_ones(ours: Leases, theirs: Leases) -> None:
    await ours.take(NAME)
    await theirs.release(NAME)
    assert not await theirs.take(NAME)


async def test_the_lease_of_a_process_that_was_killed_ends_by_itself(
    ours: Leases, theirs: Leases, machine: Machine
) -> None:
    await ours.take(NAME)
    machine.pass_by(9.9)
    assert not await theirs.take(NAME)
    machine.pass_by(0.1)
    assert not ours.holds(NAME)
    assert await theirs.take(NAME)
    assert not await ours.take(NAME)


async def test_a_renewed_lease_lasts_on(ours: Leases, theirs: Leases, machine: Machine) -> None:
    await ours.take(NAME)
    for _ in range(5):
        machine.pass_by(9)
        assert await ours.renew() == set()
    assert ours.holds(NAME)
    assert not await theirs.take(NAME)


async def test_a_renewal_tells_what_was_lost(
    ours: Leases, theirs: Leases, machine: Machine
) -> None:
    await ours.take(NAME)
    await ours.take("conversation:c2")
    machine.pass_by(11)
    await theirs.take(NAME)
    assert await ours.renew() == {NAME}
    assert not ours.holds(NAME)
    assert ours.holds("conversation:c2")
    assert theirs.holds(NAME)


async def test_a_renewal_with_nothing_to_renew_does_nothing(ours: Leases) -> None:
    assert await ours.renew() == set()


async def test_a_block_holds_its_lease_to_its_end(ours: Leases, theirs: Leases) -> None:
    async with ours.held(NAME) as held:
        assert held
        async with theirs.held(NAME) as refused:
            assert not refused
        assert not await theirs.take(NAME)
    assert await theirs.take(NAME)


async def test_two_tasks_of_one_process_do_not_hold_the_same(ours: Leases, theirs: Leases) -> None:
    async with ours.held(NAME):
        async with ours.held(NAME) as second:
            assert not second
        # The second has not given back what the first one holds.
        assert not await theirs.take(NAME)


async def test_a_block_that_fails_gives_its_lease_back(ours: Leases, theirs: Leases) -> None:
    with pytest.raises(RuntimeError):
        async with ours.held(NAME):
            raise RuntimeError
    assert await theirs.take(NAME)


async def test_a_block_that_is_cancelled_gives_its_lease_back(ours: Leases, theirs: Leases) -> None:
    inside = asyncio.Event()

    async def hold() -> None:
        async with ours.held(NAME):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hold())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await theirs.take(NAME)


async def test_of_two_processes_that_race_exactly_one_wins_each_of_a_hundred_times(
    ours: Leases, theirs: Leases, machine: Machine
) -> None:
    """For new leases, for ended ones and for ones that are being given back."""
    for number in range(100):
        name = f"conversation:{number % 40}"
        won = await asyncio.gather(ours.take(name), theirs.take(name))
        assert sorted(won) == [False, True]
        winner, loser = (ours, theirs) if won[0] else (theirs, ours)
        if number % 3 == 0:
            machine.pass_by(10)
        elif number % 3 == 1:
            _, late = await asyncio.gather(winner.release(name), loser.take(name))
            assert not (winner.holds(name) and late)
            await loser.release(name)
        else:
            await winner.release(name)


async def test_many_at_once_never_hold_the_same(database_url: str, database: AsyncEngine) -> None:
    """Six processes go in and out of one block, and none meets another there."""
    inside, most = 0, 0

    async def go_in_and_out(leases: Leases) -> None:
        nonlocal inside, most
        been = 0
        while been < 10:
            async with leases.held(NAME) as held:
                if not held:
                    continue
                inside += 1
                been += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

    async with AsyncExitStack() as stack:
        engines = [open_database(database_url) for _ in range(6)]
        for engine in engines:
            stack.push_async_callback(engine.dispose)
        holders = [Leases(engine, f"process-{n}") for n, engine in enumerate(engines)]
        async with asyncio.timeout(120):
            await asyncio.gather(*(go_in_and_out(leases) for leases in holders))
    assert most == 1


async def stored_by(database: AsyncEngine, leases: Leases) -> None:
    """Store something that must only count under the lease."""
    async with AsyncSession(database) as session, session.begin():
        session.add(LeaseRow(name="work", holder="done", expires_at=datetime.now(UTC)))
        await session.flush()
        await leases.assure(session, NAME)


async def is_stored(database: AsyncEngine) -> bool:
    async with AsyncSession(database) as session:
        return await session.scalar(select(LeaseRow.name).where(LeaseRow.name == "work")) == "work"


async def test_what_is_done_under_a_lease_counts(ours: Leases, database: AsyncEngine) -> None:
    await ours.take(NAME)
    await stored_by(database, ours)
    assert await is_stored(database)


async def test_what_is_done_after_the_lease_went_to_another_does_not_count(
    ours: Leases, theirs: Leases, machine: Machine, database: AsyncEngine
) -> None:
    await ours.take(NAME)
    machine.pass_by(11)
    await theirs.take(NAME)
    with pytest.raises(LeaseLostError):
        await stored_by(database, ours)
    assert not await is_stored(database)


async def test_nobody_takes_a_lease_in_the_middle_of_a_transaction_under_it(
    ours: Leases, theirs: Leases, machine: Machine, database: AsyncEngine
) -> None:
    """The other one gets it when the transaction has ended, and sees what it has left."""
    await ours.take(NAME)
    machine.pass_by(11)
    async with AsyncSession(database) as session, session.begin():
        await ours.assure(session, NAME)
        taking = asyncio.create_task(theirs.take(NAME))
        for _ in range(20):
            await session.scalar(select(LeaseRow.holder))
        assert not taking.done()
    assert await taking


async def test_the_heartbeat_renews_what_is_held(
    database: AsyncEngine, theirs: Leases, machine: Machine
) -> None:
    async with Leases(database, "ours", 0.3, now=machine.now) as ours:
        await ours.take(NAME)
        first = await ends(database)
        machine.pass_by(0.2)
        async with asyncio.timeout(30):
            while await ends(database) == first:  # noqa: ASYNC110  (the heartbeat tells nobody)
                await asyncio.sleep(0.01)
        assert ours.holds(NAME)
    # It was given back at the end: nobody has to wait for it.
    assert await theirs.take(NAME)


async def test_the_heartbeat_outlives_a_database_that_fails(
    database: AsyncEngine, machine: Machine
) -> None:
    with printed_logs("ERROR") as printed:
        async with Leases(database, "ours", 0.03, now=machine.now) as ours:
            await ours.take(NAME)
            await rename(database, "leases", "elsewhere")
            async with asyncio.timeout(30):
                while "leases not renewed" not in printed.getvalue():  # noqa: ASYNC110  (a log)
                    await asyncio.sleep(0.01)
            await rename(database, "elsewhere", "leases")
            first = await ends(database)
            machine.pass_by(0.02)
            async with asyncio.timeout(30):
                while await ends(database) == first:  # noqa: ASYNC110  (the heartbeat tells nobody)
                    await asyncio.sleep(0.01)
            assert ours.holds(NAME)


async def test_a_lease_that_cannot_be_given_back_is_no_failure_of_the_work(
    ours: Leases, theirs: Leases, database: AsyncEngine, machine: Machine
) -> None:
    async with ours.held(NAME):
        await rename(database, "leases", "elsewhere")
    assert not ours.holds(NAME)
    await rename(database, "elsewhere", "leases")
    assert not await theirs.take(NAME)
    machine.pass_by(10)
    assert await theirs.take(NAME)


async def rename(database: AsyncEngine, table: str, name: str) -> None:
    """Take the table out of reach, as a database that is away is, or put it back."""
    async with database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


async def ends(database: AsyncEngine) -> datetime | None:
    async with AsyncSession(database) as session:
        return await session.scalar(select(LeaseRow.expires_at).where(LeaseRow.name == NAME))


async def test_a_process_alone_holds_everything(database: AsyncEngine) -> None:
    alone = Alone()
    async with alone.held(NAME) as held, AsyncSession(database) as session:
        assert held
        assert alone.holds(NAME)
        assert await alone.free(NAME)
        await alone.assure(session, NAME)
