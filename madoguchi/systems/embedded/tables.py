"""The tables of the embedded systems. Times are UTC, days are Asia/Tokyo's, money is in yen.

Phone numbers and e-mail addresses that are compared with are kept as
:func:`madoguchi.systems.contacts.normalised_contact` returns them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from madoguchi.database import Base


class ProductRow(Base):
    """One item of the online store."""

    __tablename__ = "shop_products"

    number: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    brand: Mapped[str] = mapped_column(String(100))
    price_yen: Mapped[int]
    location: Mapped[str | None] = mapped_column(String(64))
    viewable_in_store: Mapped[bool]
    picture: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (CheckConstraint("price_yen >= 0", name="ck_shop_products_price"),)


class OrderRow(Base):
    """An order of the online store, with the contacts registered with it."""

    __tablename__ = "shop_orders"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(32))
    payment: Mapped[str] = mapped_column(String(32))
    product_number: Mapped[str] = mapped_column(ForeignKey("shop_products.number"))
    price_yen: Mapped[int]
    ordered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    member_id: Mapped[str | None] = mapped_column(String(128))
    phone: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(320))
    paid_on: Mapped[date | None]
    tracking_number: Mapped[str | None] = mapped_column(String(32))
    shipped_on: Mapped[date | None]
    expected_on: Mapped[date | None]
    time_slot: Mapped[str | None] = mapped_column(String(16))
    delivered_on: Mapped[date | None]
    receipt_requested: Mapped[bool]
    receipt_shown_on: Mapped[date | None]
    return_applied_on: Mapped[date | None]
    cancelled_on: Mapped[date | None]

    product: Mapped[ProductRow] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        CheckConstraint("price_yen >= 0", name="ck_shop_orders_price"),
        Index("ix_shop_orders_member", "member_id", "ordered_at"),
    )


class TransferRow(Base):
    """An item on its way to a store, under its order's number; the item is the order's."""

    __tablename__ = "shop_transfers"

    order_number: Mapped[str] = mapped_column(
        ForeignKey("shop_orders.number", ondelete="CASCADE"), primary_key=True
    )
    state: Mapped[str] = mapped_column(String(32))
    store: Mapped[str] = mapped_column(String(64))
    requested_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    visit_on: Mapped[date | None]
    visit_slot: Mapped[str | None] = mapped_column(String(16))

    order: Mapped[OrderRow] = relationship(lazy="joined", innerjoin=True)


class RentalRow(Base):
    """A rental of one watch, with the contacts registered with it."""

    __tablename__ = "shop_rentals"

    number: Mapped[str] = mapped_column(String(32), primary_key=True)
    state: Mapped[str] = mapped_column(String(32))
    watch: Mapped[str] = mapped_column(String(200))
    monthly_fee_yen: Mapped[int]
    ordered_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    member_id: Mapped[str | None] = mapped_column(String(128))
    phone: Mapped[str | None] = mapped_column(String(16))
    email: Mapped[str | None] = mapped_column(String(320))
    screening_passed_on: Mapped[date | None]
    shipped_on: Mapped[date | None]
    tracking_number: Mapped[str | None] = mapped_column(String(32))
    payment_errors: Mapped[int]
    payment_error_reported_on: Mapped[date | None]
    return_requested_on: Mapped[date | None]
    received_on: Mapped[date | None]
    ended_on: Mapped[date | None]
    loss_reported_on: Mapped[date | None]
    buyout_requested_on: Mapped[date | None]
    picture: Mapped[str | None] = mapped_column(String(500))

    __table_args__ = (
        CheckConstraint("monthly_fee_yen >= 0", name="ck_shop_rentals_fee"),
        CheckConstraint("payment_errors >= 0", name="ck_shop_rentals_errors"),
        Index("ix_shop_rentals_member", "member_id", "ordered_at"),
    )


class SlotRow(Base):
    """A time at which a store takes visits on a day of the week (0 is Monday)."""

    __tablename__ = "shop_slots"

    store: Mapped[str] = mapped_column(String(64), primary_key=True)
    weekday: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[str] = mapped_column(String(16), primary_key=True)
    # How many visits one such time takes.
    capacity: Mapped[int]

    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_shop_slots_weekday"),
        CheckConstraint("capacity > 0", name="ck_shop_slots_capacity"),
    )


class VisitRow(Base):
    """A booked visit, which holds one of its time's seats. A cancelled one holds none."""

    __tablename__ = "shop_visits"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    store: Mapped[str] = mapped_column(String(64))
    day: Mapped[date]
    time: Mapped[str] = mapped_column(String(16))
    seat: Mapped[int | None]
    product_number: Mapped[str] = mapped_column(ForeignKey("shop_products.number"))
    name: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(320))
    member_id: Mapped[str | None] = mapped_column(String(128))

    product: Mapped[ProductRow] = relationship(lazy="joined", innerjoin=True)

    __table_args__ = (
        # Of two that take the last seat at once, the database lets one.
        UniqueConstraint("store", "day", "time", "seat", name="uq_shop_visits_seat"),
        Index("ix_shop_visits_member", "member_id", "day"),
    )


class RestockRow(Base):
    """What a customer wants to be told of (ONEGAI ALLU)."""

    __tablename__ = "shop_restock_requests"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    wish: Mapped[str] = mapped_column(Text)
    email: Mapped[str] = mapped_column(String(320))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ChangeRow(Base):
    """A change that was made, under its idempotency key, with what the customer said to it."""

    __tablename__ = "shop_changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    operation: Mapped[str] = mapped_column(String(32))
    # The number of what was changed: an order's, a rental's, an item's.
    subject: Mapped[str] = mapped_column(String(32))
    # Of operation, subject and details: the same key with another one is a mistake.
    digest: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What was answered besides number and time: an address, a visit's number.
    answer: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    __table_args__ = (Index("ix_shop_changes_subject", "subject"),)


class DemoRow(Base):
    """Which row is demo data, by its name in demo.yml; there is none in production."""

    __tablename__ = "shop_demo"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[str] = mapped_column(String(32))
