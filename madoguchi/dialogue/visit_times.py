"""The times at which a store can be visited: free by its system, on days on which it opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from madoguchi.dialogue.context import Context
from madoguchi.rules.transfers import transferable
from madoguchi.rules.visits import visit_days

# So far ahead visits are offered.
VISIT_DAYS = 60

# The times that are free, by their days, the earliest first.
type Free = Mapping[date, Sequence[str]]


async def free_times(context: Context, store: str, today: date) -> Free:
    """Return a store's free times from today (Asia/Tokyo) on.

    Business rules: Transfer to なんぼや / ブランドコンシェル. Raises KeyError for a store that is
    not the shop's, and SystemUnavailableError.
    """
    shop = context.business
    last = today + timedelta(days=VISIT_DAYS)
    slots = await context.systems.stores.free_slots(store, today, last)
    opens = set(visit_days(shop.stores[store].hours, today, VISIT_DAYS + 1, shop.calendar))
    free: dict[date, list[str]] = {}
    for slot in slots:
        if slot.day in opens and transferable(store, slot.day, shop.calendar).yes:
            free.setdefault(slot.day, []).append(slot.time)
    return free
