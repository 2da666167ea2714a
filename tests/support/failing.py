"""A shop's systems that fail where a test wants them to."""

from __future__ import annotations

from typing import Any, cast

from madoguchi.systems.interfaces import OrderSystem, RentalSystem, StoreSystem, Systems


class FailingSystems:
    """The systems of another shop, some calls of which fail.

    ``before`` holds the errors of calls that do nothing, ``after`` those of calls whose work is
    done but whose answer is lost; both by the name of the call, for example ``cancel``.
    """

    def __init__(self, systems: Systems) -> None:
        """Fail nowhere at first."""
        self._systems = systems
        self.before: dict[str, Exception] = {}
        self.after: dict[str, Exception] = {}

    @property
    def orders(self) -> OrderSystem:
        """The online store's orders."""
        return self._failing(self._systems.orders)

    @property
    def rentals(self) -> RentalSystem:
        """The rentals of watches."""
        return self._failing(self._systems.rentals)

    @property
    def stores(self) -> StoreSystem:
        """Items and stores."""
        return self._failing(self._systems.stores)

    async def check(self) -> None:
        """Return when the systems answer."""
        await self._systems.check()

    async def close(self) -> None:
        """Close the systems."""
        await self._systems.close()

    def _failing[T](self, system: T) -> T:
        return cast("T", _Failing(system, self.before, self.after))


class _Failing:
    """One system, asked with the failures of the moment."""

    def __init__(
        self, system: Any, before: dict[str, Exception], after: dict[str, Exception]
    ) -> None:
        self._system = system
        self._before = before
        self._after = after

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._system, name)

        async def called(*args: Any, **named: Any) -> Any:
            if name in self._before:
                raise self._before[name]
            answer = await call(*args, **named)
            if name in self._after:
                raise self._after[name]
            return answer

        return called
