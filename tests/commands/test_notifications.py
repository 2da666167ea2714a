"""The command that shows what agents and customers were not told, and tells it again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from madoguchi.commands.notifications import list_notifications, resend_notifications
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.database import migrate, open_database
from madoguchi.notifications.model import Kind, NewNotification, Recipient, Via
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.settings import Settings

AT = datetime(2026, 12, 4, 3, 30, tzinfo=UTC)


@pytest.fixture
async def used(tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings of a database with a mail that was refused and one that was sent."""
    settings = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'madoguchi.db'}")
    database = open_database(settings.database_url)
    await migrate(database)
    outbox = NotificationOutbox(database)
    refused = Outcome(Result.REFUSED, code="refused", detail="SMTP 554")
    for name, outcome in (("refused", refused), ("sent", Outcome(Result.SENT))):
        to = Recipient(Via.EMAIL, f"{name}@example.jp")
        await outbox.add([NewNotification(name, Kind.INQUIRY_REPLY, to, {"text": "本文"})], AT)
        [claim] = await outbox.claim([Via.EMAIL])
        await outbox.finish(claim, outcome)
    yield settings
    await database.dispose()


async def test_what_is_parked_is_listed_with_its_reason_and_without_its_text(
    used: Settings,
) -> None:
    shown = await list_notifications(used)
    assert "refused: SMTP 554" in shown
    assert "2026-12-04 12:30" in shown
    assert "sent@example.jp" not in shown
    assert "本文" not in shown
    assert "sent@example.jp" in await list_notifications(used, everything=True)


async def test_what_is_parked_is_told_again_and_nothing_else(used: Settings) -> None:
    assert await resend_notifications(used, [1, 2]) == (
        "1 will be sent again by the running service; not parked, so left alone: 2"
    )
    assert "waiting" in await list_notifications(used)
    assert (await resend_notifications(used, [], parked=True)).startswith("0 will be")


async def test_without_anything_it_says_so(tmp_path: Path) -> None:
    empty = Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")
    assert "everything was told" in await list_notifications(empty)
