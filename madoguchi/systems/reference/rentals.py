"""The routes of rentals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from madoguchi.systems.http import bodies
from madoguchi.systems.http.fields import MemberId, RentalNumber
from madoguchi.systems.http.wire import ReceiptWire, RentalFound, RentalList, RentalWire
from madoguchi.systems.interfaces import RentalSystem
from madoguchi.systems.reference.problems import Key, body_of

Verification = Annotated[bodies.RentalVerification, Depends(body_of(bodies.RentalVerification))]
Return = Annotated[bodies.ReturnRequest, Depends(body_of(bodies.ReturnRequest))]
Buyout = Annotated[bodies.BuyoutRequest, Depends(body_of(bodies.BuyoutRequest))]
Loss = Annotated[bodies.LossReport, Depends(body_of(bodies.LossReport))]
PaymentError = Annotated[bodies.PaymentErrorReport, Depends(body_of(bodies.PaymentErrorReport))]


def rental_routes(rentals: RentalSystem) -> APIRouter:
    """Return the routes, answered by the system."""
    router = APIRouter(prefix="/rentals")
    _add_questions(router, rentals)
    _add_changes(router, rentals)
    return router


def _add_questions(router: APIRouter, rentals: RentalSystem) -> None:
    @router.get("")
    async def of_member(member_id: Annotated[MemberId, Query()]) -> RentalList:
        found = await rentals.of_member(member_id)
        return RentalList(rentals=[RentalWire.of(rental) for rental in found])

    @router.post("/verification")
    async def verified(body: Verification) -> RentalFound:
        rental = await rentals.verified(body.number, body.contact)
        return RentalFound(rental=None if rental is None else RentalWire.of(rental))

    @router.get("/{number}")
    async def get(number: RentalNumber) -> RentalWire:
        rental = await rentals.get(number)
        if rental is None:
            raise LookupError
        return RentalWire.of(rental)


def _add_changes(router: APIRouter, rentals: RentalSystem) -> None:
    @router.post("/{number}/return-request")
    async def request_return(number: RentalNumber, body: Return, key: Key) -> ReceiptWire:
        return ReceiptWire.of(await rentals.request_return(number, body.sending_on, key))

    @router.post("/{number}/buyout-request")
    async def request_buyout(number: RentalNumber, body: Buyout, key: Key) -> ReceiptWire:
        return ReceiptWire.of(await rentals.request_buyout(number, body.email, key))

    @router.post("/{number}/loss-report")
    async def report_loss(number: RentalNumber, body: Loss, key: Key) -> ReceiptWire:
        said = (body.kind, body.circumstances, body.police_report)
        return ReceiptWire.of(await rentals.report_loss(number, *said, key))

    @router.post("/{number}/payment-error-report")
    async def report_payment_error(
        number: RentalNumber, body: PaymentError, key: Key
    ) -> ReceiptWire:
        said = (body.cause, body.next_week)
        return ReceiptWire.of(await rentals.report_payment_error(number, *said, key))
