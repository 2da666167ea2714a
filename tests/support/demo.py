"""The demo shops in a test: seeded at a time, and read back by name."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import TOKYO, FixedClock
from madoguchi.knowledge.business import business
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.demo import demo_numbers, seed_demo
from madoguchi.systems.embedded.demo_data import demo
from madoguchi.systems.model import Order, Rental

# A Friday whose 10th, 14th and 29th days before are no days off.
NOW = datetime(2026, 12, 4, 9, 30, tzinfo=TOKYO)
TODAY = NOW.date()


async def seed(database: AsyncEngine, at: datetime = NOW, *, again: bool = False) -> bool:
    is_shipping_day = business().calendar.is_business_day
    return await seed_demo(database, at, is_shipping_day, again=again)


def shop_at(database: AsyncEngine, at: datetime = NOW) -> EmbeddedSystems:
    return EmbeddedSystems(database, FixedClock(at))


async def orders_of(database: AsyncEngine, at: datetime = NOW) -> dict[str, Order]:
    """Return every demo order by its name."""
    orders, numbers = shop_at(database, at).orders, await demo_numbers(database)
    found = {entry.name: await orders.get(numbers[entry.name]) for entry in demo().orders}
    return {name: order for name, order in found.items() if order is not None}


async def rentals_of(database: AsyncEngine) -> dict[str, Rental]:
    """Return every demo rental by its name."""
    rentals = shop_at(database).rentals
    found = {entry.name: await rentals.get(entry.number) for entry in demo().rentals}
    return {name: rental for name, rental in found.items() if rental is not None}
