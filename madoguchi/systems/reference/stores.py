"""The routes of items, transfers, visits and wishes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from madoguchi.systems.http.bodies import RestockWish, VisitBooking
from madoguchi.systems.http.fields import (
    LONGEST_PERIOD_DAYS,
    Line,
    MemberId,
    OrderNumber,
    ProductNumber,
    Reference,
)
from madoguchi.systems.http.wire import (
    ProductWire,
    ReceiptWire,
    RestockRequestWire,
    SlotList,
    SlotWire,
    TransferList,
    TransferWire,
    VisitList,
    VisitWire,
)
from madoguchi.systems.interfaces import StoreSystem
from madoguchi.systems.model import Slot
from madoguchi.systems.reference.problems import Key, body_of

Member = Annotated[MemberId, Query()]
Wish = Annotated[RestockWish, Depends(body_of(RestockWish))]
Booking = Annotated[VisitBooking, Depends(body_of(VisitBooking))]


def store_routes(stores: StoreSystem) -> APIRouter:
    """Return the routes, answered by the system."""
    router = APIRouter()
    _add_items(router, stores)
    _add_transfers(router, stores)
    _add_visits(router, stores)
    return router


def _add_items(router: APIRouter, stores: StoreSystem) -> None:
    @router.get("/products/{number}")
    async def product(number: ProductNumber) -> ProductWire:
        found = await stores.product(number)
        if found is None:
            raise LookupError
        return ProductWire.of(found)

    @router.post("/restock-requests")
    async def request_restock(body: Wish, key: Key) -> RestockRequestWire:
        return RestockRequestWire.of(await stores.request_restock(body.wish, body.email, key))


def _add_transfers(router: APIRouter, stores: StoreSystem) -> None:
    @router.get("/transfers")
    async def transfers_of_member(member_id: Member) -> TransferList:
        found = await stores.transfers_of_member(member_id)
        return TransferList(transfers=[TransferWire.of(transfer) for transfer in found])

    @router.get("/transfers/{order_number}")
    async def transfer(order_number: OrderNumber) -> TransferWire:
        found = await stores.transfer(order_number)
        if found is None:
            raise LookupError
        return TransferWire.of(found)

    @router.post("/transfers/{order_number}/cancellation")
    async def cancel_transfer(order_number: OrderNumber, key: Key) -> ReceiptWire:
        return ReceiptWire.of(await stores.cancel_transfer(order_number, key))


def _add_visits(router: APIRouter, stores: StoreSystem) -> None:
    @router.get("/free-slots")
    async def free_slots(store: Annotated[Line, Query()], first: date, last: date) -> SlotList:
        found = await stores.free_slots(store, first, _within_reach(first, last))
        return SlotList(slots=[SlotWire.of(slot) for slot in found])

    @router.get("/visits")
    async def visits_of_member(member_id: Member) -> VisitList:
        found = await stores.visits_of_member(member_id)
        return VisitList(visits=[VisitWire.of(visit) for visit in found])

    @router.get("/visits/{number}")
    async def visit(number: Reference) -> VisitWire:
        found = await stores.visit(number)
        if found is None:
            raise LookupError
        return VisitWire.of(found)

    @router.post("/visits")
    async def book_visit(body: Booking, key: Key) -> VisitWire:
        visit = await stores.book_visit(
            body.product_number,
            body.store,
            Slot(body.slot.day, body.slot.time),
            name=body.name,
            contact=body.contact,
            member_id=body.member_id,
            key=key,
        )
        return VisitWire.of(visit)


def _within_reach(first: date, last: date) -> date:
    days = min(timedelta(days=LONGEST_PERIOD_DAYS), date.max - first)
    return min(last, first + days)
