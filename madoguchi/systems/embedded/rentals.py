"""The embedded system of rentals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from madoguchi.rules.states import RentalState
from madoguchi.systems.embedded.records import MOST_SHOWN, change, contact_fits, sought
from madoguchi.systems.embedded.rows import rental_of
from madoguchi.systems.embedded.tables import RentalRow
from madoguchi.systems.embedded.transactions import Change, Transactions
from madoguchi.systems.model import LossKind, Receipt, Rental

# The states that a shop's own programs would let a change through in. Who may ask for it, and until
# when, is the business rules' to say before.
_WITH_CUSTOMER = (RentalState.SHIPPED, RentalState.IN_USE)
_RUNNING = (*_WITH_CUSTOMER, RentalState.RETURN_REQUESTED)
# After the third payment error the watch is still to be given back, and so can still be lost.
_NOT_BACK = (*_RUNNING, RentalState.TERMINATED)


class EmbeddedRentals:
    """Rentals in Madoguchi's database."""

    def __init__(self, transactions: Transactions) -> None:
        """Read and change by these transactions."""
        self._transactions = transactions

    async def of_member(self, member_id: str) -> Sequence[Rental]:
        """Return the member's rentals, the newest first, at most 20."""
        async with self._transactions.reading() as session:
            rows = await session.scalars(
                select(RentalRow)
                .where(RentalRow.member_id == member_id)
                .order_by(RentalRow.ordered_at.desc(), RentalRow.number.desc())
                .limit(MOST_SHOWN)
            )
            return [rental_of(row) for row in rows]

    async def get(self, number: str) -> Rental | None:
        """Return a rental by its number."""
        async with self._transactions.reading() as session:
            return await _rental(session, number)

    async def verified(self, number: str, contact: str) -> Rental | None:
        """Return the rental when the contact is the one registered with it."""
        async with self._transactions.reading() as session:
            fits = await contact_fits(session, RentalRow, number, contact)
            return await _rental(session, number) if fits else None

    async def request_return(self, number: str, sending_on: date, key: str) -> Receipt:
        """Ask for the return of a watch that the customer has, or is about to have."""
        return await self._change(
            Change(key, "request_return", sought(number), {"sending_on": sending_on.isoformat()}),
            (RentalRow.state.in_(_WITH_CUSTOMER),),
            RentalRow.return_requested_on,
            {"state": RentalState.RETURN_REQUESTED},
        )

    async def request_buyout(self, number: str, email: str, key: str) -> Receipt:
        """Ask for the price, once for a watch that the customer has."""
        return await self._change(
            Change(key, "request_buyout", sought(number), {"email": email}),
            (RentalRow.state.in_(_WITH_CUSTOMER), RentalRow.buyout_requested_on.is_(None)),
            RentalRow.buyout_requested_on,
        )

    async def report_loss(
        self, number: str, kind: LossKind, circumstances: str, police_report: str | None, key: str
    ) -> Receipt:
        """Report a loss, once for a watch that is not back."""
        said = {
            "kind": kind.value,
            "circumstances": circumstances,
            "police_report": police_report,
        }
        return await self._change(
            Change(key, "report_loss", sought(number), said),
            (RentalRow.state.in_(_NOT_BACK), RentalRow.loss_reported_on.is_(None)),
            RentalRow.loss_reported_on,
        )

    async def report_payment_error(
        self, number: str, cause: str, next_week: str, key: str
    ) -> Receipt:
        """Report on the last failed payment, once, while the rental is running."""
        said = {"cause": cause, "next_week": next_week}
        return await self._change(
            Change(key, "report_payment_error", sought(number), said),
            (
                RentalRow.state.in_(_RUNNING),
                RentalRow.payment_errors > 0,
                RentalRow.payment_error_reported_on.is_(None),
            ),
            RentalRow.payment_error_reported_on,
        )

    async def _change(
        self,
        asked: Change,
        allowed: Sequence[ColumnElement[bool]],
        dated: InstrumentedAttribute[date | None],
        values: Mapping[str, object] | None = None,
    ) -> Receipt:
        """Make the change and write the day of it into ``dated``."""

        async def work(session: AsyncSession, now: datetime) -> str:
            changed: dict[str, object] = {dated.key: now.date(), **(values or {})}
            await change(session, RentalRow, asked.subject, *allowed, **changed)
            return ""

        return (await self._transactions.once(asked, work)).receipt


async def _rental(session: AsyncSession, number: str) -> Rental | None:
    row = await session.get(RentalRow, sought(number))
    return rental_of(row) if row is not None else None
