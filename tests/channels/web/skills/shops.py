"""The demo shops behind the service, embedded or behind their own API, which may go away."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import TOKYO, FixedClock
from madoguchi.database import Base, open_database
from madoguchi.knowledge.business import business
from madoguchi.systems.embedded.demo import demo_numbers
from madoguchi.systems.embedded.tables import OrderRow, RentalRow, TransferRow
from madoguchi.systems.reference import create_reference_app
from madoguchi.systems.reference.__main__ import demo_systems
from tests.support.server import serving
from tests.systems.http.described import Described

# A Wednesday, at one o'clock.
NOW = datetime(2026, 12, 2, 13, tzinfo=TOKYO)
CLOCK = FixedClock(NOW)
TOKEN = "the-shops-token"
# Above every number of the demo data.
_FIRST_SERIAL = 7000

type Away = Callable[[], AbstractAsyncContextManager[None]]


@dataclass(frozen=True)
class Thing:
    """An order, a rental or an inquiry of somebody: its number and what proves it."""

    number: str
    contact: str

    def with_contact(self, contact: str) -> Thing:
        """Return it as somebody names it who gives this contact."""
        return replace(self, contact=contact)


@dataclass(frozen=True)
class ShopAddress:
    """How the service reaches a shop: by its settings, and where the shop's tables are."""

    settings: dict[str, Any]
    database_url: str
    # Takes the shop away for as long as the block lasts; None when the service has to make it so.
    away: Away | None = None


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[ShopAddress]:
    """Give a shop whose tables are in the service's own database."""
    yield ShopAddress({}, _url(folder / "service.db"))


@asynccontextmanager
async def over_http(folder: Path) -> AsyncIterator[ShopAddress]:
    """Give a shop behind the API, in a database of its own."""
    database = open_database(_url(folder / "shop.db"))
    systems = await demo_systems(database, CLOCK, business())
    described = Described(create_reference_app(systems, TOKEN))
    async with AsyncExitStack() as server:
        address = await server.enter_async_context(serving(described))

        @asynccontextmanager
        async def away() -> AsyncIterator[None]:
            await server.aclose()
            try:
                yield
            finally:
                port = urlsplit(address).port or 0
                await server.enter_async_context(serving(described, port))

        settings = {"systems_url": address, "systems_token": TOKEN}
        yield ShopAddress(settings, _url(folder / "shop.db"), away)
    await database.dispose()
    assert described.deviations == []


WAYS = {"embedded": embedded, "http": over_http}


class DemoShop:
    """The tables of the demo shop: gives every test an order or a rental of its own."""

    def __init__(self, database: AsyncEngine) -> None:
        """Work on the shop's database."""
        self.database = database
        self._serials = itertools.count(_FIRST_SERIAL)

    def no_such(self, thing: Thing) -> Thing:
        """Return what looks like the thing, with a number that there is not."""
        return replace(thing, number=f"{thing.number[:-4]}{next(self._serials)}")

    async def like(self, name: str, *, member: str | None = None, older: int = 0) -> Thing:
        """Return a new order or rental like the demo's: a guest's or a member's, ordered earlier.

        ``older`` is in days; a transfer comes along with its order, each to another store.
        """
        number = (await demo_numbers(self.database))[name]
        serial = next(self._serials)
        prefix = number[:-4]
        kind: type[OrderRow | RentalRow] = OrderRow if number.startswith("A-") else RentalRow
        contact = f"0900000{serial}"
        async with AsyncSession(self.database) as session, session.begin():
            row: OrderRow | RentalRow = await session.get_one(kind, number)
            its_own = {
                "number": f"{prefix}{serial}",
                "member_id": member,
                "phone": contact,
                "email": f"own{serial}@example.jp",
                "ordered_at": row.ordered_at - timedelta(days=older),
            }
            copied = _copy(row, **its_own)
            session.add(copied)
            await session.flush()
            transfer = await session.get(TransferRow, number)
            if transfer is not None:
                store = "ALLU表参道店" if older else transfer.store
                session.add(_copy(transfer, order_number=f"{prefix}{serial}", store=store))
        return Thing(f"{prefix}{serial}", contact)


@asynccontextmanager
async def without_tables(database: AsyncEngine) -> AsyncIterator[None]:
    """Have the embedded systems fail at every question for as long as the block lasts."""
    tables = [name for name in Base.metadata.tables if name.startswith("shop_")]
    await _rename(database, tables, "{}", "away_{}")
    try:
        yield
    finally:
        await _rename(database, tables, "away_{}", "{}")


async def _rename(database: AsyncEngine, tables: list[str], before: str, after: str) -> None:
    async with database.begin() as connection:
        for name in tables:
            renamed = f"ALTER TABLE {before.format(name)} RENAME TO {after.format(name)}"
            await connection.execute(text(renamed))


def _copy(row: Base, **changed: Any) -> Base:
    columns = inspect(type(row)).column_attrs
    values = {column.key: getattr(row, column.key) for column in columns}
    return type(row)(**(values | changed))


def _url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"
