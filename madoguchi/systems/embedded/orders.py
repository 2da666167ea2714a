"""The embedded system of orders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.rules.states import OrderState
from madoguchi.systems.embedded.records import MOST_SHOWN, change, contact_fits, sought
from madoguchi.systems.embedded.rows import order_of
from madoguchi.systems.embedded.tables import OrderRow, TransferRow
from madoguchi.systems.embedded.transactions import Change, Transactions
from madoguchi.systems.model import Order, Receipt, TransferState

# The states that a shop's own programs would let a change through in. Who may ask for it, and until
# when, is the business rules' to say before.
_UNPAID = (OrderState.ORDERED, OrderState.PENDING)
_SENT = (OrderState.SHIPPED, OrderState.DELIVERED)


class EmbeddedOrders:
    """Orders in Madoguchi's database."""

    def __init__(self, transactions: Transactions, my_page: str) -> None:
        """Read and change by these transactions; ``my_page`` is the address of My Page."""
        self._transactions = transactions
        self._my_page = my_page.rstrip("/")

    async def of_member(self, member_id: str) -> Sequence[Order]:
        """Return the member's orders, the newest first, at most 20."""
        async with self._transactions.reading() as session:
            rows = await session.scalars(
                select(OrderRow)
                .where(OrderRow.member_id == member_id)
                .order_by(OrderRow.ordered_at.desc(), OrderRow.number.desc())
                .limit(MOST_SHOWN)
            )
            return [order_of(row) for row in rows]

    async def get(self, number: str) -> Order | None:
        """Return an order by its number."""
        async with self._transactions.reading() as session:
            return await _order(session, number)

    async def verified(self, number: str, contact: str) -> Order | None:
        """Return the order when the contact is the one registered with it."""
        async with self._transactions.reading() as session:
            fits = await contact_fits(session, OrderRow, number, contact)
            return await _order(session, number) if fits else None

    async def cancel(self, number: str, key: str) -> Receipt:
        """Cancel an order that is not paid yet, and the transfer that it may be for."""

        async def work(session: AsyncSession, now: datetime) -> str:
            await session.execute(
                update(TransferRow)
                .where(
                    TransferRow.order_number == sought(number),
                    TransferRow.state != TransferState.VISITED,
                )
                .values(state=TransferState.CANCELLED)
                .execution_options(synchronize_session=False)
            )
            await change(
                session,
                OrderRow,
                number,
                OrderRow.state.in_(_UNPAID),
                state=OrderState.CANCELLED,
                cancelled_on=now.date(),
            )
            return ""

        asked = Change(key, "cancel_order", sought(number))
        return (await self._transactions.once(asked, work)).receipt

    async def apply_for_return(self, number: str, reason: str, key: str) -> Receipt:
        """Apply for the return service, once for an order that was shipped."""

        async def work(session: AsyncSession, now: datetime) -> str:
            await change(
                session,
                OrderRow,
                number,
                OrderRow.state.in_(_SENT),
                OrderRow.return_applied_on.is_(None),
                return_applied_on=now.date(),
            )
            return ""

        asked = Change(key, "apply_for_return", sought(number), {"reason": reason})
        return (await self._transactions.once(asked, work)).receipt

    async def receipt_link(self, number: str, key: str) -> str:
        """Return the receipt's address on My Page; handing it over counts as showing it."""

        async def work(session: AsyncSession, now: datetime) -> str:
            await change(
                session,
                OrderRow,
                number,
                OrderRow.state.in_(_SENT),
                OrderRow.receipt_shown_on.is_(None),
                receipt_shown_on=now.date(),
            )
            return f"{self._my_page}/orders/{number}/receipt"

        asked = Change(key, "receipt_link", sought(number))
        return (await self._transactions.once(asked, work)).answer


async def _order(session: AsyncSession, number: str) -> Order | None:
    row = await session.get(OrderRow, sought(number))
    return order_of(row) if row is not None else None
