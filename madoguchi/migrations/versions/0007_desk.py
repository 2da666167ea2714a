"""The desk: agents, handoffs, notes, ratings, and who owns a conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _conversation(*, primary_key: bool = False) -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.String(32),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        primary_key=primary_key,
        nullable=False,
    )


def upgrade() -> None:
    """Create the tables and columns."""
    _agents()
    _handoffs()
    _around_chats()
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("agent_id", sa.String(32), nullable=True))
        conversations.add_column(sa.Column("handoff_id", sa.Integer(), nullable=True))
        conversations.add_column(sa.Column("snoozed_until", _TIME, nullable=True))
        conversations.add_column(sa.Column("last_customer_at", _TIME, nullable=True))
        conversations.add_column(sa.Column("last_agent_at", _TIME, nullable=True))
        conversations.create_index("ix_conversations_agent", ["agent_id", "owner"])
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("agent_id", sa.String(32), nullable=True))


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("login", sa.String(64), nullable=False, unique=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("totp_secret", sa.String(64), nullable=True),
        sa.Column("totp_confirmed_at", _TIME, nullable=True),
        # The last code that was taken, so that none is good twice.
        sa.Column("totp_counter", sa.Integer(), nullable=True),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("locked_until", _TIME, nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("presence", sa.String(16), nullable=False),
        sa.Column("presence_at", _TIME, nullable=True),
        sa.Column("removed_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
    )
    op.create_table(
        "agent_sessions",
        sa.Column("token_hash", sa.String(64), primary_key=True),
        sa.Column("id", sa.String(32), nullable=False, unique=True),
        sa.Column(
            "agent_id",
            sa.String(32),
            sa.ForeignKey("agents.id", ondelete="CASCADE"),
            nullable=False,
            index=True,
        ),
        sa.Column("client", sa.String(200), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("agent_id", sa.String(32), nullable=True),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_audit_log_at", "audit_log", ["at"])
    op.create_index("ix_audit_log_conversation_id", "audit_log", ["conversation_id"])


def _handoffs() -> None:
    op.create_table(
        "handoffs",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("detail", sa.String(200), nullable=True),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("site", sa.String(16), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("agent_id", sa.String(32), nullable=True),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("taken_at", _TIME, nullable=True),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.Column("result", sa.String(64), nullable=True),
    )
    op.create_index("ix_handoffs_state", "handoffs", ["state", "asked_at"])
    # The second of two who call at once finds the first one's.
    open_ones = sa.text("state != 'ended'")
    op.create_index(
        "uq_handoffs_open",
        "handoffs",
        ["conversation_id"],
        unique=True,
        sqlite_where=open_ones,
        postgresql_where=open_ones,
    )
    op.create_table(
        "desk_changes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )


def _around_chats() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("agent_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_notes_conversation_id", "notes", ["conversation_id"])
    op.create_table(
        "conversation_tags",
        _conversation(primary_key=True),
        sa.Column("tag", sa.String(40), primary_key=True),
    )
    op.create_index("ix_conversation_tags_tag", "conversation_tags", ["tag"])
    op.create_table(
        "canned_answers",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("shortcut", sa.String(40), nullable=False, unique=True),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("site", sa.String(16), nullable=True),
        sa.Column("updated_at", _TIME, nullable=False),
    )
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("handoff_id", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("at", _TIME, nullable=False),
        sa.UniqueConstraint("conversation_id", "handoff_id", name="uq_ratings"),
    )
    op.create_table(
        "read_marks",
        _conversation(primary_key=True),
        sa.Column("side", sa.String(8), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables and columns."""
    with op.batch_alter_table("messages") as messages:
        messages.drop_column("agent_id")
    with op.batch_alter_table("conversations") as conversations:
        conversations.drop_index("ix_conversations_agent")
        for column in (
            "last_agent_at",
            "last_customer_at",
            "snoozed_until",
            "handoff_id",
            "agent_id",
        ):
            conversations.drop_column(column)
    for table in (
        "read_marks",
        "ratings",
        "canned_answers",
        "conversation_tags",
        "notes",
        "desk_changes",
        "handoffs",
        "audit_log",
        "agent_sessions",
        "agents",
    ):
        op.drop_table(table)
