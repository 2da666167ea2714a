"""The three systems of a shop that has its own API."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

from madoguchi.systems.http.breaker import CircuitBreaker
from madoguchi.systems.http.calls import Call, NonsenseError
from madoguchi.systems.http.orders import HttpOrders
from madoguchi.systems.http.rentals import HttpRentals
from madoguchi.systems.http.stores import HttpStores
from madoguchi.systems.http.transport import Bounds, ShopClient
from madoguchi.systems.http.wire import Status
from madoguchi.systems.model import SystemUnavailableError


class HttpSystems:
    """Orders, rentals and stores behind one API, with one breaker for all."""

    def __init__(
        self,
        url: str,
        token: str,
        *,
        bounds: Bounds | None = None,
        breaker: CircuitBreaker | None = None,
        tls: ssl.SSLContext | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """Speak to the API below the URL with the bearer token; nothing is sent yet."""
        self._client = ShopClient(url, token, bounds=bounds, breaker=breaker, tls=tls, sleep=sleep)
        self._orders = HttpOrders(self._client)
        self._rentals = HttpRentals(self._client)
        self._stores = HttpStores(self._client)

    @property
    def orders(self) -> HttpOrders:
        """The online store's orders."""
        return self._orders

    @property
    def rentals(self) -> HttpRentals:
        """The rentals of watches."""
        return self._rentals

    @property
    def stores(self) -> HttpStores:
        """Items and stores."""
        return self._stores

    async def check(self) -> None:
        """Return when the shop answers that it works. Raises SystemUnavailableError."""
        if not await self._client.ask(Call("GET", "/status"), Status, _works):
            raise SystemUnavailableError("the shop has no status")

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()


def _works(status: Status) -> bool:
    if status.status != "ok":
        raise NonsenseError("the shop says that it does not work")
    return True
