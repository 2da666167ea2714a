"""Search over chats, and indexes for a desk with many of them.

The texts are written by madoguchi.desk.search_words, which questions are written by too: a change
of it needs a migration that writes them anew, as this one does for what was there before it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from madoguchi.desk.search_words import normal, pieces, shown

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_AT_ONCE = 2000
_TEXTS = sa.table(
    "search_texts",
    sa.column("conversation_id", sa.String),
    sa.column("source", sa.String),
    sa.column("place", sa.Integer),
    sa.column("text", sa.Text),
    sa.column("pieces", sa.Text),
)
# Every character beyond ASCII is part of a word: the pieces are cut already. Where in a text a
# piece stands is not kept, the text itself is looked at.
_FTS = """
CREATE VIRTUAL TABLE search_index USING fts5(
    pieces, content='search_texts', content_rowid='id', tokenize='ascii', prefix='1',
    detail=none, columnsize=0
)
"""
_REMOVE = (
    "INSERT INTO search_index(search_index, rowid, pieces) VALUES ('delete', old.id, old.pieces);"
)
_ADD = "INSERT INTO search_index(rowid, pieces) VALUES (new.id, new.pieces);"
_TRIGGERS = {
    "search_texts_added": f"AFTER INSERT ON search_texts BEGIN {_ADD} END",
    "search_texts_removed": f"AFTER DELETE ON search_texts BEGIN {_REMOVE} END",
    "search_texts_changed": f"AFTER UPDATE ON search_texts BEGIN {_REMOVE} {_ADD} END",
}
_GIN = """
CREATE INDEX ix_search_texts_pieces ON search_texts
USING gin (array_to_tsvector(string_to_array(pieces, ' '))) WITH (fastupdate = off)
"""


def upgrade() -> None:
    """Create the table, its index and the other indexes, and write what chats hold already."""
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column(
            "conversation_id",
            sa.String(32),
            sa.ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("source", sa.String(8), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.UniqueConstraint("conversation_id", "source", "place", name="uq_search_texts"),
    )
    _index_pieces()
    _index_lists()
    _write_texts()


def _index_pieces() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.execute(_GIN)
        return
    try:
        op.execute(_FTS)
    except sa.exc.OperationalError as error:
        raise RuntimeError(
            "the SQLite of this Python has no FTS5, by which chats are found: use a Python whose "
            'SQLite has it (python -c \'import sqlite3; sqlite3.connect(":memory:").execute('
            '"create virtual table t using fts5(a)")\'), or PostgreSQL'
        ) from error
    for name, what in _TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {what}")


_LISTS = {
    # Pages go on after a moment and an id: the id belongs into the index.
    "ix_conversations_newest": ("conversations", ["updated_at", "id"]),
    "ix_conversations_view": ("conversations", ["owner", "updated_at", "id"]),
    "ix_conversations_queue": ("conversations", ["owner", "handoff_id", "id"]),
    "ix_conversations_member": ("conversations", ["member_id"]),
    "ix_conversations_merged": ("conversations", ["merged_into", "owner"]),
}
_FAILED = "ix_outbox_failed"


def _index_lists() -> None:
    op.drop_index("ix_conversations_updated_at", "conversations")
    op.drop_index("ix_conversations_owner", "conversations")
    for name, (table, columns) in _LISTS.items():
        op.create_index(name, table, columns)
    parked = sa.text("state = 'parked'")
    op.create_index(
        _FAILED, "outbox", ["conversation_id"], sqlite_where=parked, postgresql_where=parked
    )


# By source: which chat, which place in it, the text and a message's card.
_PLACES = {
    "message": (
        "SELECT conversation_id, seq AS place, text, card FROM messages WHERE withdrawn_at IS NULL"
    ),
    "note": "SELECT conversation_id, id AS place, text, NULL AS card FROM notes",
    "tag": (
        "SELECT conversation_id, row_number() OVER (PARTITION BY conversation_id ORDER BY tag) - 1 "
        "AS place, tag AS text, NULL AS card FROM conversation_tags"
    ),
    "name": (
        "SELECT id AS conversation_id, 0 AS place, member_name AS text, NULL AS card "
        "FROM conversations WHERE member_name IS NOT NULL "
        "UNION ALL SELECT id, 1, member_id, NULL FROM conversations WHERE member_id IS NOT NULL "
        "UNION ALL SELECT conversation_id, 2, min(name), NULL FROM channel_users "
        "WHERE conversation_id IS NOT NULL AND name IS NOT NULL GROUP BY conversation_id"
    ),
}


def _write_texts() -> None:
    for source, place in _PLACES.items():
        chat, number = "", -1
        while found := _after(place, chat, number):
            chat, number = found[-1].conversation_id, found[-1].place
            rows = [row for each in found if (row := _text_row(source, each)) is not None]
            if rows:
                op.get_bind().execute(_TEXTS.insert(), rows)


def _after(place: str, chat: str, number: int) -> Sequence[Any]:
    """Return the next texts of a source, in the order by which the reading goes on."""
    asked = sa.text(
        f"SELECT * FROM ({place}) AS texts "  # noqa: S608  (the statements above)
        "WHERE conversation_id > :chat OR (conversation_id = :chat AND place > :number) "
        "ORDER BY conversation_id, place LIMIT :most"
    )
    asked = asked.bindparams(chat=chat, number=number, most=_AT_ONCE)
    return op.get_bind().execute(asked).all()


def _text_row(source: str, found: Any) -> dict[str, Any] | None:
    card = json.loads(found.card) if isinstance(found.card, str) else found.card
    text = normal(shown(found.text, card))
    if not text:
        return None
    return {
        "conversation_id": found.conversation_id,
        "source": source,
        "place": found.place,
        "text": text,
        "pieces": " ".join(pieces(text)),
    }
