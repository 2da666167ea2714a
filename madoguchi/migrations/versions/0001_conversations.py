"""Conversations, their messages, choices and inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("site", sa.String(16)),
        sa.Column("member_id", sa.String(128)),
        sa.Column("member_name", sa.String(200)),
        sa.Column("owner", sa.String(16), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("last_topic", sa.String(64)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_conversations_updated_at", "conversations", ["updated_at"])
    op.create_table(
        "messages",
        _conversation(primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("sender", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("act", sa.String(64)),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("card", sa.JSON()),
        sa.Column("client_id", sa.String(128)),
        sa.Column("understanding", sa.JSON()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "choices",
        sa.Column("id", sa.String(32), primary_key=True),
        _conversation(),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("topic", sa.String(64)),
        sa.Column("act", sa.String(64)),
        sa.Column("payload", sa.String(500), nullable=False),
    )
    op.create_index("ix_choices_conversation_id", "choices", ["conversation_id"])
    op.create_table(
        "inbox",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("event_id", sa.String(128), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(500)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("told_to_wait", sa.Boolean(), nullable=False),
        sa.Column("replies_from", sa.Integer()),
        sa.Column("replies_to", sa.Integer()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("conversation_id", "event_id", name="uq_inbox_event"),
    )
    op.create_index("ix_inbox_pending", "inbox", ["state", "conversation_id", "id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("inbox", "choices", "messages", "conversations"):
        op.drop_table(table)


def _conversation(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.String(32),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )
