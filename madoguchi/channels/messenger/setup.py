"""Messenger and Instagram put together from the settings."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import SecretStr

from madoguchi.channels.messenger.channel import Account, MessengerChannel
from madoguchi.channels.messenger.client import GraphClient
from madoguchi.channels.messenger.products import INSTAGRAM, MESSENGER, Product
from madoguchi.channels.messenger.webhook import router
from madoguchi.channels.needs import Needs
from madoguchi.channels.postbacks import Chosen, Postbacks
from madoguchi.conversations.model import Choice
from madoguchi.settings import Settings


def open_messenger(
    settings: Settings, needs: Needs
) -> tuple[list[MessengerChannel], APIRouter] | None:
    """Return the channels and their routes, None when they are not set up. Raises SettingsError."""
    secret = settings.messenger_app_secret.get_secret_value()
    if not secret:
        return None
    tokens: dict[Product, SecretStr] = {
        MESSENGER: settings.messenger_page_token,
        INSTAGRAM: settings.messenger_instagram_token,
    }
    channels = [
        _channel(settings, needs, product, token.get_secret_value())
        for product, token in tokens.items()
        if token.get_secret_value()
    ]
    verify_token = settings.messenger_verify_token.get_secret_value()
    return channels, router(channels, secret, verify_token, needs.store_events)


def _channel(settings: Settings, needs: Needs, product: Product, token: str) -> MessengerChannel:
    secret = settings.messenger_app_secret.get_secret_value()
    postbacks = Postbacks(secret)

    def sign(choice: Choice, user: str) -> str:
        return postbacks.sign(choice.id, user, needs.clock.now())

    def read(data: str, user: str) -> str | None:
        meant = postbacks.read(data, user, needs.clock.now())
        return meant.choice_id if isinstance(meant, Chosen) else None

    client = GraphClient(token, app_secret=secret, url=str(settings.messenger_api_url))
    return MessengerChannel(
        Account(product, site=settings.messenger_site),
        client,
        needs.outbox,
        needs.clock,
        sign=sign,
        read=read,
        address=needs.links.public,
    )
