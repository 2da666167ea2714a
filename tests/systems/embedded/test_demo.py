"""What is in the demo shops."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import chain

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.channels.web.pages import DEMO_MEMBERS, WEB
from madoguchi.knowledge.business import business
from madoguchi.rules.states import OrderState, RentalState
from madoguchi.rules.transfers import known_store
from madoguchi.rules.visits import STOCK_LOCATIONS
from madoguchi.settings import PROJECT
from madoguchi.systems.embedded.demo import demo_numbers, has_demo_data
from madoguchi.systems.embedded.demo_data import demo
from madoguchi.systems.embedded.demo_listing import demo_table, listed
from madoguchi.systems.model import Product
from tests.support.demo import NOW, TODAY, orders_of, seed, shop_at
from tests.support.shop import Shop, a_rental, an_item


async def test_a_database_is_only_said_to_have_demo_data_when_it_has(
    database: AsyncEngine,
) -> None:
    assert not await has_demo_data(database)
    await seed(database)
    assert await has_demo_data(database)


async def test_a_shop_with_its_own_data_is_left_alone(database: AsyncEngine) -> None:
    await Shop(shop_at(database), database).has(a_rental())
    assert not await seed(database)
    assert not await has_demo_data(database)
    assert await shop_at(database).stores.product("1002045871") is None


async def test_the_fixed_numbers_are_always_there(seeded: AsyncEngine) -> None:
    for days in (0, 1, 200):
        await seed(seeded, NOW + timedelta(days=days))
        systems = shop_at(seeded)
        order = await systems.orders.verified("A-20261103-0042", "090-1234-5678")
        rental = await systems.rentals.verified("R-000123", "hanako@example.jp")
        assert order is not None
        assert rental is not None
        assert (order.state, order.price_yen) == (OrderState.SHIPPED, 248_000)
        assert rental.state is RentalState.IN_USE


async def test_the_demo_pages_members_have_something_to_show(seeded: AsyncEngine) -> None:
    systems = shop_at(seeded)
    assert {member["id"] for member in chain(*DEMO_MEMBERS.values())} == {
        "ALLU-1001",
        "ALLU-1002",
        "KEIYA-2001",
        "KEIYA-2002",
    }
    assert len(await systems.orders.of_member("ALLU-1001")) >= 4
    assert len(await systems.stores.transfers_of_member("ALLU-1001")) == 1
    assert len(await systems.stores.visits_of_member("ALLU-1001")) == 1
    assert len(await systems.orders.of_member("ALLU-1002")) == 1
    states = [rental.state for rental in await systems.rentals.of_member("KEIYA-2001")]
    assert states == [RentalState.IN_USE, RentalState.ENDED]
    [rental] = await systems.rentals.of_member("KEIYA-2002")
    assert (rental.payment_errors, rental.payment_error_reported_on) == (1, None)


async def test_everything_can_be_proven_with_its_phone_number_and_address(
    seeded: AsyncEngine,
) -> None:
    systems = shop_at(seeded)
    for row in listed(demo(), await demo_numbers(seeded)):
        of_rental = row.number.startswith("R-")
        verified = systems.rentals.verified if of_rental else systems.orders.verified
        if row.phone:
            assert await verified(row.number, row.phone) is not None
            assert await verified(row.number, row.email) is not None


async def test_a_number_carries_the_day_of_its_order(seeded: AsyncEngine) -> None:
    for name, order in (await orders_of(seeded)).items():
        if name != "fixed-order":
            assert order.number[2:10] == f"{order.ordered_at:%Y%m%d}"


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("return-day-10", 10),
        ("return-day-11", 11),
        ("return-day-14", 14),
        ("return-day-15", 15),
        ("receipt-day-29", 29),
        ("receipt-day-30", 30),
        ("cod-day-7", 7),
    ],
)
async def test_the_borders_are_met_where_they_fall_on_shipping_days(
    seeded: AsyncEngine, name: str, days: int
) -> None:
    shipped_on = (await orders_of(seeded))[name].shipped_on
    assert shipped_on is not None
    distance = (TODAY - shipped_on).days
    on_shipping_day = business().calendar.is_business_day(TODAY - timedelta(days=days))
    assert distance == days or not on_shipping_day


async def test_the_demo_pages_items_are_the_systems_items(seeded: AsyncEngine) -> None:
    page = (WEB / "templates" / "demo" / "store.html").read_text(encoding="utf-8")
    shown = re.findall(
        r"product\('\w+', '([^']+)', '([^']+)', '\w+', '([\d,]+)', '(\d{10})', '([^']+)'(.*?)\)",
        page,
    )
    assert len(shown) == 10
    for brand, name, price, number, location, marks in shown:
        sold = marks.endswith("false, true")
        assert await shop_at(seeded).stores.product(number) == Product(
            number=number,
            name=name,
            brand=brand,
            price_yen=int(price.replace(",", "")),
            location=None if sold else location,
            viewable_in_store=marks == ", true",
        )


async def test_every_store_has_free_times(seeded: AsyncEngine) -> None:
    stores = shop_at(seeded).stores
    for plan in demo().stores:
        assert known_store(plan.name) == plan.name
        assert await stores.free_slots(plan.name, TODAY, TODAY + timedelta(days=14))


def test_items_are_everywhere_viewable_and_not() -> None:
    found = {(item.location, item.viewable) for item in demo().products}
    assert found == {
        (place, viewable) for place in (*STOCK_LOCATIONS, None) for viewable in (True, False)
    }


def test_names_and_serials_are_nobody_else_s() -> None:
    data = demo()
    entries = [*data.orders, *data.transfers, *data.visits, *data.rentals]
    names = [entry.name for entry in entries]
    serials = [order.serial for order in data.orders]
    serials += [transfer.serial for transfer in data.transfers]
    assert len(set(names)) == len(names)
    assert len(set(serials)) == len(serials)


async def test_the_table_lists_today_s_numbers(seeded: AsyncEngine) -> None:
    table = await demo_table(seeded)
    for number in (await demo_numbers(seeded)).values():
        assert len(re.findall(rf"^  {number} ", table, re.MULTILINE)) == 1
    assert "09012345678" in table


async def test_without_demo_data_the_table_says_so(database: AsyncEngine) -> None:
    await Shop(shop_at(database), database).has(an_item())
    assert await demo_table(database) == "There is no demo data in this database."


def test_the_documented_table_is_this_one() -> None:
    """docs/demo.md has a line for everything, with the day of an order's number left open."""
    page = (PROJECT / "docs" / "demo.md").read_text(encoding="utf-8")
    numbers = {rental.name: rental.number for rental in demo().rentals}
    numbers |= {visit.name: "" for visit in demo().visits}
    serials = {order.name: order.serial for order in demo().orders}
    serials |= {transfer.name: transfer.serial for transfer in demo().transfers}
    numbers |= {name: f"A-(注文日)-{serial:04d}" for name, serial in serials.items()}
    numbers["fixed-order"] = "A-20261103-0042"
    for row in listed(demo(), numbers):
        contacts = [row.phone, row.email, row.member] if row.phone else [row.member]
        cells = [row.number, *contacts, row.ja, row.en]
        assert f"| {' | '.join(cell or '–' for cell in cells)} |" in page, row.number
