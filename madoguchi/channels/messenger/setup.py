"""Messenger and Instagram put together from the settings."""

from __future__ import annotations

from fastapi import APIRouter

from madoguchi.channels.messenger.channel import Account, MessengerChannel
from madoguchi.channels.messenger.client import GraphClient
from madoguchi.channels.messenger.products import INSTAGRAM, MESSENGER
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
    accounts = {
        MESSENGER: (settings.messenger_page_token, settings.messenger_page_id),
        INSTAGRAM: (settings.messenger_instagram_token, settings.messenger_instagram_id),
    }
    channels = [
        _channel(
            Account(
                product,
                site=settings.messenger_site,
                id=account_id or None,
                app_id=settings.messenger_app_id or None,
            ),
            token.get_secret_value(),
            settings,
            needs,
        )
        for product, (token, account_id) in accounts.items()
        if token.get_secret_value()
    ]
    verify_token = settings.messenger_verify_token.get_secret_value()
    return channels, router(channels, secret, verify_token, needs.store_events)


def _channel(account: Account, token: str, settings: Settings, needs: Needs) -> MessengerChannel:
    secret = settings.messenger_app_secret.get_secret_value()
    postbacks = Postbacks(secret)

    def sign(choice: Choice, user: str) -> str:
        return postbacks.sign(choice.id, user, needs.clock.now())

    def read(data: str, user: str) -> str | None:
        meant = postbacks.read(data, user, needs.clock.now())
        return meant.choice_id if isinstance(meant, Chosen) else None

    client = GraphClient(token, app_secret=secret, url=str(settings.messenger_api_url))
    return MessengerChannel(
        account,
        client,
        needs.outbox,
        needs.clock,
        sign=sign,
        read=read,
        address=needs.links.public,
    )
