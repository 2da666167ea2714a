"""Seeded again, the demo shops stay around today, and what customers changed stays changed."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.knowledge.business import business
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.demo import demo_numbers
from madoguchi.systems.embedded.demo_data import demo
from madoguchi.systems.model import Slot
from tests.support.demo import NOW, TODAY, orders_of, rentals_of, seed, shop_at


async def test_everything_is_stored_on_both_databases(either: AsyncEngine) -> None:
    for days in (0, 0, 1, 90):
        at = NOW + timedelta(days=days)
        assert await seed(either, at)
        assert len(await orders_of(either, at)) == len(demo().orders)
        assert len(await rentals_of(either)) == len(demo().rentals)


async def test_processes_that_start_at_once_seed_once(either: AsyncEngine) -> None:
    for at in (NOW, NOW + timedelta(days=1)):
        assert await asyncio.gather(*(seed(either, at) for _ in range(3))) == [True] * 3
        assert len(await orders_of(either, at)) == len(demo().orders)


async def test_seeding_again_changes_nothing(seeded: AsyncEngine) -> None:
    numbers, orders = await demo_numbers(seeded), await orders_of(seeded)
    await seed(seeded)
    assert await demo_numbers(seeded) == numbers
    assert await orders_of(seeded) == orders


async def test_days_later_the_days_are_around_the_new_today(seeded: AsyncEngine) -> None:
    before = (await orders_of(seeded))["return-day-15"]
    later = NOW + timedelta(days=7)
    await seed(seeded, later)
    after = (await orders_of(seeded, later))["return-day-15"]
    assert before.shipped_on is not None
    assert after.shipped_on == before.shipped_on + timedelta(days=7)
    assert await shop_at(seeded, later).orders.get(before.number) is None


async def test_what_a_customer_changed_stays_as_it_is(seeded: AsyncEngine) -> None:
    name = "bank-pending"
    number = (await demo_numbers(seeded))[name]
    await shop_at(seeded).orders.cancel(number, "key-1")
    await shop_at(seeded).rentals.request_buyout("R-000123", "hanako@example.jp", "key-2")
    await seed(seeded, NOW + timedelta(days=7))
    assert (await orders_of(seeded))[name].state is OrderState.CANCELLED
    assert (await orders_of(seeded))[name].number == number
    assert (await rentals_of(seeded))["fixed-rental"].buyout_requested_on == TODAY


async def test_a_transfer_that_a_customer_cancelled_stays_cancelled(seeded: AsyncEngine) -> None:
    number = (await demo_numbers(seeded))["inside-15-minutes"]
    await shop_at(seeded).stores.cancel_transfer(number, "key-1")
    await seed(seeded, NOW + timedelta(days=7))
    transfer = await shop_at(seeded).stores.transfer(number)
    assert transfer is not None
    assert transfer.state == "cancelled"


async def test_beginning_anew_undoes_what_customers_changed(seeded: AsyncEngine) -> None:
    number = (await demo_numbers(seeded))["bank-pending"]
    await shop_at(seeded).orders.cancel(number, "key-1")
    await seed(seeded, again=True)
    assert (await orders_of(seeded))["bank-pending"].state is OrderState.PENDING
    # The key is as good as new.
    await shop_at(seeded).orders.cancel(number, "key-1")


async def test_a_demo_visit_that_is_over_is_booked_again(seeded: AsyncEngine) -> None:
    [visit] = await shop_at(seeded).stores.visits_of_member("ALLU-1001")
    later = NOW + timedelta(days=30)
    assert await shop_at(seeded, later).stores.visits_of_member("ALLU-1001") == []
    await seed(seeded, later)
    [anew] = await shop_at(seeded, later).stores.visits_of_member("ALLU-1001")
    assert anew.number == visit.number
    assert anew.slot.day > later.date()


async def test_a_demo_visit_takes_no_customer_s_seat(database: AsyncEngine) -> None:
    """The day that the guest's visit would have is taken before it is seeded."""
    await seed(database)
    guest = next(entry for entry in demo().visits if entry.customer is None)
    later = NOW + timedelta(days=30)
    wanted = later.date() + timedelta(days=guest.visit_in)
    while not business().calendar.is_business_day(wanted):
        wanted += timedelta(days=1)
    booked = await shop_at(database, later).stores.book_visit(
        guest.product,
        guest.store,
        Slot(wanted, guest.time),
        name="客",
        contact="customer@example.jp",
        member_id="ALLU-9001",
        key="key-1",
    )
    await seed(database, later)
    assert await shop_at(database, later).stores.visits_of_member("ALLU-9001") == [booked]
