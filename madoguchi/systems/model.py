"""What the shop's systems know, in the words of the business rules. Money is in yen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from madoguchi.rules.states import OrderState, PaymentMethod, RentalState


class SystemUnavailableError(Exception):
    """A system does not answer, or answers nonsense; the reason is for the log only."""


class NotAllowedError(Exception):
    """A system refuses a change, because the thing is not in a state for it (any more)."""


class KeyReusedError(NotAllowedError):
    """An idempotency key came again for another change; a mistake of the caller's."""


@dataclass(frozen=True)
class Product:
    """One pre-owned item; ``number`` has 10 digits and there is one of each."""

    number: str
    name: str
    brand: str
    price_yen: int
    # One of the stock locations, 「倉庫在庫」 or a store's name; None when it is sold.
    location: str | None
    # It carries 【店舗で実物を見てみる】.
    viewable_in_store: bool = False
    picture: str | None = None


@dataclass(frozen=True)
class Order:
    """An order of the online store, ``number`` like A-20261103-0042."""

    number: str
    state: OrderState
    payment: PaymentMethod
    product: Product
    price_yen: int
    ordered_at: datetime
    member_id: str | None = None
    paid_on: date | None = None
    # The carrier's number, known from the shipping on.
    tracking_number: str | None = None
    shipped_on: date | None = None
    expected_on: date | None = None
    # 「午前中」 or 「14-16」…, when one was chosen.
    time_slot: str | None = None
    delivered_on: date | None = None
    # 「領収書発行希望」 was written in the remarks.
    receipt_requested: bool = False
    receipt_shown_on: date | None = None
    return_applied_on: date | None = None
    cancelled_on: date | None = None


@dataclass(frozen=True)
class Rental:
    """A rental of one watch by the month, ``number`` like R-000123."""

    number: str
    state: RentalState
    watch: str
    monthly_fee_yen: int
    ordered_at: datetime
    member_id: str | None = None
    screening_passed_on: date | None = None
    shipped_on: date | None = None
    tracking_number: str | None = None
    # Failed payments of the whole contract: the third one ends it.
    payment_errors: int = 0
    payment_error_reported_on: date | None = None
    return_requested_on: date | None = None
    received_on: date | None = None
    ended_on: date | None = None
    loss_reported_on: date | None = None
    buyout_requested_on: date | None = None
    picture: str | None = None


class TransferState(StrEnum):
    """Where a transfer to a store (取り寄せ) stands."""

    REQUESTED = "requested"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    VISITED = "visited"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Transfer:
    """An item that is brought to a store for a customer, under its order's number."""

    order_number: str
    state: TransferState
    product: Product
    store: str
    requested_at: datetime
    visit_on: date | None = None
    visit_slot: str | None = None
    member_id: str | None = None


@dataclass(frozen=True)
class Slot:
    """A free time for a visit: a day and 「13:00〜14:00」."""

    day: date
    time: str


@dataclass(frozen=True)
class Visit:
    """A booked visit of a store, ``number`` like V-000123."""

    number: str
    store: str
    product: Product
    slot: Slot
    name: str
    contact: str
    member_id: str | None = None
    cancelled: bool = False


@dataclass(frozen=True)
class RestockRequest:
    """What a customer wants to be told of (ONEGAI ALLU), ``number`` like W-000123."""

    number: str
    wish: str
    email: str


class LossKind(StrEnum):
    """What happened to a rented watch."""

    LOST = "lost"
    STOLEN = "stolen"


@dataclass(frozen=True)
class Receipt:
    """A change that a system has made: its number, and when."""

    number: str
    at: datetime
