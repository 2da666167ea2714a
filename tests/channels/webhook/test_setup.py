"""What the settings make of the webhook."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from madoguchi.channels.needs import Needs
from madoguchi.channels.webhook.setup import open_webhook
from madoguchi.clock import SystemClock
from madoguchi.conversations.channel import RawEvent
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.people import People
from madoguchi.database import open_database
from madoguchi.media.links import FileLinks
from madoguchi.settings import Settings, SettingsError
from tests.channels.webhook.other import OLD_SECRET, SECRET


def settings(**changed: Any) -> Settings:
    usual = {"webhook_secret": SECRET, "webhook_url": "https://app.example.jp/madoguchi"}
    return Settings(**{"env": "test", **usual, **changed})


async def store_nothing(channel: str, events: list[RawEvent]) -> set[str]:
    return set()


@pytest.fixture
async def needs(tmp_path: Path) -> AsyncIterator[Needs]:
    database, clock = open_database(f"sqlite+aiosqlite:///{tmp_path / 'm.db'}"), SystemClock()
    links = FileLinks("secret", clock)
    yield Needs(database, clock, People(database, clock), Outbox(database), store_nothing, links)
    await database.dispose()


def test_without_settings_there_is_no_webhook(needs: Needs) -> None:
    assert open_webhook(Settings(env="test"), needs) is None


async def test_the_channel_is_the_shop_s_that_it_serves(needs: Needs) -> None:
    opened = open_webhook(settings(webhook_site="rental"), needs)
    assert opened is not None
    [channel], _ = opened
    assert (channel.name, channel.site) == ("webhook", "rental")
    await channel.close()


async def test_two_secrets_are_taken_while_one_is_replaced(needs: Needs) -> None:
    opened = open_webhook(settings(webhook_secret=f"{SECRET} {OLD_SECRET}"), needs)
    assert opened is not None
    [channel], _ = opened
    await channel.close()


def test_a_wrong_secret_is_refused_with_what_to_write_instead(needs: Needs) -> None:
    with pytest.raises(SettingsError, match=r"^MADOGUCHI_WEBHOOK_SECRET: .*openssl rand") as error:
        open_webhook(settings(webhook_secret="whsec_hunter2"), needs)
    assert "hunter2" not in str(error.value)


def test_an_address_that_would_travel_open_is_refused(needs: Needs) -> None:
    with pytest.raises(SettingsError, match=r"^MADOGUCHI_WEBHOOK_URL: .*https"):
        open_webhook(settings(webhook_url="http://app.example.jp/"), needs)
