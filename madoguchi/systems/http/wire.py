"""The shop's answers as they travel, and the way to and from what the systems know.

``model_validate_json`` is strict: a number in quotes, an unknown state or a date that is none is no
answer. Keys that are not known are ignored, so that a shop may send more.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems import model
from madoguchi.systems.http.fields import (
    Contact,
    Count,
    Day,
    Line,
    MemberId,
    Moment,
    OrderNumber,
    Picture,
    ProductNumber,
    Reference,
    RentalNumber,
    SlotTime,
    Text,
    WebAddress,
    Yen,
)


class Wire(BaseModel):
    """An answer of the shop, or a part of one."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")

    @classmethod
    def of(cls, known: object) -> Self:
        """Return the same as it travels. Raises ValidationError for what may not travel."""
        return cls.model_validate(known, strict=False, from_attributes=True)

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields}


class ProductWire(Wire):
    """An item."""

    number: ProductNumber
    name: Line
    brand: Line
    price_yen: Yen
    location: Line | None = None
    viewable_in_store: bool = False
    picture: Picture | None = None

    def to_model(self) -> model.Product:
        """Return the item as the systems know it."""
        return model.Product(**self._values())


class OrderWire(Wire):
    """An order."""

    number: OrderNumber
    state: OrderState
    payment: PaymentMethod
    product: ProductWire
    price_yen: Yen
    ordered_at: Moment
    member_id: MemberId | None = None
    paid_on: Day | None = None
    tracking_number: Line | None = None
    shipped_on: Day | None = None
    expected_on: Day | None = None
    time_slot: Line | None = None
    delivered_on: Day | None = None
    receipt_requested: bool = False
    receipt_shown_on: Day | None = None
    return_applied_on: Day | None = None
    cancelled_on: Day | None = None

    def to_model(self) -> model.Order:
        """Return the order as the systems know it."""
        return model.Order(**self._values() | {"product": self.product.to_model()})


class RentalWire(Wire):
    """A rental."""

    number: RentalNumber
    state: RentalState
    watch: Line
    monthly_fee_yen: Yen
    ordered_at: Moment
    member_id: MemberId | None = None
    screening_passed_on: Day | None = None
    shipped_on: Day | None = None
    tracking_number: Line | None = None
    payment_errors: Count = 0
    payment_error_reported_on: Day | None = None
    return_requested_on: Day | None = None
    received_on: Day | None = None
    ended_on: Day | None = None
    loss_reported_on: Day | None = None
    buyout_requested_on: Day | None = None
    picture: Picture | None = None

    def to_model(self) -> model.Rental:
        """Return the rental as the systems know it."""
        return model.Rental(**self._values())


class TransferWire(Wire):
    """A transfer to a store."""

    order_number: OrderNumber
    state: model.TransferState
    product: ProductWire
    store: Line
    requested_at: Moment
    visit_on: Day | None = None
    visit_slot: Line | None = None
    member_id: MemberId | None = None

    def to_model(self) -> model.Transfer:
        """Return the transfer as the systems know it."""
        return model.Transfer(**self._values() | {"product": self.product.to_model()})


class SlotWire(Wire):
    """A time for a visit."""

    day: Day
    time: SlotTime

    def to_model(self) -> model.Slot:
        """Return the time as the systems know it."""
        return model.Slot(**self._values())


class VisitWire(Wire):
    """A booked visit."""

    number: Reference
    store: Line
    product: ProductWire
    slot: SlotWire
    name: Line
    contact: Contact
    member_id: MemberId | None = None
    cancelled: bool = False

    def to_model(self) -> model.Visit:
        """Return the visit as the systems know it."""
        parts = {"product": self.product.to_model(), "slot": self.slot.to_model()}
        return model.Visit(**self._values() | parts)


class RestockRequestWire(Wire):
    """A registered wish."""

    number: Reference
    wish: Text
    email: Contact

    def to_model(self) -> model.RestockRequest:
        """Return the wish as the systems know it."""
        return model.RestockRequest(**self._values())


class ReceiptWire(Wire):
    """A change that was made."""

    number: Reference
    at: Moment

    def to_model(self) -> model.Receipt:
        """Return the change as the systems know it."""
        return model.Receipt(**self._values())


class OrderList(Wire):
    """A member's orders."""

    orders: list[OrderWire]


class OrderFound(Wire):
    """The order whose customer was verified, or none."""

    order: OrderWire | None


class ReceiptLink(Wire):
    """Where a receipt can be shown once."""

    url: WebAddress


class RentalList(Wire):
    """A member's rentals."""

    rentals: list[RentalWire]


class RentalFound(Wire):
    """The rental whose customer was verified, or none."""

    rental: RentalWire | None


class TransferList(Wire):
    """A member's transfers."""

    transfers: list[TransferWire]


class SlotList(Wire):
    """Free times of a store."""

    slots: list[SlotWire]


class VisitList(Wire):
    """A member's visits to come."""

    visits: list[VisitWire]


class Status(Wire):
    """That the systems answer."""

    status: str


class Refusal(Wire):
    """The part of a problem+json that programs look at."""

    code: str
