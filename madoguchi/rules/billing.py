"""When a rental's monthly fee is charged (Business rules: Billing day, Next billing date)."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from madoguchi.rules.facts import RentalFacts
from madoguchi.rules.states import RentalState

_MONTHS = 12
# Reading: "billing stops when the inspection is finished", so the fee runs while the watch is on
# its way back and being inspected, and after a loss until the watch is paid for.
BILLED_STATES = frozenset(
    {
        RentalState.SHIPPED,
        RentalState.IN_USE,
        RentalState.RETURN_REQUESTED,
        RentalState.INSPECTION,
    }
)


def billing_date(shipped_on: date, year: int, month: int) -> date:
    """Return a month's billing date: the shipping day, or the month's last day when it lacks it."""
    return date(year, month, min(shipped_on.day, monthrange(year, month)[1]))


def next_billing_date(shipped_on: date, today: date) -> date:
    """Return the first billing date after today; the month of the shipping itself has none."""
    after = max(today, shipped_on)
    this_month = billing_date(shipped_on, after.year, after.month)
    if this_month > after:
        return this_month
    years, month = divmod(after.month, _MONTHS)
    return billing_date(shipped_on, after.year + years, month + 1)


def is_billed(rental: RentalFacts) -> bool:
    """Return whether the monthly fee is being charged."""
    return rental.state in BILLED_STATES and rental.shipped_on is not None
