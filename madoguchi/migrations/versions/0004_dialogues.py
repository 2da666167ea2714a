"""Running skills, what customers proved, and inquiries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
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
    """Create the tables."""
    op.create_table(
        "dialogues",
        _conversation(primary_key=True),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
    )
    op.create_table(
        "dialogue_turns",
        sa.Column(
            "inbound_id",
            sa.Integer(),
            sa.ForeignKey("inbox.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.Column("replies", sa.JSON(), nullable=False),
    )
    op.create_table(
        "proofs",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        _conversation(),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number", sa.String(32), nullable=False),
        sa.Column("proven_at", _TIME, nullable=False),
        sa.Column("ends_at", _TIME, nullable=False),
        sa.UniqueConstraint("conversation_id", "kind", "number", name="uq_proofs"),
    )
    op.create_table(
        "proof_tries",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.UniqueConstraint("subject", "event", name="uq_proof_tries"),
    )
    op.create_index("ix_proof_tries_subject", "proof_tries", ["subject", "at"])
    op.create_table(
        "inquiries",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("key", sa.String(128), nullable=False, unique=True),
        sa.Column("conversation_id", sa.String(32), nullable=True),
        sa.Column("member_id", sa.String(128), nullable=True),
        sa.Column("site", sa.String(16), nullable=True),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=True),
        sa.Column("contact", sa.String(254), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
    )
    op.create_index("ix_inquiries_state", "inquiries", ["state", "due_on"])
    op.create_index("ix_inquiries_conversation", "inquiries", ["conversation_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "inquiries",
        "proof_tries",
        "proofs",
        "dialogue_turns",
        "dialogues",
    ):
        op.drop_table(table)
