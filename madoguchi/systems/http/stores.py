"""Items, transfers, visits and wishes behind the shop's API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from madoguchi.systems.http.answers import members_own, receipt, refuse, refuse_other
from madoguchi.systems.http.calls import Call, NonsenseError
from madoguchi.systems.http.consistency import slot_contradiction, transfer_contradiction
from madoguchi.systems.http.fields import ORDER_NUMBER, PRODUCT_NUMBER, REFERENCE, is_like
from madoguchi.systems.http.transport import ShopClient
from madoguchi.systems.http.wire import (
    ProductWire,
    ReceiptWire,
    RestockRequestWire,
    SlotList,
    TransferList,
    TransferWire,
    VisitList,
    VisitWire,
)
from madoguchi.systems.model import Product, Receipt, RestockRequest, Slot, Transfer, Visit


class HttpStores:
    """Asks the shop about items and stores. Every method raises SystemUnavailableError."""

    def __init__(self, client: ShopClient) -> None:
        """Ask through the client."""
        self._client = client

    async def product(self, number: str) -> Product | None:
        """Return an item by its 10-digit number."""
        if not is_like(PRODUCT_NUMBER, number):
            return None
        call = Call("GET", "/products/{number}", path={"number": number})

        def this(wire: ProductWire) -> Product:
            refuse_other(wire.number, number)
            return wire.to_model()

        return await self._client.ask(call, ProductWire, this)

    async def request_restock(self, wish: str, email: str, key: str) -> RestockRequest:
        """Register what is wanted. Raises NotAllowedError."""
        body = {"wish": wish, "email": email}
        call = Call("POST", "/restock-requests", body=body, key=key)
        return await self._client.change(call, RestockRequestWire, RestockRequestWire.to_model)

    async def transfers_of_member(self, member_id: str) -> Sequence[Transfer]:
        """Return the member's transfers, the newest first, at most 20."""
        call = Call("GET", "/transfers", query={"member_id": member_id})

        def own(answer: TransferList) -> list[Transfer]:
            return members_own(
                [_transfer(wire) for wire in answer.transfers],
                member_id,
                number=lambda transfer: transfer.order_number,
                first=lambda transfer: transfer.requested_at,
                descending=True,
            )

        return await self._client.ask(call, TransferList, own) or []

    async def transfer(self, order_number: str) -> Transfer | None:
        """Return the transfer of an order; only for one whose customer is proven."""
        if not is_like(ORDER_NUMBER, order_number):
            return None
        call = Call("GET", "/transfers/{order_number}", path={"order_number": order_number})

        def this(wire: TransferWire) -> Transfer:
            refuse_other(wire.order_number, order_number)
            return _transfer(wire)

        return await self._client.ask(call, TransferWire, this)

    async def cancel_transfer(self, order_number: str, key: str) -> Receipt:
        """Cancel a transfer. Raises NotAllowedError and LookupError."""
        if not is_like(ORDER_NUMBER, order_number):
            raise LookupError("no order has such a number")
        call = Call(
            "POST",
            "/transfers/{order_number}/cancellation",
            path={"order_number": order_number},
            key=key,
        )
        return await self._client.change(call, ReceiptWire, receipt)

    async def free_slots(self, store: str, first: date, last: date) -> Sequence[Slot]:
        """Return the free times of a store in these days, the earliest first."""
        query = {"store": store, "first": first.isoformat(), "last": last.isoformat()}

        def free(answer: SlotList) -> list[Slot]:
            slots = [wire.to_model() for wire in answer.slots]
            for slot in slots:
                refuse(slot_contradiction(slot, first, last))
            if len(set(slots)) != len(slots):
                raise NonsenseError("the answer holds a time twice")
            return sorted(slots, key=lambda slot: (slot.day, slot.time))

        return await self._client.ask(Call("GET", "/free-slots", query=query), SlotList, free) or []

    async def visits_of_member(self, member_id: str) -> Sequence[Visit]:
        """Return the member's visits to come, the earliest first, at most 20."""
        call = Call("GET", "/visits", query={"member_id": member_id})

        def own(answer: VisitList) -> list[Visit]:
            return members_own(
                [wire.to_model() for wire in answer.visits],
                member_id,
                number=lambda visit: visit.number,
                first=lambda visit: (visit.slot.day, visit.slot.time),
                descending=False,
            )

        return await self._client.ask(call, VisitList, own) or []

    async def visit(self, number: str) -> Visit | None:
        """Return a visit to come by its number."""
        if not is_like(REFERENCE, number):
            return None
        call = Call("GET", "/visits/{number}", path={"number": number})

        def this(wire: VisitWire) -> Visit:
            refuse_other(wire.number, number)
            return wire.to_model()

        return await self._client.ask(call, VisitWire, this)

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
        """Book a visit. Raises NotAllowedError when the time was taken, and LookupError."""
        if not is_like(PRODUCT_NUMBER, product_number):
            raise LookupError("no item has such a number")
        body = {
            "product_number": product_number,
            "store": store,
            "slot": {"day": slot.day.isoformat(), "time": slot.time},
            "name": name,
            "contact": contact,
            "member_id": member_id,
        }

        def booked(wire: VisitWire) -> Visit:
            visit = wire.to_model()
            if (visit.product.number, visit.store, visit.slot) != (product_number, store, slot):
                raise NonsenseError("another visit was booked than was asked for")
            return visit

        call = Call("POST", "/visits", body=body, key=key)
        return await self._client.change(call, VisitWire, booked)


def _transfer(wire: TransferWire) -> Transfer:
    transfer = wire.to_model()
    refuse(transfer_contradiction(transfer))
    return transfer
