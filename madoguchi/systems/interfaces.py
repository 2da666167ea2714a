"""What Madoguchi asks of a shop's systems. Two implementations share tests/systems/contract.

Every call may raise SystemUnavailableError. Every change takes an idempotency key: the same key
makes the change once and answers every time the same; it raises NotAllowedError when the thing's
state does not allow the change (any more), KeyReusedError (which is one) when the key was used for
another change, and LookupError when there is no such thing. A refused change uses up no key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from madoguchi.systems.model import (
    LossKind,
    Order,
    Product,
    Receipt,
    Rental,
    RestockRequest,
    Slot,
    Transfer,
    Visit,
)


class OrderSystem(Protocol):
    """Orders of the online store."""

    async def of_member(self, member_id: str) -> Sequence[Order]:
        """Return the member's orders, the newest first, at most 20."""
        ...

    async def get(self, number: str) -> Order | None:
        """Return an order by its number; only for one whose customer is proven."""
        ...

    async def verified(self, number: str, contact: str) -> Order | None:
        """Return the order when the phone number or e-mail address is the one registered with it.

        None for "no such order" and "not yours" alike, after the same work.
        """
        ...

    async def cancel(self, number: str, key: str) -> Receipt:
        """Cancel the order, as the customer may with My Page's button."""
        ...

    async def apply_for_return(self, number: str, reason: str, key: str) -> Receipt:
        """Apply for the return service."""
        ...

    async def receipt_link(self, number: str, key: str) -> str:
        """Return the address on My Page where the receipt can be shown once."""
        ...


class RentalSystem(Protocol):
    """Rentals of watches."""

    async def of_member(self, member_id: str) -> Sequence[Rental]:
        """Return the member's rentals, the newest first, at most 20."""
        ...

    async def get(self, number: str) -> Rental | None:
        """Return a rental by its number; only for one whose customer is proven."""
        ...

    async def verified(self, number: str, contact: str) -> Rental | None:
        """Return the rental when the phone number or e-mail address is the one registered."""
        ...

    async def request_return(self, number: str, sending_on: date, key: str) -> Receipt:
        """Ask for the return, and so for the end, of the rental."""
        ...

    async def request_buyout(self, number: str, email: str, key: str) -> Receipt:
        """Ask for the price to buy the watch; the shop answers by e-mail."""
        ...

    async def report_loss(
        self, number: str, kind: LossKind, circumstances: str, police_report: str | None, key: str
    ) -> Receipt:
        """Report that the watch is lost or stolen."""
        ...

    async def report_payment_error(
        self, number: str, cause: str, next_week: str, key: str
    ) -> Receipt:
        """Report why a payment failed and how next week's looks."""
        ...


class StoreSystem(Protocol):
    """Items, where they are, and the stores."""

    async def product(self, number: str) -> Product | None:
        """Return an item by its 10-digit number."""
        ...

    async def request_restock(self, wish: str, email: str, key: str) -> RestockRequest:
        """Register what is wanted (ONEGAI ALLU)."""
        ...

    async def transfers_of_member(self, member_id: str) -> Sequence[Transfer]:
        """Return the member's transfers, the newest first, at most 20."""
        ...

    async def transfer(self, order_number: str) -> Transfer | None:
        """Return the transfer of an order; only for one whose customer is proven."""
        ...

    async def cancel_transfer(self, order_number: str, key: str) -> Receipt:
        """Cancel a transfer."""
        ...

    async def free_slots(self, store: str, first: date, last: date) -> Sequence[Slot]:
        """Return the free times of a store in these days, the earliest first."""
        ...

    async def visits_of_member(self, member_id: str) -> Sequence[Visit]:
        """Return the member's visits to come, the earliest first, at most 20."""
        ...

    async def visit(self, number: str) -> Visit | None:
        """Return a visit to come by its number, whoever's it is: for the shop's own people."""
        ...

    async def book_visit(
        self,
        product_number: str,
        store: str,
        slot: Slot,
        *,
        name: str,
        contact: str,
        member_id: str | None,
        key: str,
    ) -> Visit:
        """Book a visit. Raises NotAllowedError when the time was taken meanwhile."""
        ...


class Systems(Protocol):
    """The three systems of one shop, opened and closed together."""

    @property
    def orders(self) -> OrderSystem:
        """The online store's orders."""
        ...

    @property
    def rentals(self) -> RentalSystem:
        """The rentals of watches."""
        ...

    @property
    def stores(self) -> StoreSystem:
        """Items and stores."""
        ...

    async def check(self) -> None:
        """Return when the systems answer. Raises SystemUnavailableError."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...
