"""The routes of orders."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from madoguchi.systems.http.bodies import OrderVerification, ReturnApplication
from madoguchi.systems.http.fields import MemberId, OrderNumber
from madoguchi.systems.http.wire import OrderFound, OrderList, OrderWire, ReceiptLink, ReceiptWire
from madoguchi.systems.interfaces import OrderSystem
from madoguchi.systems.reference.problems import Key, body_of

Verification = Annotated[OrderVerification, Depends(body_of(OrderVerification))]
Application = Annotated[ReturnApplication, Depends(body_of(ReturnApplication))]


def order_routes(orders: OrderSystem) -> APIRouter:
    """Return the routes, answered by the system."""
    router = APIRouter(prefix="/orders")

    @router.get("")
    async def of_member(member_id: Annotated[MemberId, Query()]) -> OrderList:
        return OrderList(
            orders=[OrderWire.of(order) for order in await orders.of_member(member_id)]
        )

    @router.post("/verification")
    async def verified(body: Verification) -> OrderFound:
        order = await orders.verified(body.number, body.contact)
        return OrderFound(order=None if order is None else OrderWire.of(order))

    @router.get("/{number}")
    async def get(number: OrderNumber) -> OrderWire:
        order = await orders.get(number)
        if order is None:
            raise LookupError
        return OrderWire.of(order)

    @router.post("/{number}/cancellation")
    async def cancel(number: OrderNumber, key: Key) -> ReceiptWire:
        return ReceiptWire.of(await orders.cancel(number, key))

    @router.post("/{number}/return-application")
    async def apply_for_return(number: OrderNumber, body: Application, key: Key) -> ReceiptWire:
        return ReceiptWire.of(await orders.apply_for_return(number, body.reason, key))

    @router.post("/{number}/receipt-link")
    async def receipt_link(number: OrderNumber, key: Key) -> ReceiptLink:
        return ReceiptLink(url=await orders.receipt_link(number, key))

    return router
