"""What demo.yml says, checked."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.model import TransferState

FILE = Path(__file__).resolve().parent / "demo.yml"

type Ago = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Customer(_Part):
    """Somebody whose contacts are registered with orders or rentals."""

    phone: str
    email: str
    member: str | None = None


class Label(_Part):
    """A word in both languages."""

    ja: str
    en: str


class Kind(_Part):
    """What an order's item is."""

    brand: str
    name: str


class Watch(_Part):
    """A watch for rent; the fee is in yen a month."""

    name: str
    fee: int


class StorePlan(_Part):
    """When a store takes visits; 0 is Monday."""

    name: str
    weekdays: tuple[int, ...]
    times: tuple[str, ...]
    capacity: int


class Shows(_Part):
    """A demo thing's name, which stays, and what it shows, in Japanese and English."""

    name: str
    ja: str
    en: str


class Item(_Part):
    """An item on sale, or sold."""

    number: str
    brand: str
    name: str
    price: int
    location: str | None = None
    viewable: bool
    ja: str
    en: str


class Shipped(_Part):
    """Which shipping day is meant; demo.yml says what each key does."""

    at_least: Ago | None = None
    at_most: Ago | None = None
    on_day: int | None = None
    billing_in: int | None = None
    months: int = 2

    @model_validator(mode="before")
    @classmethod
    def _plain_number(cls, given: object) -> object:
        return {"at_least": given} if isinstance(given, int) else given

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        given = (self.at_least, self.at_most, self.on_day, self.billing_in)
        if sum(one is not None for one in given) != 1:
            raise ValueError("name exactly one of at_least, at_most, on_day, billing_in")
        return self


class DemoOrder(Shows):
    """An order; days as demo.yml explains them."""

    serial: int
    number: str | None = None
    customer: str | None = None
    payment: PaymentMethod
    state: OrderState
    item: str
    price: int
    ordered: Ago | None = None
    shipped: Shipped | None = None
    delivered: Ago | None = None
    expected: int | None = None
    slot: str | None = None
    cancelled: Ago | None = None
    return_applied: Ago | None = None
    receipt_requested: bool = False
    receipt_shown: bool = False

    @model_validator(mode="after")
    def _ordered_or_shipped(self) -> Self:
        if (self.ordered is None) == (self.shipped is None):
            raise ValueError(f"{self.name}: name 'ordered' or 'shipped'")
        return self


class Requested(_Part):
    """When a transfer was requested: minutes before the seeding, or days before today."""

    minutes: int | None = None
    days: int | None = None


class DemoTransfer(Shows):
    """A transfer with its order."""

    serial: int
    customer: str | None = None
    store: str
    state: TransferState
    item: str
    price: int
    requested: Requested
    visit_in: int | None = None
    visit_slot: str | None = None


class DemoVisit(Shows):
    """A booked visit."""

    customer: str | None = None
    contact: str | None = None
    person: str
    store: str
    product: str
    visit_in: int
    time: str


class DemoRental(Shows):
    """A rental; days as demo.yml explains them."""

    number: str
    customer: str | None = None
    state: RentalState
    watch: str
    ordered: Ago | None = None
    passed: Ago | None = None
    shipped: Shipped | None = None
    errors: int = 0
    error_reported: Ago | None = None
    return_requested: Ago | None = None
    received: Ago | None = None
    ended: Ago | None = None
    loss_reported: Ago | None = None
    buyout_requested: Ago | None = None

    @model_validator(mode="after")
    def _ordered_or_shipped(self) -> Self:
        if (self.ordered is None) == (self.shipped is None):
            raise ValueError(f"{self.name}: name 'ordered' or 'shipped'")
        return self


class Demo(_Part):
    """All of demo.yml."""

    customers: dict[str, Customer]
    payments: dict[PaymentMethod, Label]
    stores: tuple[StorePlan, ...]
    items: dict[str, Kind]
    products: tuple[Item, ...]
    orders: tuple[DemoOrder, ...]
    transfers: tuple[DemoTransfer, ...]
    visits: tuple[DemoVisit, ...]
    watches: dict[str, Watch]
    rentals: tuple[DemoRental, ...]

    def customer_of(self, entry: DemoOrder | DemoTransfer | DemoRental) -> Customer:
        """Return an entry's customer; without one it is a guest of the entry's own digits."""
        if entry.customer is not None:
            return self.customers[entry.customer]
        if isinstance(entry, DemoRental):
            digits = entry.number[-4:]
            return Customer(phone=f"0800000{digits}", email=f"rental{digits}@example.jp")
        digits = f"{entry.serial:04d}"
        return Customer(phone=f"0900000{digits}", email=f"order{digits}@example.jp")


@lru_cache
def demo() -> Demo:
    """Return what this version's demo.yml says."""
    return Demo.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
