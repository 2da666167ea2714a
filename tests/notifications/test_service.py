"""Notifications in the running service, from the settings to the mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.channels.webhook.signature import verify
from madoguchi.clock import SystemClock
from madoguchi.knowledge.business import business
from madoguchi.notifications.setup import desk_url, running_notifications
from madoguchi.settings import Settings, SettingsError
from tests.channels.webhook.other import SECRET, SECRETS, OtherSystem
from tests.conftest import StartService
from tests.desk.floor import Floor
from tests.notifications.conftest import NOON
from tests.notifications.mail_server import Postbox, mail_server
from tests.support.server import serving
from tests.support.waiting import until

MAIL = {"smtp_url": "smtps://u:p@mail.example.jp", "mail_from": "support@shop.example.jp"}


@pytest.fixture
async def told(start_service: StartService) -> AsyncIterator[tuple[Floor, Postbox, OtherSystem]]:
    """A service at half past twelve on a Friday that tells a mailbox and another system."""
    postbox, other = Postbox(), OtherSystem()
    async with AsyncExitStack() as stack:
        port = await stack.enter_async_context(mail_server(postbox))
        address = await stack.enter_async_context(serving(other))
        service = await start_service(
            now=NOON,
            smtp_url=SecretStr(f"smtp://127.0.0.1:{port}?starttls=never"),
            mail_from="ALLU <support@shop.example.jp>",
            notify_emails="lead@example.jp, lead@example.jp",
            notify_after_seconds=0,
            notify_webhook_url=f"{address}/told",
            notify_webhook_secret=SecretStr(SECRET),
        )
        yield Floor(service, stack), postbox, other


async def test_a_chat_that_waits_alone_is_told_by_mail_and_webhook(
    told: tuple[Floor, Postbox, OtherSystem],
) -> None:
    floor, postbox, other = told
    chat, _ = await floor.waiting()
    for _ in range(3):
        await floor.service.parts.notifying.notifier.look()

    async def arrived() -> bool:
        return bool(postbox.mails and other.calls)

    await until(arrived)
    [mail], [call] = postbox.mails, other.calls
    assert mail["To"] == "lead@example.jp"
    port = floor.service.settings.port
    assert f"http://127.0.0.1:{port}/desk#/chat/{chat}" in mail.get_content()
    verify(SECRETS, call.headers, call.body, NOON)


def settings(**changed: Any) -> Settings:
    """Return settings of a test."""
    return Settings(**({"env": "test"} | changed))


@pytest.mark.parametrize(
    "changed",
    [
        {"smtp_url": "smtps://u:p@mail.example.jp"},
        {"mail_from": "support@shop.example.jp"},
        {"notify_webhook_url": "https://other.example.jp"},
        {"notify_webhook_secret": SECRET},
        {"notify_emails": "lead@example.jp"},
    ],
)
def test_what_is_set_up_in_part_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="MADOGUCHI_"):
        settings(**changed)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        (MAIL | {"smtp_url": "mail.example.jp"}, "MADOGUCHI_SMTP_URL"),
        (MAIL | {"mail_from": "nobody"}, "MADOGUCHI_MAIL_FROM"),
        (MAIL | {"notify_emails": "lead@example.jp,nobody"}, "MADOGUCHI_NOTIFY_EMAILS"),
        (
            {"notify_webhook_url": "http://192.168.1.2/x", "notify_webhook_secret": SECRET},
            "MADOGUCHI_NOTIFY_WEBHOOK_URL",
        ),
        (
            {"notify_webhook_url": "https://other.example.jp", "notify_webhook_secret": "short"},
            "MADOGUCHI_NOTIFY_WEBHOOK_SECRET",
        ),
    ],
)
async def test_what_cannot_be_used_is_named_at_the_start(
    database: AsyncEngine, changed: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        async with running_notifications(settings(**changed), database, SystemClock(), business()):
            pass


def test_links_lead_to_the_public_address_and_nowhere_without_one_in_production() -> None:
    public = settings(public_url="https://chat.example.jp/")
    assert desk_url(public) == "https://chat.example.jp/desk"
    production = settings(
        env="production",
        identity_secret="x" * 32,
        allowed_origins="https://shop.example.jp",
    )
    assert desk_url(production) is None
