"""Seeing an item in a store (店舗で実物を見てみる)."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.facts import ProductFacts
from madoguchi.rules.hours import OpeningHours
from madoguchi.rules.states import Decision
from madoguchi.rules.verdict import NextStep, Verdict

# Business rules: Stock locations. An item is in the warehouse or in one of the stores.
WAREHOUSE = "倉庫在庫"
STOCK_LOCATIONS = (
    WAREHOUSE,
    "ALLU銀座店",
    "ALLU表参道店",
    "ALLU心斎橋店",
    "ALLU心斎橋 ANNEX店",
)


class Reason(StrEnum):
    """Why an item can or cannot be seen in a store."""

    VIEWABLE = "viewable"
    ONLINE_ONLY = "online_only"
    AT_ITS_STORE_ONLY = "at_its_store_only"
    SOLD = "sold"


def viewable(product: ProductFacts) -> Verdict:
    """Return whether a visit to see the item can be booked.

    Otherwise it can be bought online, or seen where it is when a store holds it.
    Business rules: Seeing an item in a store.
    """
    if product.location is None:
        return Verdict(Decision.NO, Reason.SOLD)
    if product.viewable_in_store:
        return Verdict(Decision.YES, Reason.VIEWABLE, next_step=NextStep.CONFIRM_AND_DO)
    if product.location == WAREHOUSE:
        return Verdict(Decision.NO, Reason.ONLINE_ONLY, next_step=NextStep.BUY_ONLINE)
    return Verdict(Decision.NO, Reason.AT_ITS_STORE_ONLY, next_step=NextStep.VISIT_STORE)


def visit_days(
    store_hours: OpeningHours, first: date, days: int, calendar: BusinessCalendar
) -> list[date]:
    """Return the days on which the store opens, out of so many days from the first one on."""
    every = (first + timedelta(days=ahead) for ahead in range(days))
    return [day for day in every if store_hours.is_open_on(day, calendar)]
