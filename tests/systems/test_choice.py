"""Which systems a service opens, and that production shows nobody's invented orders."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from madoguchi.clock import clock_at
from madoguchi.database import migrate, open_database
from madoguchi.knowledge.business import business
from madoguchi.settings import Settings, SettingsError
from madoguchi.systems.choice import listed_demo, open_systems, refuse_demo_data
from madoguchi.systems.embedded import EmbeddedSystems
from madoguchi.systems.http.client import HttpSystems

OWN: dict[str, Any] = {
    "env": "production",
    "identity_secret": "a-secret-of-the-shops-own-that-is-long-enough",
    "allowed_origins": "https://shop.example.jp",
}


def settings(folder: Path, **changed: Any) -> Settings:
    return Settings(**({"database_url": f"sqlite+aiosqlite:///{folder / 'shop.db'}"} | changed))


async def opened(used: Settings) -> Any:
    database = open_database(used.database_url)
    await migrate(database)
    try:
        return await open_systems(used, database, clock_at(used.now), business())
    finally:
        await database.dispose()


async def test_a_demonstration_has_orders_to_try(tmp_path: Path) -> None:
    assert isinstance(await opened(settings(tmp_path)), EmbeddedSystems)
    assert "A-20261103-0042" in await listed_demo(settings(tmp_path))


async def test_the_shops_own_api_is_used_when_it_is_named(tmp_path: Path) -> None:
    used = settings(tmp_path, systems_url="https://shop.example.jp/api", systems_token="token")
    systems = await opened(used)
    assert isinstance(systems, HttpSystems)
    await systems.close()


async def test_production_starts_without_orders_and_refuses_invented_ones(tmp_path: Path) -> None:
    own = settings(tmp_path, **OWN)
    await refuse_demo_data(own)
    assert isinstance(await opened(own), EmbeddedSystems)
    await opened(settings(tmp_path))
    with pytest.raises(SettingsError, match=r"MADOGUCHI_DATABASE_URL.*demo orders"):
        await refuse_demo_data(own)
    with pytest.raises(SettingsError, match=r"MADOGUCHI_DATABASE_URL.*demo orders"):
        await opened(own)


async def test_a_database_that_is_away_is_not_taken_for_a_demonstration() -> None:
    await refuse_demo_data(
        Settings(**OWN, database_url="postgresql+asyncpg://nobody@127.0.0.1:1/nothing")
    )


def test_production_wants_the_token_of_the_shops_api() -> None:
    with pytest.raises(ValueError, match="MADOGUCHI_SYSTEMS_TOKEN"):
        Settings(**OWN, systems_url="https://shop.example.jp/api")
