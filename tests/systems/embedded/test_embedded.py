"""What only the systems in our own database promise: equal work, and failures with a name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import FixedClock, as_utc
from madoguchi.database import migrate, open_database
from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.tables import ChangeRow, OrderRow, RestockRow
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.model import LossKind, Slot, SystemUnavailableError
from tests.support.shop import (
    EMAIL,
    ITEM,
    NOW,
    ORDER,
    PHONE,
    RENTAL,
    STORE,
    TODAY,
    Shop,
    a_rental,
    an_item,
    an_order,
    times_of,
)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    opened = open_database(f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}")
    yield opened
    await opened.dispose()


@pytest.fixture
async def small_shop(database: AsyncEngine) -> Shop:
    """A shop with one order, one rental and one item."""
    await migrate(database)
    shop = Shop(EmbeddedSystems(database, FixedClock(NOW)), database)
    await shop.has(an_item(), an_order(), a_rental())
    return shop


class Statements:
    """The statements that a database was given, without their values."""

    def __init__(self, database: AsyncEngine) -> None:
        self.given: list[str] = []
        event.listen(database.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        self.given.append(statement)

    def take(self) -> list[str]:
        """Return the statements since the last time."""
        taken, self.given = self.given, []
        return taken


async def test_no_such_order_and_another_s_order_are_the_same_work(small_shop: Shop) -> None:
    statements = Statements(small_shop.database)
    orders = small_shop.systems.orders
    work = []
    for number, contact in [
        (ORDER, "080-0000-0000"),
        ("A-20261120-9999", PHONE),
        (ORDER, "no contact at all"),
        ("A\x00" * 100, ""),
    ]:
        assert await orders.verified(number, contact) is None
        work.append(statements.take())
    assert work == [work[0]] * 4
    assert len(work[0]) > 0


async def test_no_such_rental_and_another_s_rental_are_the_same_work(small_shop: Shop) -> None:
    statements = Statements(small_shop.database)
    assert await small_shop.systems.rentals.verified(RENTAL, "080-0000-0000") is None
    another_s = statements.take()
    assert await small_shop.systems.rentals.verified("R-999999", PHONE) is None
    assert statements.take() == another_s


async def test_what_customers_said_to_a_change_is_kept_for_the_shop(small_shop: Shop) -> None:
    await small_shop.systems.rentals.report_loss(
        RENTAL, LossKind.STOLEN, "電車の中で", "渋谷署 123", "key-1"
    )
    async with AsyncSession(small_shop.database) as session:
        change = (await session.scalars(select(ChangeRow))).one()
    assert (change.operation, change.subject) == ("report_loss", RENTAL)
    assert change.details == {
        "kind": "stolen",
        "circumstances": "電車の中で",
        "police_report": "渋谷署 123",
    }


async def test_times_are_stored_in_utc(small_shop: Shop) -> None:
    await small_shop.systems.stores.request_restock("黒い財布", EMAIL, "key-1")
    async with AsyncSession(small_shop.database) as session:
        stored = (await session.scalars(select(RestockRow.at))).one()
        changed = (await session.scalars(select(ChangeRow.at))).one()
    assert as_utc(stored) == as_utc(changed) == NOW


async def test_a_day_is_the_day_in_tokyo(database: AsyncEngine) -> None:
    """At 15:30 UTC the next day has begun in Tokyo."""
    await migrate(database)
    systems = EmbeddedSystems(database, FixedClock(datetime(2026, 12, 1, 15, 30, tzinfo=UTC)))
    await Shop(systems, database).has(an_item(), an_order(OrderState.ORDERED))
    await systems.orders.cancel(ORDER, "key-1")
    order = await systems.orders.get(ORDER)
    assert order is not None
    assert order.cancelled_on == TODAY + timedelta(days=1)


async def test_the_receipt_s_address_is_on_the_shop_s_my_page(small_shop: Shop) -> None:
    systems = EmbeddedSystems(
        small_shop.database, FixedClock(NOW), my_page="https://shop.example/my/"
    )
    link = await systems.orders.receipt_link(ORDER, "key-1")
    assert link == f"https://shop.example/my/orders/{ORDER}/receipt"


async def test_stores_are_open_every_day_unless_somebody_says_otherwise(small_shop: Shop) -> None:
    await small_shop.has(*times_of())
    free = await small_shop.systems.stores.free_slots(STORE, TODAY, TODAY + timedelta(days=6))
    assert {slot.day.weekday() for slot in free} == set(range(7))


async def test_closing_the_systems_leaves_the_database_open(small_shop: Shop) -> None:
    await small_shop.systems.close()
    await small_shop.systems.check()


@pytest.mark.parametrize("key", ["", "k" * 256])
async def test_a_key_that_cannot_be_kept_is_a_mistake(small_shop: Shop, key: str) -> None:
    with pytest.raises(ValueError, match="1 to 255 characters"):
        await small_shop.systems.orders.apply_for_return(ORDER, "", key)


CALLS = [
    lambda systems: systems.check(),
    lambda systems: systems.orders.of_member("ALLU-7001"),
    lambda systems: systems.orders.get(ORDER),
    lambda systems: systems.orders.verified(ORDER, PHONE),
    lambda systems: systems.orders.cancel(ORDER, "key-1"),
    lambda systems: systems.rentals.of_member("ALLU-7001"),
    lambda systems: systems.rentals.verified(RENTAL, PHONE),
    lambda systems: systems.rentals.request_buyout(RENTAL, EMAIL, "key-1"),
    lambda systems: systems.stores.product(ITEM),
    lambda systems: systems.stores.request_restock("財布", EMAIL, "key-1"),
    lambda systems: systems.stores.free_slots(STORE, TODAY, TODAY),
    lambda systems: systems.stores.book_visit(
        ITEM, STORE, Slot(TODAY, "13:00〜14:00"), name="", contact="", member_id=None, key="k"
    ),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
@pytest.mark.parametrize("url", ["sqlite", "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"])
async def test_a_database_that_fails_is_a_system_that_is_unavailable(
    call: Any, url: str, tmp_path: Path
) -> None:
    """A file without tables, and a server that is not there."""
    if url == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    database = open_database(url)
    systems: Systems = EmbeddedSystems(database, FixedClock(NOW))
    with pytest.raises(SystemUnavailableError, match=r"^database: [A-Za-z]+$") as failed:
        await call(systems)
    await database.dispose()
    # What would tell a log about customers is gone.
    assert failed.value.__suppress_context__
    assert failed.value.__cause__ is None


async def test_a_word_that_nobody_knows_is_nonsense(small_shop: Shop) -> None:
    async with AsyncSession(small_shop.database) as session, session.begin():
        await session.execute(update(OrderRow).values(state="lost in space"))
    with pytest.raises(SystemUnavailableError, match="lost in space"):
        await small_shop.systems.orders.get(ORDER)
