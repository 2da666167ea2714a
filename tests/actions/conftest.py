"""Skills on real stores and the embedded shop, on a Wednesday at one o'clock in Tokyo."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.access.proofs import Proofs
from madoguchi.clock import TOKYO
from madoguchi.conversations.store import ConversationStore
from madoguchi.database import Base, migrate, open_database
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.store import DialogueStore
from madoguchi.inquiries.store import InquiryStore
from madoguchi.knowledge.business import business
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import sentences
from madoguchi.knowledge.words import words
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.demo import demo_numbers, seed_demo
from tests.support.databases import TestClock
from tests.support.skills import Talk, with_customer

NOW = datetime(2026, 12, 2, 13, 0, tzinfo=TOKYO)
TODAY = NOW.date()

type OpenTalk = Callable[..., Awaitable[Talk]]


@pytest.fixture(scope="session")
def demo_shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database with the demo shop, made once and copied for each test."""
    file = tmp_path_factory.mktemp("demo") / "shop.db"
    asyncio.run(_fill(file))
    return file


async def _fill(file: Path) -> None:
    database = open_database(f"sqlite+aiosqlite:///{file}")
    await migrate(database)
    await seed_demo(database, NOW, business().calendar.is_business_day)
    await database.dispose()


@pytest.fixture
async def database(demo_shop: Path, tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """The demo shop of this test alone."""
    copied = shutil.copy(demo_shop, tmp_path / "shop.db")
    database = open_database(f"sqlite+aiosqlite:///{copied}")
    yield database
    await database.dispose()


@pytest.fixture
def clock() -> TestClock:
    """The time of the shop and of the skills, which a test may move on."""
    return TestClock(NOW)


@pytest.fixture
def context(database: AsyncEngine, clock: TestClock) -> Context:
    """What the skills work with."""
    return context_of(database, clock)


def context_of(database: AsyncEngine, clock: TestClock) -> Context:
    """Return what the skills work with on this database."""
    shop = business()

    def is_open(store: str, day: date) -> bool:
        known = shop.store(store)
        return known is not None and bool(known.hours.on(day, shop.calendar))

    return Context(
        systems=EmbeddedSystems(database, clock, is_open),
        dialogues=DialogueStore(database, clock),
        proofs=Proofs(database, clock),
        inquiries=InquiryStore(database, clock, shop.calendar),
        business=shop,
        clock=clock,
        catalogue=catalogue(),
        sentences=sentences(),
        words=words(),
    )


@pytest.fixture
async def numbers(database: AsyncEngine) -> Mapping[str, str]:
    """The numbers of the demo shop's orders and rentals by their names in demo.yml."""
    return await demo_numbers(database)


@pytest.fixture
def talk(context: Context, database: AsyncEngine) -> OpenTalk:
    """Opens a conversation, e.g. of ``site="store", member_id="ALLU-1001"``."""

    async def opened(**customer: Any) -> Talk:
        store = ConversationStore(database, context.clock)
        return await with_customer(context, store, **customer).open()

    return opened


async def prove(customer: Talk, number: str) -> None:
    """Have the customer name a guest's order or rental and give the telephone number with it."""
    kind = "order" if number.startswith("A-") else "rental"
    serial = number[-4:]
    phone = {
        "A-20261103-0042": "09012345678",
        "R-000123": "09012345678",
    }.get(number, f"0900000{serial}" if kind == "order" else f"0800000{serial}")
    await customer.say(number)
    await customer.say(phone)


async def alter(database: AsyncEngine, row: type[Base], number: str, **changed: Any) -> None:
    """Change a thing of the shop behind the customer's back."""
    async with AsyncSession(database) as session, session.begin():
        found = await session.get_one(row, number)
        for name, value in changed.items():
            setattr(found, name, value)


async def take_down(database: AsyncEngine, table: str = "shop_orders") -> None:
    """Have a system of the shop fail from now on."""
    async with database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))


each_way_of_a_yes_twice = pytest.mark.parametrize("how", ["twice", "at once", "tapped twice"])


async def say_yes_twice(customer: Talk, how: str, button: str) -> None:
    """Say yes to what is asked two times: by two taps, or by a message that is worked on twice."""
    if how == "tapped twice":
        shown = customer.last
        await customer.tap(button, shown)
        await customer.tap(button, shown)
        assert "すでに終わっています" in customer.text
        return
    inbound, _ = await customer.store.receive(customer.id, "yes", text="はい")
    works = [customer.work(inbound, "smalltalk_affirm") for _ in range(2)]
    if how == "at once":
        await asyncio.gather(*works)
    else:
        assert (await works[0])[-1].text == (await works[1])[-1].text
