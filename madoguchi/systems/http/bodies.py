"""What is sent to the shop with a question or a change; unknown keys are ignored."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from madoguchi.systems.http.fields import (
    Contact,
    Line,
    MemberId,
    OrderNumber,
    ProductNumber,
    RentalNumber,
    SlotTime,
    Text,
)
from madoguchi.systems.model import LossKind


class Body(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class OrderVerification(Body):
    """An order's number with the phone number or e-mail address that a customer gave."""

    number: OrderNumber
    contact: Contact


class RentalVerification(Body):
    """A rental's number with the phone number or e-mail address that a customer gave."""

    number: RentalNumber
    contact: Contact


class ReturnApplication(Body):
    """Why an item goes back."""

    reason: Text


class ReturnRequest(Body):
    """The day on which the customer sends the watch."""

    sending_on: date


class BuyoutRequest(Body):
    """Where the price is to be sent."""

    email: Contact


class LossReport(Body):
    """What happened to a watch; the police's number of the report when there is one."""

    kind: LossKind
    circumstances: Text
    police_report: Line | None = None


class PaymentErrorReport(Body):
    """Why a payment failed, and how next week's looks."""

    cause: Text
    next_week: Text


class RestockWish(Body):
    """What is wanted, and where to tell of it."""

    wish: Text
    email: Contact


class WantedSlot(Body):
    """The time of a visit."""

    day: date
    time: SlotTime


class VisitBooking(Body):
    """A visit to book."""

    product_number: ProductNumber
    store: Line
    slot: WantedSlot
    name: Line
    contact: Contact
    member_id: MemberId | None = None
