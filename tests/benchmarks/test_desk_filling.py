"""The benchmark's database: as many chats as it says, and found like those that customers write."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.desk_filling import Size, fill
from madoguchi.clock import SystemClock
from madoguchi.conversations.tables import ConversationRow
from madoguchi.desk.search import Search
from madoguchi.desk.summaries import Summaries
from tests.desk.test_search import LEAD, SATO
from tests.support.databases import empty_database


async def test_a_small_desk_is_filled_and_found(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    async with empty_database("sqlite", request, tmp_path) as database:
        now = datetime(2026, 11, 22, tzinfo=UTC)
        messages = await fill(database, Size(waiting=3, taken=4, closed=20), [SATO.id], now)
        assert 27 * 8 <= messages <= 27 * 12
        async with AsyncSession(database) as session:
            owners = await session.execute(
                select(ConversationRow.owner, func.count()).group_by(ConversationRow.owner)
            )
            counted = [("agent", 4), ("closed", 20), ("queue", 3)]
            assert sorted(map(tuple, owners)) == counted
        page, following = await Summaries(database, SystemClock()).listed("mine", SATO.id)
        assert (len(page), following) == (4, None)
        assert len((await Search(database, [1]).find("ご用件", LEAD)).places) == 27
        assert len((await Search(database, [1]).find("ご用件", SATO)).places) == 7
