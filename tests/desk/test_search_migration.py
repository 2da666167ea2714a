"""What chats held before the search had an index is found after the upgrade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.database import MIGRATIONS, migrate, open_database
from madoguchi.desk.search import Search
from tests.desk.test_search import LEAD
from tests.support.databases import BOTH

_BEFORE = "0008"
# A message taken back keeps no text; this one stands for a version that kept it.
_STORED = """
INSERT INTO conversations
(id, token_hash, channel, member_id, member_name, owner, last_seq, created_at, updated_at) VALUES
('c1', '', 'line', 'ALLU-1', '山田 花子', 'bot', 2, '2026-11-01 09:00:00', '2026-11-01 09:00:00'),
('c2', '', 'web', NULL, NULL, 'bot', 1, '2026-11-01 09:00:00', '2026-11-01 09:00:00');

INSERT INTO messages
(conversation_id, seq, sender, kind, text, card, at, withdrawn_at) VALUES
('c1', 1, 'bot', 'answer', 'ご注文です',
 '{"title": "腕時計", "rows": [{"label": "注文番号", "value": "A-20261103-0042"}]}',
 '2026-11-01 09:00:00', NULL),
('c1', 2, 'customer', 'notice', 'ﾊﾞｯｸﾞの返品', NULL, '2026-11-01 09:00:00', NULL),
('c2', 1, 'customer', 'notice', '港区赤坂', NULL, '2026-11-01 09:00:00', '2026-11-01 10:00:00');

INSERT INTO channel_users (channel, external_id, conversation_id, name, created_at)
VALUES ('line', 'U1', 'c1', 'はなちゃん', '2026-11-01 09:00:00');

INSERT INTO notes (conversation_id, agent_id, text, at)
VALUES ('c1', 'sato', '折り返し', '2026-11-01 09:00:00');

INSERT INTO conversation_tags (conversation_id, tag) VALUES ('c1', '急ぎ'), ('c1', '法人')
"""
_FOUND = (
    *("バッグ", "返品", "20261103-0042", "腕時計", "山田", "allu1"),
    *("ハナちゃん", "折り返し", "急ぎ", "法人"),
)


async def database_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> AsyncEngine:
    """Return a database without any table."""
    if kind == "sqlite":
        return open_database(f"sqlite+aiosqlite:///{folder / 'before.db'}")
    return open_database(await request.getfixturevalue("postgres").new_database())


def _upgrade(connection: Any) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, _BEFORE)


@pytest.mark.parametrize("kind", BOTH)
async def test_old_chats_are_found_after_the_upgrade(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    database = await database_of(kind, request, tmp_path)
    async with database.begin() as connection:
        await connection.run_sync(_upgrade)
    async with database.begin() as connection:
        for each in _STORED.split(";"):
            # As it is: the driver would take the colons of the card for places to fill in.
            await connection.exec_driver_sql(each)
    await migrate(database)
    for reads in ([1], [1000]):
        search = Search(database, reads)
        for question in _FOUND:
            assert list((await search.find(question, LEAD)).places) == ["c1"], question
        assert not (await search.find("赤坂", LEAD)).places
    await database.dispose()
