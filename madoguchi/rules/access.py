"""Who may see and do what, how long a proof lasts, and the lock after wrong tries.

Business rules: Who may see what.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum

from madoguchi.rules.tokyo import TOKYO, in_tokyo

MAX_TRIES = 5
LOCK = timedelta(minutes=30)
# How far back tries matter: one lock that may last, and one in which its five tries may lie.
TRIES_COUNT_FOR = 2 * LOCK


class Level(IntEnum):
    """What a customer has proven; a higher level may all that a lower one may."""

    ANONYMOUS = 0
    # The number of an order or rental with the contact registered with it: that one alone.
    ORDER_VERIFIED = 1
    # An identity token of the shop's site, or a linked LINE account: all that is the member's own.
    SIGNED_IN = 2


class Act(StrEnum):
    """Whatever needs a level: the catalogue's acts, the topics, and lists of one's own."""

    FAQ = "faq"
    STOCK_LOCATION = "stock_location"
    INQUIRY = "inquiry"
    RESTOCK_REQUEST = "restock_request"
    STORE_VISIT = "store_visit"
    INQUIRY_STATUS = "inquiry_status"
    ORDER_STATUS = "order_status"
    ORDER_CANCEL = "order_cancel"
    RECEIPT = "receipt"
    RETURN_ELIGIBILITY = "return_eligibility"
    STORE_TRANSFER = "store_transfer"
    RENTAL_STATUS = "rental_status"
    RENTAL_BILLING = "rental_billing"
    RENTAL_RETURN = "rental_return"
    RENTAL_BUYOUT = "rental_buyout"
    RENTAL_LOSS_REPORT = "rental_loss_report"
    RENTAL_PAYMENT_ERROR = "rental_payment_error"
    LIST_ORDERS = "list_orders"
    LIST_RENTALS = "list_rentals"
    LIST_TRANSFERS = "list_transfers"
    LIST_VISITS = "list_visits"


# Reading: the table names topics, stock and inquiries for anonymous customers. A wish for an item
# and a new visit are treated alike: they take the customer's own contact and show nothing that is
# stored. An inquiry's state is for the conversation that opened it, or whoever else proves it.
# A transfer is its order's.
_ANONYMOUS = frozenset(
    {
        Act.FAQ,
        Act.STOCK_LOCATION,
        Act.INQUIRY,
        Act.RESTOCK_REQUEST,
        Act.STORE_VISIT,
        Act.INQUIRY_STATUS,
    }
)
_SIGNED_IN = frozenset({Act.LIST_ORDERS, Act.LIST_RENTALS, Act.LIST_TRANSFERS, Act.LIST_VISITS})


def _needed(act: Act) -> Level:
    if act in _ANONYMOUS:
        return Level.ANONYMOUS
    return Level.SIGNED_IN if act in _SIGNED_IN else Level.ORDER_VERIFIED


NEEDED: Mapping[Act, Level] = {act: _needed(act) for act in Act}


def may(level: Level, act: str) -> bool:
    """Return whether the level is enough for the act. Raises ValueError for an unknown act."""
    return level >= NEEDED[Act(act)]


def proof_ends(proven_at: datetime) -> datetime:
    """Return until when a proven order or rental stays open: the midnight in Tokyo after it.

    **Reading:** the rules do not say how long a proof lasts; the day is what people expect.
    """
    day = in_tokyo(proven_at).date() + timedelta(days=1)
    return datetime.combine(day, time(), TOKYO)


def locked_until(tries: Sequence[datetime], now: datetime) -> datetime | None:
    """Return until when nothing may be tried any more, None when one may try.

    Five wrong tries within the time of a lock lock for 30 minutes from the fifth. Tries during a
    lock do not make it longer, and after it the count begins anew. ``tries`` have to reach back
    TRIES_COUNT_FOR: with fewer, a lock would end as soon as its first tries are left out.
    """
    counted: list[datetime] = []
    locked: datetime | None = None
    for tried in sorted(tries):
        if locked is not None and tried < locked:
            continue
        counted = [*(earlier for earlier in counted if tried - earlier < LOCK), tried]
        if len(counted) >= MAX_TRIES:
            # When it ends, all of these are too old to count again.
            locked = in_tokyo(tried) + LOCK
    return locked if locked is not None and now < locked else None
