"""In the demo shops every rule has a yes and a no to show, on any day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from enum import StrEnum

import pytest

from madoguchi.clock import TOKYO
from madoguchi.knowledge.business import business
from madoguchi.rules import (
    buyout,
    cancellation,
    delivery,
    loss,
    payment,
    receipts,
    rental_returns,
    returns,
    transfers,
)
from madoguchi.rules.states import OrderState, PaymentMethod, RentalState
from madoguchi.systems.embedded.demo_data import demo
from madoguchi.systems.embedded.demo_days import Days
from madoguchi.systems.embedded.demo_rows import item_row, order_row, rental_row, transfer_rows
from madoguchi.systems.embedded.rows import order_of, rental_of, transfer_of
from madoguchi.systems.model import Order, Rental, Transfer

CALENDAR = business().calendar
# A plain day, a Sunday, Golden Week, the turn of the year, a leap day, the end of a month.
DAYS = [
    date(2026, 12, 4),
    date(2026, 11, 22),
    date(2027, 5, 5),
    date(2027, 1, 4),
    date(2028, 2, 29),
    date(2026, 8, 31),
]
on_any_day = pytest.mark.parametrize("today", DAYS, ids=str)


def orders_on(today: date) -> list[Order]:
    rows = []
    for entry in demo().orders:
        row = order_row(demo(), entry, Days(today, CALENDAR.is_business_day))
        row.product = item_row(demo(), entry)
        rows.append(row)
    return [order_of(row) for row in rows]


def rentals_on(today: date) -> list[Rental]:
    days = Days(today, CALENDAR.is_business_day)
    return [rental_of(rental_row(demo(), entry, days)) for entry in demo().rentals]


def transfers_at(now: datetime) -> list[Transfer]:
    found = []
    for entry in demo().transfers:
        days = Days(now.date(), CALENDAR.is_business_day)
        order, row = transfer_rows(demo(), entry, days, now)
        order.product, row.order = item_row(demo(), entry), order
        found.append(transfer_of(row))
    return found


def missing(reasons: type[StrEnum], shown: Iterable[str]) -> set[StrEnum]:
    """Return the reasons of a rule that nothing in the demo shops shows."""
    seen = set(shown)
    return {reason for reason in reasons if reason not in seen}


@on_any_day
def test_every_answer_to_a_cancellation(today: date) -> None:
    shown = [cancellation.cancellation(order, today).reason for order in orders_on(today)]
    assert missing(cancellation.Reason, shown) == set()


@on_any_day
def test_every_answer_of_the_return_service(today: date) -> None:
    shown = [returns.return_service(order, today).reason for order in orders_on(today)]
    assert missing(returns.Reason, shown) == {
        returns.Reason.SHIPPING_DAY_UNKNOWN,
        # Those of exchanges and damage.
        returns.Reason.ONE_OF_A_KIND,
        returns.Reason.PICK_UP,
        returns.Reason.PICK_UP_OR_RETURN,
    }


@on_any_day
def test_every_answer_to_the_wish_for_a_receipt(today: date) -> None:
    shown = [receipts.receipt(order, today).reason for order in orders_on(today)]
    assert missing(receipts.Reason, shown) == {receipts.Reason.SHIPPING_DAY_UNKNOWN}


@on_any_day
def test_every_answer_about_a_delivery(today: date) -> None:
    shown = [delivery.lateness(order, today).reason for order in orders_on(today)]
    assert missing(delivery.Reason, shown) == {delivery.Reason.NOT_AFTER_ORDERING}


@on_any_day
def test_every_answer_about_payments(today: date) -> None:
    orders = orders_on(today)
    shown = [payment.cod_sent_back(order, today).reason for order in orders]
    shown += [payment.loan_stuck(order, today, CALENDAR).reason for order in orders]
    assert missing(payment.Reason, shown) == {payment.Reason.SHIPPING_DAY_UNKNOWN}


@on_any_day
def test_every_answer_about_a_transfer(today: date) -> None:
    now = datetime.combine(today, time(0, 3), TOKYO)
    shown = [transfers.store_change(transfer, now).reason for transfer in transfers_at(now)]
    shown += [transfers.visit_change(transfer.store).reason for transfer in transfers_at(now)]
    assert {
        transfers.Reason.WITHIN_15_MINUTES,
        transfers.Reason.AFTER_15_MINUTES,
        transfers.Reason.CANCELLED,
        transfers.Reason.VISITED,
        transfers.Reason.ASK_THAT_STORE,
        transfers.Reason.ASK_THE_ONLINE_STORE,
    } <= set(shown)


@on_any_day
def test_every_answer_to_a_return_of_a_rental(today: date) -> None:
    rentals = rentals_on(today)
    shown = [rental_returns.return_request(rental, today).reason for rental in rentals]
    assert missing(rental_returns.Reason, shown) == {
        # Those of a watch that is back.
        rental_returns.Reason.IN_TIME,
        rental_returns.Reason.NEXT_MONTH_CHARGED,
    }


@on_any_day
def test_a_return_that_is_in_time_and_one_that_is_too_late(today: date) -> None:
    in_use = [
        rental_returns.return_plan(rental.shipped_on, today, CALENDAR)
        for rental in rentals_on(today)
        if rental.state is RentalState.IN_USE and rental.shipped_on is not None
    ]
    assert {plan.too_late for plan in in_use} == {True, False}


@on_any_day
def test_every_answer_to_a_loss_and_to_a_buy_out(today: date) -> None:
    rentals = rentals_on(today)
    assert missing(loss.Reason, (loss.loss_report(rental).reason for rental in rentals)) == set()
    shown = [buyout.buyout(rental).reason for rental in rentals]
    assert missing(buyout.Reason, shown) == set()


@on_any_day
def test_every_number_of_payment_errors(today: date) -> None:
    rentals = rentals_on(today)
    assert {rental.payment_errors for rental in rentals} == {0, 1, 2, 3}
    reported = {
        rental.payment_error_reported_on is not None
        for rental in rentals
        if rental.payment_errors == 1
    }
    assert reported == {True, False}


def test_every_state_of_a_rental_and_every_way_to_pay() -> None:
    assert {rental.state for rental in demo().rentals} == set(RentalState)
    assert {order.state for order in demo().orders} == set(OrderState)
    for method in PaymentMethod:
        states = {order.state for order in demo().orders if order.payment is method}
        assert {
            OrderState.CONFIRMED,
            OrderState.PREPARING,
            OrderState.SHIPPED,
            OrderState.DELIVERED,
            OrderState.CANCELLED,
        } <= states
