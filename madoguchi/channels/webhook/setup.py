"""The generic webhook put together from the settings."""

from __future__ import annotations

from fastapi import APIRouter

from madoguchi.channels.needs import Needs
from madoguchi.channels.webhook.channel import WebhookChannel
from madoguchi.channels.webhook.signature import SecretError, Secrets
from madoguchi.channels.webhook.webhook import router
from madoguchi.settings import Settings, SettingsError


def open_webhook(settings: Settings, needs: Needs) -> tuple[list[WebhookChannel], APIRouter] | None:
    """Return the channel and its route, None when it is not set up. Raises SettingsError."""
    if settings.webhook_url is None:
        return None
    try:
        secrets = Secrets.read(settings.webhook_secret.get_secret_value())
        channel = WebhookChannel(
            str(settings.webhook_url),
            secrets,
            needs.clock,
            site=settings.webhook_site,
            open_loopback=settings.demo,
            link=needs.links.public,
        )
    except SecretError as error:
        raise SettingsError(f"MADOGUCHI_WEBHOOK_SECRET: {error}") from None
    except ValueError as error:
        raise SettingsError(f"MADOGUCHI_WEBHOOK_URL: {error}") from None
    routes = router(
        secrets, needs.clock, needs.store_events, max_text_length=settings.max_text_length
    )
    return [channel], routes
