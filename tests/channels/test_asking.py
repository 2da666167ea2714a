"""Where customers can be asked for a rating without cost, and in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.channels.asking import finding_ways
from madoguchi.channels.line.tables import ReplyTokenRow
from madoguchi.channels.line.tokens import FRESH
from madoguchi.conversations.outbox import machine_time
from madoguchi.conversations.people import People
from madoguchi.conversations.tables import ConversationRow
from madoguchi.desk.ratings import Way
from madoguchi.desk.steps import Step
from madoguchi.settings import Settings
from tests.support.databases import TestClock

NOW = datetime(2026, 12, 1, 4, tzinfo=UTC)


async def way(
    database: AsyncEngine,
    channel: str,
    *,
    hours: int = 0,
    token: timedelta | None = None,
    push: bool = False,
) -> Way | None:
    """Return the way to ask on a channel, so many hours after the customer wrote."""
    chat = (await People(database, TestClock(NOW)).meet(channel, "hana", None)).conversation_id
    async with AsyncSession(database) as session, session.begin():
        row = await session.get_one(ConversationRow, chat)
        row.last_customer_at = NOW - timedelta(hours=hours)
        if token is not None:
            session.add(
                ReplyTokenRow(
                    conversation_id=chat,
                    inbound_id=7,
                    token="t",
                    refused=False,
                    at=machine_time() - token,
                )
            )
        await session.flush()
        find = finding_ways(Settings(env="test", line_rating_push=push))
        return await find(Step(session, row, NOW))


@pytest.mark.parametrize("channel", ["web", "webhook", "messenger", "instagram"])
async def test_soon_after_the_customer_wrote_there_is_a_way(
    database: AsyncEngine, channel: str
) -> None:
    assert await way(database, channel, hours=23) == Way()


@pytest.mark.parametrize(
    ("channel", "asked"),
    [("web", True), ("webhook", True), ("messenger", False), ("instagram", False)],
)
async def test_after_a_day_meta_takes_no_question(
    database: AsyncEngine, channel: str, *, asked: bool
) -> None:
    assert (await way(database, channel, hours=24) is not None) == asked


async def test_on_line_it_is_the_reply_to_the_customer_s_last_message(
    database: AsyncEngine,
) -> None:
    assert await way(database, "line", token=timedelta()) == Way(7)


async def test_on_line_an_old_token_is_no_way_but_for_who_pays(database: AsyncEngine) -> None:
    assert await way(database, "line", token=FRESH) is None
    assert await way(database, "line", push=True) == Way()
