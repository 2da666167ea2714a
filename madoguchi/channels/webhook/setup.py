"""The webhook as the settings describe it."""

from __future__ import annotations

from madoguchi.channels.webhook.channel import WebhookChannel
from madoguchi.channels.webhook.signature import SecretError, Secrets
from madoguchi.clock import Clock
from madoguchi.settings import Settings, SettingsError


def secrets_of(settings: Settings) -> Secrets | None:
    """Return the secrets that calls are signed with, None when the webhook is not set up.

    Raises SettingsError.
    """
    text = settings.webhook_secret.get_secret_value()
    if not text or settings.webhook_url is None:
        return None
    try:
        return Secrets.read(text)
    except SecretError as error:
        raise SettingsError(
            f"MADOGUCHI_WEBHOOK_SECRET: {error}, e.g. "
            '"whsec_$(openssl rand -base64 32)"; two with a blank while one is replaced'
        ) from None


def channel_of(settings: Settings, clock: Clock) -> WebhookChannel | None:
    """Return the channel, None when the webhook is not set up. Raises SettingsError."""
    secrets = secrets_of(settings)
    if secrets is None:
        return None
    try:
        return WebhookChannel(
            str(settings.webhook_url),
            secrets,
            clock,
            site=settings.webhook_site,
            open_loopback=settings.demo,
        )
    except ValueError as error:
        raise SettingsError(f"MADOGUCHI_WEBHOOK_URL: {error}") from None
