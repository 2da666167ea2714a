"""The shop's systems at one moment: looked at once, never changed.

What the rules say of a thing is rehearsed on it: many skills look at the same order, and none of
them can change anything.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self, cast

from madoguchi.systems.interfaces import OrderSystem, RentalSystem, StoreSystem, Systems
from madoguchi.systems.model import Order, Product, Rental

_LOOKS = {
    "orders": frozenset({"get"}),
    "rentals": frozenset({"get"}),
    "stores": frozenset({"product", "transfer", "visits_of_member"}),
}


class RehearsedChangeError(Exception):
    """A skill was about to change something while it was only rehearsed; a fault of ours."""


class _Remembering:
    """One system whose look-ups are asked once each."""

    def __init__(self, system: object, looks: frozenset[str]) -> None:
        self._system = system
        self._looks = looks
        self.known: dict[tuple[str, tuple[object, ...]], Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        async def look(*asked: object, **_more: object) -> Any:
            if name not in self._looks:
                raise RehearsedChangeError(name)
            if (name, asked) not in self.known:
                self.known[name, asked] = await getattr(self._system, name)(*asked)
            return self.known[name, asked]

        return look


@dataclass(frozen=True)
class Snapshot:
    """The three systems, read-only; it satisfies ``Systems``."""

    orders: OrderSystem
    rentals: RentalSystem
    stores: StoreSystem

    @classmethod
    def of(cls, systems: Systems, *known: Order | Rental | Product) -> Self:
        """Return a snapshot that need not ask for these things any more."""
        orders = _Remembering(systems.orders, _LOOKS["orders"])
        rentals = _Remembering(systems.rentals, _LOOKS["rentals"])
        stores = _Remembering(systems.stores, _LOOKS["stores"])
        for thing in known:
            if isinstance(thing, Order):
                orders.known["get", (thing.number,)] = thing
            elif isinstance(thing, Rental):
                rentals.known["get", (thing.number,)] = thing
            else:
                stores.known["product", (thing.number,)] = thing
        return cls(
            cast("OrderSystem", orders), cast("RentalSystem", rentals), cast("StoreSystem", stores)
        )

    async def check(self) -> None:
        """Return: what was seen is there."""

    async def close(self) -> None:
        """Keep the connections, which are others'."""
