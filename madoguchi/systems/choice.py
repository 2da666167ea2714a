"""Opens the systems that the settings name: the embedded ones, or the shop's own API."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.knowledge.business import Business
from madoguchi.settings import Settings
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.embedded.demo import seed_demo
from madoguchi.systems.http.client import HttpSystems
from madoguchi.systems.interfaces import Systems


async def open_systems(
    settings: Settings, database: AsyncEngine, clock: Clock, business: Business
) -> Systems:
    """Return the shop's systems; the embedded ones have demo data except in production."""
    if settings.systems_url is not None:
        return HttpSystems(str(settings.systems_url), settings.systems_token.get_secret_value())

    def is_open(store: str, day: date) -> bool:
        known = business.store(store)
        return known is not None and bool(known.hours.on(day, business.calendar))

    if settings.demo:
        import contextlib

        with contextlib.suppress(ImportError):
            from madoguchi.systems.embedded.demo import seed_demo

            await seed_demo(database, clock.now(), business.calendar.is_business_day)
    return EmbeddedSystems(database, clock, is_open)
