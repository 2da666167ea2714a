"""What the settings make of the webhook."""

from __future__ import annotations

from typing import Any

import pytest

from madoguchi.channels.webhook.setup import channel_of, secrets_of
from madoguchi.clock import SystemClock
from madoguchi.settings import Settings, SettingsError
from tests.channels.webhook.other import OLD_SECRET, SECRET, SECRETS


def settings(**changed: Any) -> Settings:
    usual = {"webhook_secret": SECRET, "webhook_url": "https://app.example.jp/madoguchi"}
    return Settings(**{"env": "test", **usual, **changed})


def test_without_settings_there_is_no_webhook() -> None:
    assert secrets_of(Settings(env="test")) is None
    assert channel_of(Settings(env="test"), SystemClock()) is None


async def test_the_channel_is_the_shop_s_that_it_serves() -> None:
    channel = channel_of(settings(webhook_site="rental"), SystemClock())
    assert channel is not None
    assert (channel.name, channel.site) == ("webhook", "rental")
    await channel.close()


def test_two_secrets_are_taken_while_one_is_replaced() -> None:
    both = secrets_of(settings(webhook_secret=f"{SECRET} {OLD_SECRET}"))
    assert both is not None
    assert both.keys[0] == SECRETS.keys[0]
    assert len(both.keys) == 2


def test_a_wrong_secret_is_refused_with_what_to_write_instead() -> None:
    with pytest.raises(SettingsError, match=r"^MADOGUCHI_WEBHOOK_SECRET: .*openssl rand") as error:
        secrets_of(settings(webhook_secret="whsec_hunter2"))
    assert "hunter2" not in str(error.value)


def test_an_address_that_would_travel_open_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"^MADOGUCHI_WEBHOOK_URL: .*https"):
        channel_of(settings(webhook_url="http://app.example.jp/"), SystemClock())
