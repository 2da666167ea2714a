"""Messaging channels: their customers, events, deliveries, files, and messages taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _conversation(*, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(
        "conversation_id",
        sa.String(32),
        sa.ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=nullable,
    )


def upgrade() -> None:
    """Create the tables and columns."""
    _customers_and_events()
    _outbox()
    _attachments()
    _line()
    with op.batch_alter_table("messages") as messages:
        messages.add_column(sa.Column("external_id", sa.String(128), nullable=True))
        messages.add_column(sa.Column("withdrawn_at", _TIME, nullable=True))
        messages.create_index("ix_messages_external", ["conversation_id", "external_id"])
    with op.batch_alter_table("inbox") as inbox:
        inbox.add_column(
            sa.Column("kind", sa.String(16), nullable=False, server_default="text"),
        )
    op.create_index("ix_conversations_owner", "conversations", ["owner", "updated_at"])


def _customers_and_events() -> None:
    op.create_table(
        "channel_users",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("external_id", sa.String(128), nullable=False),
        _conversation(nullable=True),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("profile_at", _TIME, nullable=True),
        sa.Column("member_id", sa.String(128), nullable=True),
        sa.Column("linked_at", _TIME, nullable=True),
        sa.Column("blocked_at", _TIME, nullable=True),
        sa.Column("heard_at", _TIME, nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.UniqueConstraint("channel", "external_id", name="uq_channel_users"),
    )
    op.create_index("ix_channel_users_conversation_id", "channel_users", ["conversation_id"])
    op.create_table(
        "channel_events",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("event_id", sa.String(128), nullable=False),
        sa.Column("user", sa.String(128), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("kind", sa.String(16), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.UniqueConstraint("channel", "event_id", name="uq_channel_events"),
    )
    op.create_index("ix_channel_events_pending", "channel_events", ["state", "next_at"])
    op.create_index("ix_channel_events_user", "channel_events", ["channel", "user", "state"])
    op.create_table(
        "channel_withdrawals",
        sa.Column("channel", sa.String(16), primary_key=True),
        sa.Column("external_id", sa.String(128), primary_key=True),
        sa.Column("at", _TIME, nullable=False),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("seqs", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("unsure", sa.Boolean(), nullable=False),
        sa.Column("parts_done", sa.Integer(), nullable=False),
        sa.Column("retry_key", sa.String(36), nullable=False, unique=True),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("claimed_until", _TIME, nullable=True),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("via", sa.String(16), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(64), nullable=True),
        sa.Column("detail", sa.String(500), nullable=True),
        sa.Column("external_ids", sa.JSON(), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
    )
    op.create_index("ix_outbox_state", "outbox", ["state", "next_at"])
    op.create_index("ix_outbox_conversation", "outbox", ["conversation_id", "id"])


def _attachments() -> None:
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(32), primary_key=True),
        _conversation(),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("source", sa.JSON(), nullable=True),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=True),
        sa.Column("content_type", sa.String(100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("digest", sa.String(64), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
    )
    op.create_index("ix_attachments_state", "attachments", ["state", "next_at"])
    op.create_index("ix_attachments_conversation", "attachments", ["conversation_id", "seq"])
    op.create_table(
        "attachment_contents",
        sa.Column(
            "attachment_id",
            sa.String(32),
            sa.ForeignKey("attachments.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _line() -> None:
    op.create_table(
        "line_reply_tokens",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("token", sa.String(256), nullable=False, unique=True),
        # The delivery that tried it, from before it is sent.
        sa.Column("delivery_id", sa.Integer(), nullable=True),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_line_reply_tokens_delivery_id", "line_reply_tokens", ["delivery_id"])
    op.create_index("ix_line_reply_tokens", "line_reply_tokens", ["conversation_id", "at"])
    op.create_table(
        "link_nonces",
        sa.Column("nonce_hash", sa.String(64), primary_key=True),
        sa.Column("member_id", sa.String(128), nullable=False),
        sa.Column("member_name", sa.String(200), nullable=True),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.Column("used_at", _TIME, nullable=True),
    )


def downgrade() -> None:
    """Drop the tables and columns."""
    op.drop_index("ix_conversations_owner", "conversations")
    with op.batch_alter_table("inbox") as inbox:
        inbox.drop_column("kind")
    with op.batch_alter_table("messages") as messages:
        messages.drop_index("ix_messages_external")
        messages.drop_column("withdrawn_at")
        messages.drop_column("external_id")
    for table in (
        "link_nonces",
        "line_reply_tokens",
        "attachment_contents",
        "attachments",
        "outbox",
        "channel_withdrawals",
        "channel_events",
        "channel_users",
    ):
        op.drop_table(table)
