"""What the rules have to know of a thing; the systems' own records have these attributes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Protocol

from madoguchi.rules.states import OrderState, PaymentMethod, RentalState


class ProductFacts(Protocol):
    """One item of the online store. Prices are in yen."""

    @property
    def price_yen(self) -> int: ...  # noqa: D102  (the systems' model says what each one is)
    @property
    def location(self) -> str | None: ...  # noqa: D102
    @property
    def viewable_in_store(self) -> bool: ...  # noqa: D102


class OrderFacts(Protocol):
    """An order of the online store. Days are in Asia/Tokyo, times are aware."""

    @property
    def state(self) -> OrderState: ...  # noqa: D102
    @property
    def payment(self) -> PaymentMethod: ...  # noqa: D102
    @property
    def price_yen(self) -> int: ...  # noqa: D102
    @property
    def ordered_at(self) -> datetime: ...  # noqa: D102
    @property
    def paid_on(self) -> date | None: ...  # noqa: D102
    @property
    def shipped_on(self) -> date | None: ...  # noqa: D102
    @property
    def expected_on(self) -> date | None: ...  # noqa: D102
    @property
    def delivered_on(self) -> date | None: ...  # noqa: D102
    @property
    def receipt_requested(self) -> bool: ...  # noqa: D102
    @property
    def receipt_shown_on(self) -> date | None: ...  # noqa: D102
    @property
    def return_applied_on(self) -> date | None: ...  # noqa: D102


class RentalFacts(Protocol):
    """A rental of a watch. Days are in Asia/Tokyo."""

    @property
    def state(self) -> RentalState: ...  # noqa: D102
    @property
    def shipped_on(self) -> date | None: ...  # noqa: D102
    @property
    def return_requested_on(self) -> date | None: ...  # noqa: D102
    @property
    def loss_reported_on(self) -> date | None: ...  # noqa: D102
    @property
    def buyout_requested_on(self) -> date | None: ...  # noqa: D102


class TransferFacts(Protocol):
    """An item that is brought to a store for a customer; times are aware."""

    @property
    def state(self) -> str: ...  # noqa: D102
    @property
    def store(self) -> str: ...  # noqa: D102
    @property
    def requested_at(self) -> datetime: ...  # noqa: D102
