"""What agents say with a deed, as JSON. ``subject`` is the number of the thing that it is about."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

from madoguchi.dialogue.found import find
from madoguchi.systems.model import LossKind


def _email(text: str) -> str:
    emails = find(text).emails
    if len(emails) != 1 or emails[0] != text.lower():
        raise ValueError("not an e-mail address")
    return emails[0]


def _contact(text: str) -> str:
    contact = find(text).contact
    if contact is None:
        raise ValueError("neither a telephone number nor an e-mail address")
    return contact


# PostgreSQL stores no NUL, and a line is a line.
_Line = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)
]
Email = Annotated[_Line, AfterValidator(_email)]
Contact = Annotated[_Line, AfterValidator(_contact)]
Line = Annotated[_Line, StringConstraints(min_length=2)]
Words = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[^\x00]*$", min_length=2)
]


# A slot as the store's system names it: 「13:00〜14:00」.
_Slot = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d〜", max_length=40)]


class Form(BaseModel):
    """What every deed needs; ``inquiry``: take it as an inquiry, for the shop to decide."""

    model_config = ConfigDict(extra="forbid")
    # What an inquiry does without.
    needed: ClassVar[tuple[str, ...]] = ()
    # Whether the rules may say that the shop decides on an inquiry.
    either: ClassVar[bool] = True

    subject: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    inquiry: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        missing = [name for name in self.needed if not getattr(self, name)]
        if missing and not self.inquiry:
            raise ValueError(f"{missing[0]} is missing")
        if self.inquiry and not self.either:
            raise ValueError("this is never an inquiry, or always one")
        return self


class ReceiptWish(Form):
    """For whom the receipt is written, when it is sent by post."""

    addressee: _Line = ""


class ReturnWish(Form):
    """Why the item goes back; ``pick_up``: it arrived damaged, so the shop has it fetched."""

    needed = ("reason",)

    reason: Annotated[Words, StringConstraints(max_length=400)] | None = None
    pick_up: bool = False


class WishedTime(Form):
    """When the customer would rather come."""

    either = False

    wished: Line


class SendingDay(Form):
    """When the watch is sent; left out for an inquiry."""

    needed = ("sending_on",)

    sending_on: date | None = None


class Buyout(Form):
    """Where the price is sent; left out for an inquiry."""

    needed = ("email",)

    email: Email | None = None


class LossReport(Form):
    """What happened to the watch."""

    either = False

    loss: LossKind
    circumstances: Annotated[Words, StringConstraints(max_length=1000)]
    police: Annotated[_Line, StringConstraints(max_length=100)] = ""


class PaymentError(Form):
    """Why a payment failed, and how next week's looks."""

    either = False

    cause: Annotated[Words, StringConstraints(max_length=500)]
    next_week: Annotated[Words, StringConstraints(max_length=500)]


class RestockWish(Form):
    """What is looked for, and where to tell of it."""

    either = False

    wish: Line
    email: Email


class VisitWish(Form):
    """Which visit to book, ``subject`` the item; the store knows a member's name and contact."""

    either = False

    store: Annotated[str, StringConstraints(max_length=40)]
    day: date
    time: _Slot
    name: Annotated[_Line, StringConstraints(min_length=1, max_length=60)] | None = None
    contact: Contact | None = None


class VisitChange(Form):
    """How a booked visit is to be changed."""

    either = False

    details: Annotated[Line, StringConstraints(max_length=200)]
