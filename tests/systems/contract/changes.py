"""Every change that systems make, each with a shop in which it is possible once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date

from madoguchi.database import Base
from madoguchi.rules.states import OrderState, PaymentMethod
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.model import LossKind, Slot
from tests.support.shop import (
    EMAIL,
    ITEM,
    ORDER,
    RENTAL,
    STORE,
    TODAY,
    a_rental,
    a_transfer,
    an_item,
    an_order,
    times_of,
)

SLOT = Slot(date(2026, 12, 2), "13:00〜14:00")


@dataclass(frozen=True)
class Change:
    """A change: the rows it needs, how it is asked for, and whether it is possible once only."""

    name: str
    rows: Callable[[], Sequence[Base]]
    ask: Callable[[Systems, str], Awaitable[object]]
    once: bool = True

    def __str__(self) -> str:
        return self.name


def _sent() -> list[Base]:
    return [an_item(), an_order()]


def _unpaid() -> list[Base]:
    return [an_item(), an_order(OrderState.PENDING, payment=PaymentMethod.BANK_TRANSFER)]


CHANGES = [
    Change("cancel", _unpaid, lambda systems, key: systems.orders.cancel(ORDER, key)),
    Change(
        "apply_for_return",
        _sent,
        lambda systems, key: systems.orders.apply_for_return(ORDER, "サイズが合わない", key),
    ),
    Change("receipt_link", _sent, lambda systems, key: systems.orders.receipt_link(ORDER, key)),
    Change(
        "request_return",
        lambda: [a_rental()],
        lambda systems, key: systems.rentals.request_return(RENTAL, TODAY, key),
    ),
    Change(
        "request_buyout",
        lambda: [a_rental()],
        lambda systems, key: systems.rentals.request_buyout(RENTAL, EMAIL, key),
    ),
    Change(
        "report_loss",
        lambda: [a_rental()],
        lambda systems, key: systems.rentals.report_loss(
            RENTAL, LossKind.LOST, "電車に忘れた", None, key
        ),
    ),
    Change(
        "report_payment_error",
        lambda: [a_rental(payment_errors=1)],
        lambda systems, key: systems.rentals.report_payment_error(
            RENTAL, "カードの期限切れ", "新しいカードで払える", key
        ),
    ),
    Change(
        "cancel_transfer",
        lambda: [an_item(), an_order(OrderState.ORDERED), a_transfer()],
        lambda systems, key: systems.stores.cancel_transfer(ORDER, key),
    ),
    Change(
        "book_visit",
        lambda: [an_item(), *times_of()],
        lambda systems, key: systems.stores.book_visit(
            ITEM, STORE, SLOT, name="佐藤 花子", contact=EMAIL, member_id=None, key=key
        ),
    ),
    Change(
        "request_restock",
        list,
        lambda systems, key: systems.stores.request_restock("黒い財布", EMAIL, key),
        once=False,
    ),
]
POSSIBLE_ONCE = [change for change in CHANGES if change.once]
