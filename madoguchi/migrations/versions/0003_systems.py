"""The embedded systems: items, orders, transfers, rentals, visits, and the changes made to them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "shop_products",
        sa.Column("number", sa.String(10), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("brand", sa.String(100), nullable=False),
        sa.Column("price_yen", sa.Integer(), nullable=False),
        sa.Column("location", sa.String(64)),
        sa.Column("viewable_in_store", sa.Boolean(), nullable=False),
        sa.Column("picture", sa.String(500)),
        sa.CheckConstraint("price_yen >= 0", name="ck_shop_products_price"),
    )
    _create_orders()
    _create_rentals()
    _create_visits()
    op.create_table(
        "shop_restock_requests",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_table(
        "shop_changes",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("key", sa.String(255), nullable=False, unique=True),
        sa.Column("operation", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("answer", sa.String(500), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_index("ix_shop_changes_subject", "shop_changes", ["subject"])
    op.create_table(
        "shop_demo",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("number", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "shop_demo",
        "shop_changes",
        "shop_restock_requests",
        "shop_visits",
        "shop_slots",
        "shop_rentals",
        "shop_transfers",
        "shop_orders",
        "shop_products",
    ):
        op.drop_table(table)


def _create_orders() -> None:
    op.create_table(
        "shop_orders",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("payment", sa.String(32), nullable=False),
        _product(),
        sa.Column("price_yen", sa.Integer(), nullable=False),
        *_customer(),
        *_days("paid_on", "shipped_on", "expected_on", "delivered_on", "cancelled_on"),
        *_days("receipt_shown_on", "return_applied_on"),
        sa.Column("tracking_number", sa.String(32)),
        sa.Column("time_slot", sa.String(16)),
        sa.Column("receipt_requested", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price_yen >= 0", name="ck_shop_orders_price"),
    )
    op.create_index("ix_shop_orders_member", "shop_orders", ["member_id", "ordered_at"])
    op.create_table(
        "shop_transfers",
        sa.Column(
            "order_number",
            sa.String(32),
            sa.ForeignKey("shop_orders.number", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("store", sa.String(64), nullable=False),
        sa.Column("requested_at", _TIME, nullable=False),
        *_days("visit_on"),
        sa.Column("visit_slot", sa.String(16)),
    )


def _create_rentals() -> None:
    op.create_table(
        "shop_rentals",
        sa.Column("number", sa.String(32), primary_key=True),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("watch", sa.String(200), nullable=False),
        sa.Column("monthly_fee_yen", sa.Integer(), nullable=False),
        *_customer(),
        *_days("screening_passed_on", "shipped_on", "payment_error_reported_on"),
        *_days("return_requested_on", "received_on", "ended_on"),
        *_days("loss_reported_on", "buyout_requested_on"),
        sa.Column("tracking_number", sa.String(32)),
        sa.Column("payment_errors", sa.Integer(), nullable=False),
        sa.Column("picture", sa.String(500)),
        sa.CheckConstraint("monthly_fee_yen >= 0", name="ck_shop_rentals_fee"),
        sa.CheckConstraint("payment_errors >= 0", name="ck_shop_rentals_errors"),
    )
    op.create_index("ix_shop_rentals_member", "shop_rentals", ["member_id", "ordered_at"])


def _create_visits() -> None:
    op.create_table(
        "shop_slots",
        sa.Column("store", sa.String(64), primary_key=True),
        sa.Column("weekday", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("time", sa.String(16), primary_key=True),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_shop_slots_weekday"),
        sa.CheckConstraint("capacity > 0", name="ck_shop_slots_capacity"),
    )
    op.create_table(
        "shop_visits",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
        sa.Column("store", sa.String(64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("time", sa.String(16), nullable=False),
        sa.Column("seat", sa.Integer()),
        _product(),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("contact", sa.String(320), nullable=False),
        sa.Column("member_id", sa.String(128)),
        sa.UniqueConstraint("store", "day", "time", "seat", name="uq_shop_visits_seat"),
    )
    op.create_index("ix_shop_visits_member", "shop_visits", ["member_id", "day"])


def _product() -> sa.Column[str]:
    return sa.Column(
        "product_number", sa.String(10), sa.ForeignKey("shop_products.number"), nullable=False
    )


def _customer() -> list[sa.Column[Any]]:
    """Return when it was ordered, by whom, and the contacts registered with it."""
    return [
        sa.Column("ordered_at", _TIME, nullable=False),
        sa.Column("member_id", sa.String(128)),
        sa.Column("phone", sa.String(16)),
        sa.Column("email", sa.String(320)),
    ]


def _days(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date()) for name in names]
