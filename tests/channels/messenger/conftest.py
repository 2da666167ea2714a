"""A channel and the stand-in for Meta's platform."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from madoguchi.channels.messenger.webhook import router
from tests.channels.messenger.things import Shop, shop_at
from tests.messenger_platform.courier import Courier
from tests.messenger_platform.fake import VERIFY_TOKEN, FakeMeta, served
from tests.messenger_platform.platform import Platform
from tests.support.server import serving


@pytest.fixture
async def meta() -> AsyncIterator[FakeMeta]:
    """Messenger's side."""
    async with served(Platform()) as meta:
        yield meta


@pytest.fixture
async def instagram() -> AsyncIterator[FakeMeta]:
    """Instagram's side."""
    platform = Platform(object="instagram", account="17841400000000001")
    async with served(platform) as meta:
        yield meta


@pytest.fixture
async def shop(meta: FakeMeta) -> AsyncIterator[Shop]:
    """A shop with a page on Messenger."""
    shop = shop_at(meta)
    yield shop
    await shop.close()


@pytest.fixture
async def instagram_shop(instagram: FakeMeta) -> AsyncIterator[Shop]:
    """A shop with an account on Instagram."""
    shop = shop_at(instagram)
    yield shop
    await shop.close()


@pytest.fixture
async def courier(shop: Shop) -> AsyncIterator[Courier]:
    """Brings webhooks to the shop's address, which is really served."""
    app = FastAPI()
    app.include_router(router(shop.channel, shop.platform.app_secret, VERIFY_TOKEN, shop.store))
    async with (
        serving(app) as address,
        shop.meta.courier(f"{address}/messenger/webhook") as courier,
    ):
        yield courier
