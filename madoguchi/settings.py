"""Every setting of the service, read once from the environment and type-checked."""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from madoguchi.loopback import is_loopback

PROJECT = Path(__file__).resolve().parent.parent
# Published in this repository, so worth nothing outside a demonstration.
DEMO_IDENTITY_SECRET = "madoguchi-demo-identity-secret-not-for-production"
# The LINE sandbox's, so that it and a demonstration find each other.
DEMO_LINE_SECRET = "madoguchi-demo-line-channel-secret"
DEMO_LINE_TOKEN = "madoguchi-demo-line-access-token"
LINE_API = "https://api.line.me"

type Site = Literal["store", "rental"]


_SHORTEST_SECRET = 32
_META_ID = r"^[0-9]{0,32}$"
# As browsers write it: lower case, a host beyond ASCII in punycode, no path.
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")
# Called with a token, or with what customers wrote.
_CARRY_SECRETS = ("systems_url", "line_api_url", "line_data_url", "messenger_api_url")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to write instead."""


class Settings(BaseSettings):
    """The settings, each an environment variable ``MADOGUCHI_<NAME>``; see docs/settings.md."""

    # What is set to nothing is not set: files of settings list names whose values are left empty.
    model_config = SettingsConfigDict(
        env_prefix="MADOGUCHI_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    env: Literal["demo", "test", "production"] = "demo"
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    now: datetime | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    database_url: str = f"sqlite+aiosqlite:///{PROJECT / 'var' / 'madoguchi.db'}"

    identity_secret: SecretStr = SecretStr(DEMO_IDENTITY_SECRET)
    allowed_origins: str = "*"
    # The service as the internet sees it, for what platforms and mails lead to.
    public_url: HttpUrl | None = None
    trusted_proxies: str = "127.0.0.1"
    rate_limit_per_minute: int = Field(30, ge=0)
    conversation_limit_per_minute: int = Field(30, ge=0)
    max_text_length: int = Field(5000, ge=1, le=20000)
    max_body_bytes: int = Field(65536, ge=1024)
    reply_wait_seconds: float = Field(10.0, gt=0, le=60)

    # The shop's own HTTP API; without it the systems are embedded.
    systems_url: HttpUrl | None = None
    systems_token: SecretStr = SecretStr("")
    # Opening hours and closures; the ones of the two guides without it.
    business_file: Path | None = None

    # Between several service processes; one alone needs none.
    redis_url: SecretStr | None = None
    # Zero: never.
    close_after_hours: float = Field(24.0, ge=0)
    # The assistant leaves a customer waiting so long before a person is called instead.
    desk_call_after_seconds: float = Field(60.0, gt=0)
    # An agent who leaves a customer waiting so long loses the chat to the queue.
    desk_idle_minutes: float = Field(15.0, gt=0)
    # Seals agents' second factors; old ones after a comma. Without it the identity secret does.
    desk_secret: SecretStr = SecretStr("")
    # Whether agents take what waits, or are given it.
    desk_distribution: Literal["manual", "fair"] = "manual"
    delivery_attempts: int = Field(8, ge=1, le=50)

    line_channel_secret: SecretStr = SecretStr("")
    line_access_token: SecretStr = SecretStr("")
    line_api_url: HttpUrl = HttpUrl(LINE_API)
    # Where customers' files are; LINE's own has an address apart from the API's.
    line_data_url: HttpUrl | None = None
    line_site: Site | None = None
    # The shop's page that asks members to sign in, for account links.
    line_login_url: HttpUrl | None = None
    line_push_reserve: int = Field(20, ge=0)
    # Whether a customer is asked for a rating also when that costs a push.
    line_rating_push: bool = False

    messenger_app_secret: SecretStr = SecretStr("")
    messenger_verify_token: SecretStr = SecretStr("")
    messenger_page_token: SecretStr = SecretStr("")
    messenger_instagram_token: SecretStr = SecretStr("")
    # Numbers that Meta gives to the page, the Instagram account and the app. What is for other
    # pages of the same app, or from other apps, is left alone with them.
    messenger_page_id: str = Field("", pattern=_META_ID)
    messenger_instagram_id: str = Field("", pattern=_META_ID)
    messenger_app_id: str = Field("", pattern=_META_ID)
    messenger_api_url: HttpUrl = HttpUrl("https://graph.facebook.com")
    messenger_site: Site | None = None

    webhook_secret: SecretStr = SecretStr("")
    webhook_url: HttpUrl | None = None
    webhook_site: Site | None = None

    # smtps://user:password@host:465, or smtp://…:587?starttls=required.
    smtp_url: SecretStr = SecretStr("")
    mail_from: str = ""
    # Who is told besides leads and administrators, with commas between them.
    notify_emails: str = ""
    notify_webhook_url: HttpUrl | None = None
    notify_webhook_secret: SecretStr = SecretStr("")
    # A customer waits so long for a person before somebody who is not there is told.
    notify_after_seconds: float = Field(60.0, ge=0, le=3600)

    engine_url: HttpUrl | None = None
    engine_port: int = Field(0, ge=0, le=65535)
    actions_port: int = Field(0, ge=0, le=65535)
    engine_secret: SecretStr = SecretStr("")
    engine_timeout_seconds: float = Field(8.0, gt=0)
    engine_python: Path = PROJECT / "bot" / ".venv" / "bin" / "python"

    @model_validator(mode="after")
    def _refuse_what_is_unsafe(self) -> Self:
        if self.now is not None and self.env != "test":
            raise ValueError("MADOGUCHI_NOW fixes the clock and is allowed with MADOGUCHI_ENV=test")
        if self.now is not None and self.now.tzinfo is None:
            raise ValueError("MADOGUCHI_NOW needs a time zone, e.g. 2026-12-01T09:00:00+09:00")
        self._require_whole_channels()
        self._refuse_open_lines()
        self._refuse_no_origins()
        self._refuse_no_proxies()
        redis = self.redis_url.get_secret_value() if self.redis_url is not None else ""
        if redis and not redis.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("MADOGUCHI_REDIS_URL must be a Redis server, e.g. redis://host:6379/0")
        if self.notify_emails and not self.smtp_url.get_secret_value():
            raise ValueError("MADOGUCHI_NOTIFY_EMAILS needs MADOGUCHI_SMTP_URL to be set")
        if self.env == "production":
            self._require_production_secrets()
        return self

    def _require_whole_channels(self) -> None:
        """Refuse what is set up in part: it might take messages and not answer, or the reverse."""
        for channel, needed in _CHANNEL_SETTINGS.items():
            empty = [each for each in needed if not self._any_set(each)]
            if empty and len(empty) < len(needed):
                names = " and ".join(" or ".join(map(_variable, each)) for each in empty)
                raise ValueError(f"{names} must be set too, since {channel} is set up in part")

    def _refuse_open_lines(self) -> None:
        """Refuse to send tokens, and what they open, over a network where others can read them."""
        for name in _CARRY_SECRETS:
            url: HttpUrl | None = getattr(self, name)
            if url is None or url.scheme == "https" or is_loopback((url.host or "").strip("[]")):
                continue
            raise ValueError(
                f"{_variable(name)} needs https: customers' data and a secret travel there. "
                "http is for this machine alone (127.0.0.1)"
            )

    def _refuse_no_origins(self) -> None:
        """Refuse what no browser sends as its page's origin: its widget would never connect."""
        for origin in self.origins:
            if origin != "*" and _ORIGIN.fullmatch(origin) is None:
                raise ValueError(
                    "MADOGUCHI_ALLOWED_ORIGINS must be origins with commas between them, scheme "
                    "and host without a path, e.g. https://shop.example.jp; "
                    f"'{origin}' is none"
                )

    def _refuse_no_proxies(self) -> None:
        """Refuse what is no address: nobody would be believed, and all customers count as one."""
        for proxy in self.trusted_proxies.split(","):
            try:
                if proxy.strip() not in {"", "*"}:
                    ip_network(proxy.strip())
            except ValueError:
                raise ValueError(
                    "MADOGUCHI_TRUSTED_PROXIES must be IP addresses or networks with commas "
                    f"between them, e.g. 127.0.0.1,10.0.0.0/8; '{proxy.strip()}' is none"
                ) from None

    def _any_set(self, names: tuple[str, ...]) -> bool:
        return any(_is_set(getattr(self, name)) for name in names)

    def _require_production_secrets(self) -> None:
        if self.line_channel_secret.get_secret_value() == DEMO_LINE_SECRET:
            raise ValueError(
                "MADOGUCHI_LINE_CHANNEL_SECRET must be your channel's own in production "
                "(LINE Developers console, Basic settings)"
            )
        secret = self.identity_secret.get_secret_value()
        if secret == DEMO_IDENTITY_SECRET or len(secret) < _SHORTEST_SECRET:
            raise ValueError(
                "MADOGUCHI_IDENTITY_SECRET must be a secret of your own with at least 32 "
                "characters in production, e.g. the output of 'openssl rand -hex 32'"
            )
        if any(len(each) < _SHORTEST_SECRET for each in self.desk_secrets):
            raise ValueError(
                "MADOGUCHI_DESK_SECRET must be a secret of your own with at least 32 characters "
                "in production, each of them when there are several with commas between them"
            )
        if self.systems_url is not None and not self.systems_token.get_secret_value():
            raise ValueError(
                "MADOGUCHI_SYSTEMS_TOKEN must be the token that your shop's API asks for, "
                "since MADOGUCHI_SYSTEMS_URL is set"
            )
        if not self.origins or "*" in self.origins:
            raise ValueError(
                "MADOGUCHI_ALLOWED_ORIGINS must list your shop's addresses in production, "
                "e.g. https://shop.example.jp,https://www.shop.example.jp"
            )

    @property
    def line(self) -> tuple[str, str] | None:
        """LINE's channel secret and access token, None when LINE is not set up.

        A demonstration that is pointed at a stand-in for LINE takes the sandbox's.
        """
        secret = self.line_channel_secret.get_secret_value()
        if secret:
            return secret, self.line_access_token.get_secret_value()
        stands_in = str(self.line_api_url).rstrip("/") != LINE_API
        return (DEMO_LINE_SECRET, DEMO_LINE_TOKEN) if self.demo and stands_in else None

    @property
    def desk_secrets(self) -> list[str]:
        """What agents' second factors are sealed with: the first seals, the others only open."""
        own = [each.strip() for each in self.desk_secret.get_secret_value().split(",")]
        return [each for each in own if each] or [self.identity_secret.get_secret_value()]

    @property
    def origins(self) -> list[str]:
        """The web origins whose pages may carry the widget."""
        return [origin.strip() for origin in self.allowed_origins.split(",") if origin.strip()]

    @property
    def demo(self) -> bool:
        """Whether demo pages and demo customers are served."""
        return self.env != "production"


