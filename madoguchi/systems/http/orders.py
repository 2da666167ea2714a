"""Orders behind the shop's API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from madoguchi.systems.http.answers import members_own, receipt, refuse, refuse_other
from madoguchi.systems.http.calls import INVALID, NOT_FOUND, Call
from madoguchi.systems.http.consistency import order_contradiction
from madoguchi.systems.http.fields import LONGEST_CONTACT, ORDER_NUMBER, is_like
from madoguchi.systems.http.transport import ShopClient
from madoguchi.systems.http.wire import OrderFound, OrderList, OrderWire, ReceiptLink, ReceiptWire
from madoguchi.systems.model import Order, Receipt


class HttpOrders:
    """Asks the shop about orders. Every method raises SystemUnavailableError."""

    def __init__(self, client: ShopClient) -> None:
        """Ask through the client."""
        self._client = client

    async def of_member(self, member_id: str) -> Sequence[Order]:
        """Return the member's orders, the newest first, at most 20."""
        call = Call("GET", "/orders", query={"member_id": member_id})

        def own(answer: OrderList) -> list[Order]:
            return members_own(
                [_order(wire) for wire in answer.orders],
                member_id,
                number=lambda order: order.number,
                first=lambda order: order.ordered_at,
                descending=True,
            )

        return await self._client.ask(call, OrderList, own) or []

    async def get(self, number: str) -> Order | None:
        """Return an order by its number; only for one whose customer is proven."""
        if not is_like(ORDER_NUMBER, number):
            return None
        call = Call("GET", "/orders/{number}", path={"number": number})
        return await self._client.ask(call, OrderWire, lambda wire: _this(wire, number))

    async def verified(self, number: str, contact: str) -> Order | None:
        """Return the order when the contact is the one registered with it.

        That "no such order" and "not yours" look alike is the shop's part; a number or contact
        that no shop could know is not sent.
        """
        if not is_like(ORDER_NUMBER, number) or not 0 < len(contact) <= LONGEST_CONTACT:
            return None
        body = {"number": number, "contact": contact}
        call = Call("POST", "/orders/verification", body=body)

        def found(answer: OrderFound) -> Order | None:
            return None if answer.order is None else _this(answer.order, number)

        # A contact of no known form is nobody's, whether the shop says so or refuses it.
        return await self._client.ask(call, OrderFound, found, none=(NOT_FOUND, INVALID))

    async def cancel(self, number: str, key: str) -> Receipt:
        """Cancel the order. Raises NotAllowedError and LookupError."""
        call = _change("/orders/{number}/cancellation", number, None, key)
        return await self._client.change(call, ReceiptWire, receipt)

    async def apply_for_return(self, number: str, reason: str, key: str) -> Receipt:
        """Apply for the return service. Raises NotAllowedError and LookupError."""
        call = _change("/orders/{number}/return-application", number, {"reason": reason}, key)
        return await self._client.change(call, ReceiptWire, receipt)

    async def receipt_link(self, number: str, key: str) -> str:
        """Return where the receipt can be shown once. Raises NotAllowedError and LookupError."""
        call = _change("/orders/{number}/receipt-link", number, None, key)
        return await self._client.change(call, ReceiptLink, lambda answer: answer.url)


def _change(route: str, number: str, body: Mapping[str, Any] | None, key: str) -> Call:
    if not is_like(ORDER_NUMBER, number):
        raise LookupError("no order has such a number")
    return Call("POST", route, path={"number": number}, body=body, key=key)


def _order(wire: OrderWire) -> Order:
    order = wire.to_model()
    refuse(order_contradiction(order))
    return order


def _this(wire: OrderWire, number: str) -> Order:
    refuse_other(wire.number, number)
    return _order(wire)
