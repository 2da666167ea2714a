"""Rentals behind the shop's API."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from madoguchi.systems.http.answers import members_own, receipt, refuse, refuse_other
from madoguchi.systems.http.calls import INVALID, NOT_FOUND, Call
from madoguchi.systems.http.consistency import rental_contradiction
from madoguchi.systems.http.fields import LONGEST_CONTACT, RENTAL_NUMBER, is_like
from madoguchi.systems.http.transport import ShopClient
from madoguchi.systems.http.wire import ReceiptWire, RentalFound, RentalList, RentalWire
from madoguchi.systems.model import LossKind, Receipt, Rental


class HttpRentals:
    """Asks the shop about rentals. Every method raises SystemUnavailableError."""

    def __init__(self, client: ShopClient) -> None:
        """Ask through the client."""
        self._client = client

    async def of_member(self, member_id: str) -> Sequence[Rental]:
        """Return the member's rentals, the newest first, at most 20."""
        call = Call("GET", "/rentals", query={"member_id": member_id})

        def own(answer: RentalList) -> list[Rental]:
            return members_own(
                [_rental(wire) for wire in answer.rentals],
                member_id,
                number=lambda rental: rental.number,
                first=lambda rental: rental.ordered_at,
                descending=True,
            )

        return await self._client.ask(call, RentalList, own) or []

    async def get(self, number: str) -> Rental | None:
        """Return a rental by its number; only for one whose customer is proven."""
        if not is_like(RENTAL_NUMBER, number):
            return None
        call = Call("GET", "/rentals/{number}", path={"number": number})
        return await self._client.ask(call, RentalWire, lambda wire: _this(wire, number))

    async def verified(self, number: str, contact: str) -> Rental | None:
        """Return the rental when the contact is the one registered with it."""
        if not is_like(RENTAL_NUMBER, number) or not 0 < len(contact) <= LONGEST_CONTACT:
            return None
        body = {"number": number, "contact": contact}
        call = Call("POST", "/rentals/verification", body=body)

        def found(answer: RentalFound) -> Rental | None:
            return None if answer.rental is None else _this(answer.rental, number)

        # A contact of no known form is nobody's, whether the shop says so or refuses it.
        return await self._client.ask(call, RentalFound, found, none=(NOT_FOUND, INVALID))

    async def request_return(self, number: str, sending_on: date, key: str) -> Receipt:
        """Ask for the return of the watch. Raises NotAllowedError and LookupError."""
        body = {"sending_on": sending_on.isoformat()}
        return await self._made("/rentals/{number}/return-request", number, body, key)

    async def request_buyout(self, number: str, email: str, key: str) -> Receipt:
        """Ask for the price to buy the watch. Raises NotAllowedError and LookupError."""
        return await self._made("/rentals/{number}/buyout-request", number, {"email": email}, key)

    async def report_loss(
        self, number: str, kind: LossKind, circumstances: str, police_report: str | None, key: str
    ) -> Receipt:
        """Report a lost or stolen watch. Raises NotAllowedError and LookupError."""
        body = {
            "kind": kind.value,
            "circumstances": circumstances,
            "police_report": police_report,
        }
        return await self._made("/rentals/{number}/loss-report", number, body, key)

    async def report_payment_error(
        self, number: str, cause: str, next_week: str, key: str
    ) -> Receipt:
        """Report why a payment failed. Raises NotAllowedError and LookupError."""
        body = {"cause": cause, "next_week": next_week}
        return await self._made("/rentals/{number}/payment-error-report", number, body, key)

    async def _made(self, route: str, number: str, body: Mapping[str, Any], key: str) -> Receipt:
        if not is_like(RENTAL_NUMBER, number):
            raise LookupError("no rental has such a number")
        call = Call("POST", route, path={"number": number}, body=body, key=key)
        return await self._client.change(call, ReceiptWire, receipt)


def _rental(wire: RentalWire) -> Rental:
    rental = wire.to_model()
    refuse(rental_contradiction(rental))
    return rental


def _this(wire: RentalWire, number: str) -> Rental:
    refuse_other(wire.number, number)
    return _rental(wire)
