"""The three embedded systems of one shop."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.systems.embedded.orders import EmbeddedOrders
from madoguchi.systems.embedded.rentals import EmbeddedRentals
from madoguchi.systems.embedded.stores import EmbeddedStores
from madoguchi.systems.embedded.tables import ProductRow
from madoguchi.systems.embedded.times import IsOpen
from madoguchi.systems.embedded.transactions import Transactions


def always_open(_store: str, _day: date) -> bool:
    """Return True: the stores know neither holidays nor closures."""
    return True


class EmbeddedSystems:
    """Orders, rentals and stores in Madoguchi's own database (madoguchi.systems.interfaces)."""

    def __init__(
        self,
        engine: AsyncEngine,
        clock: Clock,
        is_open: IsOpen = always_open,
        *,
        my_page: str = "https://www.example.jp/mypage",
    ) -> None:
        """Use the engine's migrated database, with days and times from the clock.

        ``is_open`` says on which days stores are open (the plan of their times is by weekday);
        ``my_page`` is the address of the shop's My Page, where receipts are shown.
        """
        self._transactions = Transactions(engine, clock)
        self._orders = EmbeddedOrders(self._transactions, my_page)
        self._rentals = EmbeddedRentals(self._transactions)
        self._stores = EmbeddedStores(self._transactions, is_open)

    @property
    def orders(self) -> EmbeddedOrders:
        """The online store's orders."""
        return self._orders

    @property
    def rentals(self) -> EmbeddedRentals:
        """The rentals of watches."""
        return self._rentals

    @property
    def stores(self) -> EmbeddedStores:
        """Items and stores."""
        return self._stores

    async def check(self) -> None:
        """Return when the tables can be read. Raises SystemUnavailableError."""
        async with self._transactions.reading() as session:
            await session.execute(select(ProductRow.number).limit(1))

    async def close(self) -> None:
        """Do nothing: the database belongs to who opened it."""
