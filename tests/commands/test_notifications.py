"""The command that shows what agents and customers were not told, and tells it again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from madoguchi.commands.database import opened_database
from madoguchi.commands.notifications import NOTIFICATIONS
from madoguchi.conversations.channel import Outcome, Result
from madoguchi.notifications.model import Kind, NewNotification, Recipient, Via
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.settings import Settings

AT = datetime(2026, 12, 4, 3, 30, tzinfo=UTC)


@pytest.fixture
async def stuck(used: Settings) -> Settings:
    """Settings of a database with a mail that was refused and one that was sent."""
    async with opened_database(used) as database:
        outbox = NotificationOutbox(database)
        refused = Outcome(Result.REFUSED, code="refused", detail="SMTP 554")
        for name, outcome in (("refused", refused), ("sent", Outcome(Result.SENT))):
            to = Recipient(Via.EMAIL, f"{name}@example.jp")
            await outbox.add([NewNotification(name, Kind.INQUIRY_REPLY, to, {"text": "本文"})], AT)
            [claim] = await outbox.claim([Via.EMAIL])
            await outbox.finish(claim, outcome)
    return used


async def test_what_is_parked_is_listed_with_its_reason_and_without_its_text(
    stuck: Settings,
) -> None:
    shown = await NOTIFICATIONS.listed(stuck)
    assert "refused: SMTP 554" in shown
    assert "2026-12-04 12:30" in shown
    assert "sent@example.jp" not in shown
    assert "本文" not in shown
    assert "sent@example.jp" in await NOTIFICATIONS.listed(stuck, everything=True)


async def test_what_is_parked_is_told_again_and_nothing_else(stuck: Settings) -> None:
    assert await NOTIFICATIONS.resend(stuck, [1, 2]) == (
        "1 will be sent again by the running service; not parked, so left alone: 2"
    )
    assert "waiting" in await NOTIFICATIONS.listed(stuck)
    assert (await NOTIFICATIONS.resend(stuck, [], parked=True)).startswith("0 will be")


async def test_without_anything_it_says_so(used: Settings) -> None:
    assert "everything was told" in await NOTIFICATIONS.listed(used)
