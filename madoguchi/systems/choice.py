"""Opens the systems that the settings name: the embedded ones, or the shop's own API."""

from __future__ import annotations

from datetime import date

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock, clock_at
from madoguchi.database import DatabaseUnusableError, migrate, open_database
from madoguchi.knowledge.business import Business, business
from madoguchi.settings import Settings, SettingsError
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.demo import has_demo_data, seed_demo
from madoguchi.systems.embedded.demo_listing import demo_table
from madoguchi.systems.http.client import HttpSystems
from madoguchi.systems.interfaces import Systems

_DEMO_DATA = (
    "MADOGUCHI_DATABASE_URL: this database holds demo orders; production needs one of its own"
)


async def open_systems(
    settings: Settings, database: AsyncEngine, clock: Clock, shop: Business
) -> Systems:
    """Return the shop's systems; the embedded ones have demo data except in production.

    Raises SettingsError when demo data would be shown in production.
    """
    if settings.systems_url is not None:
        return HttpSystems(str(settings.systems_url), settings.systems_token.get_secret_value())

    def is_open(store: str, day: date) -> bool:
        known = shop.store(store)
        return known is not None and bool(known.hours.on(day, shop.calendar))

    if settings.demo:
        await seed_demo(database, clock.now(), shop.calendar.is_business_day)
    elif await has_demo_data(database):
        raise SettingsError(_DEMO_DATA)
    return EmbeddedSystems(database, clock, is_open)


async def refuse_demo_data(settings: Settings) -> None:
    """Return when the database holds no demo orders. Raises SettingsError when it does."""
    database = open_database(settings.database_url)
    try:
        await migrate(database)
        found = await has_demo_data(database)
    except (DatabaseUnusableError, SQLAlchemyError, OSError):
        # A database that is away may come; the service waits for it and looks again.
        return
    finally:
        await database.dispose()
    if found:
        raise SettingsError(_DEMO_DATA)


async def listed_demo(settings: Settings) -> str:
    """Return the demo shops' numbers and contacts of today, for a terminal."""
    database = open_database(settings.database_url)
    await migrate(database)
    try:
        shop = business(settings.business_file)
        await (await open_systems(settings, database, clock_at(settings.now), shop)).close()
        return await demo_table(database)
    finally:
        await database.dispose()
