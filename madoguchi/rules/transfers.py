"""Items brought to a store to be seen there (取り寄せ)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

from madoguchi.rules.calendar import BusinessCalendar
from madoguchi.rules.facts import TransferFacts
from madoguchi.rules.states import Decision
from madoguchi.rules.tokyo import in_tokyo
from madoguchi.rules.verdict import NextStep, Verdict

# Business rules: "within 15 minutes of the order".
CHANGE_WITHIN = timedelta(minutes=15)


class StoreKind(StrEnum):
    """Whose store it is: that decides who changes a visit, and on which days items are brought."""

    ALLU = "allu"
    # The sister shops, which have many branches: 「なんぼや」 stands for 「なんぼや 銀座本店」 too.
    NANBOYA = "nanboya"
    BRAND_CONCIER = "brand_concier"


# The stores that items are brought to. The sister shops stand without their branches.
STORES: Mapping[str, StoreKind] = {
    "ALLU銀座店": StoreKind.ALLU,
    "ALLU表参道店": StoreKind.ALLU,
    "ALLU心斎橋店": StoreKind.ALLU,
    "ALLU心斎橋 ANNEX店": StoreKind.ALLU,
    "なんぼや": StoreKind.NANBOYA,
    "ブランドコンシェル": StoreKind.BRAND_CONCIER,
}

# The states of a transfer in which nothing is left to change (systems/model.TransferState).
CANCELLED = "cancelled"
VISITED = "visited"


class Reason(StrEnum):
    """Why a transfer, its store or its visit can or cannot be changed."""

    WITHIN_15_MINUTES = "within_15_minutes"
    AFTER_15_MINUTES = "after_15_minutes"
    CANCELLED = "cancelled"
    VISITED = "visited"
    ASK_THAT_STORE = "ask_that_store"
    ASK_THE_ONLINE_STORE = "ask_the_online_store"
    NOT_ON_THE_LIST = "not_on_the_list"
    ANY_OPEN_DAY = "any_open_day"
    DESIGNATED_WEEKDAYS = "designated_weekdays"
    NOT_A_WEEKDAY = "not_a_weekday"


_OVER = {CANCELLED: Reason.CANCELLED, VISITED: Reason.VISITED}


def known_store(store: str) -> str | None:
    """Return the store's name as STORES has it, None when no item is brought there.

    A sister shop's branch is known by the shop's name that it begins with. Width, capitals and
    spaces do not matter.
    """
    name = _plain(store)
    for known, kind in STORES.items():
        has_branches = kind is not StoreKind.ALLU
        if name == _plain(known) or (has_branches and name.startswith(_plain(known))):
            return known
    return None


def store_kind(store: str) -> StoreKind | None:
    """Return whose store a name is, None when no item is brought there."""
    known = known_store(store)
    return STORES[known] if known is not None else None


def store_change(transfer: TransferFacts, now: datetime) -> Verdict:
    """Return whether a transfer can be cancelled, to order it to another store.

    The store itself is never changed. YES: cancel and order again, ``until`` the moment that ends
    the 15 minutes, itself included. Later the shop decides on inquiry.
    Business rules: Store transfer: cancel or change store.
    """
    if transfer.state in _OVER:
        return Verdict(Decision.NO, _OVER[transfer.state])
    until = in_tokyo(transfer.requested_at) + CHANGE_WITHIN
    if in_tokyo(now) <= until:
        return Verdict(Decision.YES, Reason.WITHIN_15_MINUTES, until, NextStep.REORDER)
    return Verdict(Decision.INQUIRY, Reason.AFTER_15_MINUTES, until, NextStep.INQUIRY)


def visit_change(store: str) -> Verdict:
    """Return who changes the day or time of a visit: that store, or the online store.

    Business rules: Store transfer: change of visit.
    """
    kind = store_kind(store)
    if kind is None:
        return Verdict(Decision.INQUIRY, Reason.NOT_ON_THE_LIST, next_step=NextStep.INQUIRY)
    if kind is StoreKind.ALLU:
        return Verdict(Decision.INQUIRY, Reason.ASK_THAT_STORE, next_step=NextStep.ASK_STORE)
    reason = Reason.ASK_THE_ONLINE_STORE
    return Verdict(Decision.INQUIRY, reason, next_step=NextStep.ASK_ONLINE_STORE)


def transferable(store: str, day: date, calendar: BusinessCalendar) -> Verdict:
    """Return whether an item can be brought to a store for a visit on the day.

    **Reading:** "designated weekdays" of the sister shops are business days here; which of them are
    free is for the store's system to say. Days of ALLU stores are bound by their hours alone.
    Business rules: Transfer to なんぼや / ブランドコンシェル.
    """
    kind = store_kind(store)
    if kind is None:
        step = NextStep.CHOOSE_ANOTHER_STORE
        return Verdict(Decision.NO, Reason.NOT_ON_THE_LIST, next_step=step)
    if kind is StoreKind.ALLU:
        return Verdict(Decision.YES, Reason.ANY_OPEN_DAY, next_step=NextStep.CONFIRM_AND_DO)
    if not calendar.is_business_day(day):
        step = NextStep.CHOOSE_ANOTHER_DAY
        return Verdict(Decision.NO, Reason.NOT_A_WEEKDAY, next_step=step)
    return Verdict(Decision.YES, Reason.DESIGNATED_WEEKDAYS, next_step=NextStep.CONFIRM_AND_DO)


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