# What each needs. Of several names together one is enough: Messenger, Instagram, or both.
_CHANNEL_SETTINGS: dict[str, tuple[tuple[str, ...], ...]] = {
    "LINE": (("line_channel_secret",), ("line_access_token",)),
    "Messenger": (
        ("messenger_app_secret",),
        ("messenger_verify_token",),
        ("messenger_page_token", "messenger_instagram_token"),
    ),
    "the webhook": (("webhook_secret",), ("webhook_url",)),
    "e-mail": (("smtp_url",), ("mail_from",)),
    "the notifications' webhook": (("notify_webhook_secret",), ("notify_webhook_url",)),
}


def _variable(name: str) -> str:
    return f"MADOGUCHI_{name.upper()}"


def _is_set(value: object) -> bool:
    return bool(value.get_secret_value() if isinstance(value, SecretStr) else value)


@lru_cache
def settings() -> Settings:
    """Return the process's settings. Raises SettingsError in words for the operator."""
    return load_settings()


def load_settings() -> Settings:
    """Read the settings anew. Raises SettingsError in words for the operator."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_in_words(error))) from None


def _in_words(error: ValidationError) -> list[str]:
    lines = []
    for fault in error.errors():
        name = "MADOGUCHI_" + "_".join(str(part) for part in fault["loc"]).upper()
        message = str(fault["msg"]).removeprefix("Value error, ")
        lines.append(message if not fault["loc"] else f"{name}: {message}")
    return lines


def fresh_secret() -> str:
    """Return a secret that lasts for one start of the whole service."""
    return secrets.token_urlsafe(32)


def child_environment(**values: str) -> dict[str, str]:
    """Return this process's environment with settings added, for a process it starts."""
    return {**os.environ, **{f"MADOGUCHI_{name.upper()}": value for name, value in values.items()}}
