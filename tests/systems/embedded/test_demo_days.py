"""Demo days are days on which it can have happened, around whatever day today is."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.clock import TOKYO
from madoguchi.knowledge.business import business
from madoguchi.rules.billing import next_billing_date
from madoguchi.systems.embedded.demo_data import Shipped, demo
from madoguchi.systems.embedded.demo_days import Days
from madoguchi.systems.embedded.demo_rows import order_row, rental_row, transfer_rows
from madoguchi.systems.embedded.rows import order_of, rental_of, transfer_of
from madoguchi.systems.embedded.tables import ProductRow
from madoguchi.systems.http.consistency import (
    order_contradiction,
    rental_contradiction,
    transfer_contradiction,
)

# Looked up for thousands of days: each is worked out once.
is_shipping_day = cache(business().calendar.is_business_day)
todays = st.dates(date(2023, 1, 1), date(2031, 12, 31))
ITEM = ProductRow(number="1", name="", brand="", price_yen=1, viewable_in_store=False)


def days_around(today: date) -> Days:
    return Days(today, is_shipping_day)


@given(todays, st.integers(1, 30))
def test_at_least_so_many_days_ago_is_the_last_shipping_day_of_them(today: date, ago: int) -> None:
    shipped = days_around(today).shipped(Shipped(at_least=ago))
    assert is_shipping_day(shipped)
    later = (shipped + timedelta(days=more) for more in range(1, 40))
    assert all(not is_shipping_day(day) for day in later if (today - day).days >= ago)


@given(todays, st.integers(7, 30))
def test_at_most_so_many_days_ago_stays_on_its_side_of_the_border(today: date, ago: int) -> None:
    shipped = days_around(today).shipped(Shipped(at_most=ago))
    assert 1 <= (today - shipped).days <= ago
    between = [today - timedelta(days=day) for day in range(1, ago + 1)]
    assert is_shipping_day(shipped) or not any(map(is_shipping_day, between))


@pytest.mark.parametrize("ago", [10, 14, 29])
def test_a_border_on_a_shipping_day_is_met_exactly(ago: int) -> None:
    today = date(2026, 12, 1)
    while not is_shipping_day(today - timedelta(days=ago)):
        today += timedelta(days=1)
    shipped = days_around(today).shipped(Shipped(at_most=ago))
    assert (today - shipped).days == ago


@given(todays)
def test_a_rental_of_the_31st_was_shipped_on_one(today: date) -> None:
    shipped = days_around(today).shipped(Shipped(on_day=31))
    assert shipped.day == 31
    assert shipped < today
    assert is_shipping_day(shipped)


@given(todays, st.integers(1, 27), st.integers(1, 4))
def test_the_next_billing_date_is_as_far_ahead_as_it_says(
    today: date, ahead: int, months: int
) -> None:
    shipped = days_around(today).shipped(Shipped(billing_in=ahead, months=months))
    assert is_shipping_day(shipped)
    assert next_billing_date(shipped, today) == today + timedelta(days=ahead)


@given(todays, st.times())
def test_whatever_day_it_is_no_demo_thing_contradicts_itself(today: date, at: time) -> None:
    days, now = days_around(today), datetime.combine(today, at.replace(tzinfo=None), TOKYO)
    for entry in demo().orders:
        row = order_row(demo(), entry, days)
        row.product = ITEM
        order = order_of(row)
        assert order_contradiction(order) is None, entry.name
        assert order.ordered_at < now
        dated = (order.paid_on, order.shipped_on, order.delivered_on, order.cancelled_on)
        assert all(day <= today for day in dated if day is not None)
    for rental_entry in demo().rentals:
        rental = rental_of(rental_row(demo(), rental_entry, days))
        assert rental_contradiction(rental) is None, rental_entry.name
        assert rental.ordered_at < now
        assert rental.ended_on is None or rental.ended_on <= today
    for transfer_entry in demo().transfers:
        order_of_transfer, transfer_row = transfer_rows(demo(), transfer_entry, days, now)
        order_of_transfer.product = ITEM
        transfer_row.order = order_of_transfer
        assert transfer_contradiction(transfer_of(transfer_row)) is None, transfer_entry.name
        assert order_contradiction(order_of(order_of_transfer)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"at_least": 1, "at_most": 2},
        {"at_least": -1},
        {"since": 3},
    ],
)
def test_a_shipping_day_is_named_in_one_way(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        Shipped.model_validate(wrong)
