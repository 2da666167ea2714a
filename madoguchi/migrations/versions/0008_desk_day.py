"""What a day at the desk needs: notifications, agents' files, merged chats, asked ratings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the table and the columns."""
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        # Whatever runs twice writes the same key and so notifies once.
        sa.Column("key", sa.String(200), nullable=False, unique=True),
        sa.Column("via", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column(
            "conversation_id",
            sa.String(32),
            sa.ForeignKey("conversations.id", ondelete="CASCADE"),
            nullable=True,
        ),
        sa.Column("recipient", sa.String(320), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("claimed_by", sa.String(64), nullable=True),
        sa.Column("claimed_at", _TIME, nullable=True),
        sa.Column("code", sa.String(64), nullable=True),
        sa.Column("detail", sa.String(200), nullable=True),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
    )
    op.create_index("ix_notifications_state", "notifications", ["state", "next_at"])
    op.create_index("ix_notifications_conversation", "notifications", ["conversation_id"])
    with op.batch_alter_table("handoffs") as handoffs:
        handoffs.add_column(sa.Column("rating_asked_at", _TIME, nullable=True))
    with op.batch_alter_table("attachments") as attachments:
        attachments.add_column(sa.Column("agent_id", sa.String(32), nullable=True))
    with op.batch_alter_table("conversations") as conversations:
        conversations.add_column(sa.Column("merged_into", sa.String(32), nullable=True))
    with op.batch_alter_table("desk_changes") as changes:
        changes.add_column(sa.Column("seq", sa.Integer(), nullable=True))
    with op.batch_alter_table("agents") as agents:
        # Sealed, a secret is longer.
        agents.alter_column("totp_secret", type_=sa.String(255))
