"""What cannot be true is refused; what is merely unusual is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.http.consistency import (
    order_contradiction,
    rental_contradiction,
    slot_contradiction,
    transfer_contradiction,
)
from madoguchi.systems.model import Order, Product, Rental, Slot, Transfer, TransferState

MIDNIGHT = datetime(2026, 11, 3, 0, 5, tzinfo=TOKYO)  # the day before, elsewhere
ORDERED = date(2026, 11, 3)
BAG = Product("1234567890", "鞄", "サンプル", 148_000, "倉庫在庫")
ORDER = Order(
    "A-20261103-0042", OrderState.ORDERED, PaymentMethod.CREDIT_CARD, BAG, 148_000, MIDNIGHT
)
RENTAL = Rental("R-000123", RentalState.ORDERED, "時計", 19_800, MIDNIGHT)
TRANSFER = Transfer("A-20261103-0042", TransferState.REQUESTED, BAG, "ALLU銀座店", MIDNIGHT)


def day(number: int) -> date:
    """Return a day of the month of the order, which is its third."""
    return date(2026, 11, number)


SHIPPED = {"state": OrderState.SHIPPED, "shipped_on": day(5)}
DELIVERED = {"state": OrderState.DELIVERED, "shipped_on": day(5), "delivered_on": day(6)}
IN_USE = {"state": RentalState.IN_USE, "shipped_on": day(5)}


@pytest.mark.parametrize(
    ("changes", "contradiction"),
    [
        ({"state": OrderState.SHIPPED}, "shipped without shipped_on"),
        ({"state": OrderState.RETURNED}, "returned without shipped_on"),
        ({"state": OrderState.PREPARING, "shipped_on": day(5)}, "preparing with shipped_on"),
        (SHIPPED | {"state": OrderState.DELIVERED}, "delivered without delivered_on"),
        (SHIPPED | {"delivered_on": day(6)}, "shipped with delivered_on"),
        (DELIVERED | {"delivered_on": day(4)}, "delivered_on before shipped_on"),
        (SHIPPED | {"shipped_on": day(2)}, "shipped_on before ordered_at"),
        ({"state": OrderState.CANCELLED}, "cancelled without cancelled_on"),
        ({"cancelled_on": day(4)}, "ordered with cancelled_on"),
        ({"return_applied_on": day(7)}, "return_applied_on without shipped_on"),
        (DELIVERED | {"return_applied_on": day(4)}, "return_applied_on before shipped_on"),
        ({"paid_on": day(2)}, "paid_on before ordered_at"),
        (SHIPPED | {"expected_on": day(2)}, "expected_on before ordered_at"),
        (SHIPPED | {"receipt_shown_on": day(1)}, "receipt_shown_on before ordered_at"),
        (
            {"state": OrderState.CANCELLED, "cancelled_on": day(1)},
            "cancelled_on before ordered_at",
        ),
    ],
)
def test_an_order_that_cannot_be_is_refused(changes: dict[str, Any], contradiction: str) -> None:
    assert order_contradiction(replace(ORDER, **changes)) == contradiction


@pytest.mark.parametrize(
    "changes",
    [
        {"paid_on": day(3)},
        SHIPPED | {"shipped_on": day(3), "tracking_number": None},
        SHIPPED | {"expected_on": day(4)},  # sent later than was promised
        DELIVERED | {"delivered_on": day(5)},
        DELIVERED | {"paid_on": day(6)},  # at the door
        # Sent back unpaid, and refused at the door.
        {"state": OrderState.CANCELLED, "cancelled_on": day(15), "shipped_on": day(5)},
        {"state": OrderState.RETURNED, "shipped_on": day(5)},
        {"state": OrderState.RETURNED, "shipped_on": day(5), "delivered_on": day(6)},
    ],
)
def test_an_unusual_order_is_taken(changes: dict[str, Any]) -> None:
    assert order_contradiction(replace(ORDER, **changes)) is None


@pytest.mark.parametrize(
    ("changes", "contradiction"),
    [
        ({"state": RentalState.IN_USE}, "in_use without shipped_on"),
        ({"state": RentalState.ENDED, "ended_on": day(9)}, "ended without shipped_on"),
        ({"state": RentalState.REJECTED, "shipped_on": day(5)}, "rejected with shipped_on"),
        (
            IN_USE | {"state": RentalState.RETURN_REQUESTED},
            "return_requested without return_requested_on",
        ),
        (IN_USE | {"state": RentalState.INSPECTION}, "inspection without received_on"),
        (IN_USE | {"state": RentalState.ENDED}, "ended without ended_on"),
        ({"received_on": day(9)}, "received_on without shipped_on"),
        (IN_USE | {"shipped_on": day(2)}, "shipped_on before ordered_at"),
        (IN_USE | {"screening_passed_on": day(6)}, "shipped_on before screening_passed_on"),
        (IN_USE | {"return_requested_on": day(4)}, "return_requested_on before shipped_on"),
        (IN_USE | {"loss_reported_on": day(4)}, "loss_reported_on before shipped_on"),
        (
            IN_USE | {"payment_error_reported_on": day(4)},
            "payment_error_reported_on before shipped_on",
        ),
        (IN_USE | {"buyout_requested_on": day(2)}, "buyout_requested_on before ordered_at"),
    ],
)
def test_a_rental_that_cannot_be_is_refused(changes: dict[str, Any], contradiction: str) -> None:
    assert rental_contradiction(replace(RENTAL, **changes)) == contradiction


@pytest.mark.parametrize(
    "changes",
    [
        IN_USE | {"screening_passed_on": day(4)},
        IN_USE | {"payment_errors": 2},
        # Sent back without a word.
        IN_USE | {"state": RentalState.INSPECTION, "received_on": day(20)},
        {"state": RentalState.TERMINATED},
        {"state": RentalState.TERMINATED, "shipped_on": day(5), "payment_errors": 3},
    ],
)
def test_an_unusual_rental_is_taken(changes: dict[str, Any]) -> None:
    assert rental_contradiction(replace(RENTAL, **changes)) is None


def test_a_transfer_that_cannot_be_is_refused() -> None:
    assert transfer_contradiction(replace(TRANSFER, visit_on=day(3))) is None
    past = replace(TRANSFER, visit_on=day(2))
    assert transfer_contradiction(past) == "visit_on before requested_at"
    timeless = replace(TRANSFER, visit_slot="13:00〜14:00")
    assert transfer_contradiction(timeless) == "visit_slot without visit_on"


@pytest.mark.parametrize(
    ("slot", "contradiction"),
    [
        (Slot(day(10), "13:00〜14:00"), None),
        (Slot(day(12), "09:00〜13:00"), None),
        (Slot(day(9), "13:00〜14:00"), "a free time of another day than asked for"),
        (Slot(day(13), "13:00〜14:00"), "a free time of another day than asked for"),
        (Slot(day(10), "14:00〜13:00"), "a free time that ends before it begins"),
        (Slot(day(10), "13:00〜13:00"), "a free time that ends before it begins"),
    ],
)
def test_a_free_time_lies_in_the_days_that_were_asked_for(
    slot: Slot, contradiction: str | None
) -> None:
    assert slot_contradiction(slot, day(10), day(12)) == contradiction


@given(st.lists(st.integers(0, 400), min_size=2, max_size=2), st.sampled_from(PaymentMethod))
def test_a_delivered_order_is_true_whenever_its_days_are_in_order(
    gaps: list[int], payment: PaymentMethod
) -> None:
    shipped = ORDERED + timedelta(days=gaps[0])
    order = replace(
        ORDER,
        state=OrderState.DELIVERED,
        payment=payment,
        shipped_on=shipped,
        delivered_on=shipped + timedelta(days=gaps[1]),
    )
    assert order_contradiction(order) is None


@given(st.integers(1, 4000))
def test_no_parcel_arrives_before_it_is_sent(days_early: int) -> None:
    order = replace(
        ORDER,
        state=OrderState.DELIVERED,
        ordered_at=MIDNIGHT - timedelta(days=5000),
        shipped_on=ORDERED,
        delivered_on=ORDERED - timedelta(days=days_early),
    )
    assert order_contradiction(order) == "delivered_on before shipped_on"
