"""What the desk does by itself, now and then: returning, waking and distributing chats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.desk.assigning import Assigning
from madoguchi.desk.distribution import Distribution
from madoguchi.desk.orphaned import return_orphaned
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.snoozing import wake_snoozed
from madoguchi.logs import log
from madoguchi.metrics import DISTRIBUTED
from madoguchi.periodic import Periodic
from madoguchi.settings import Settings

_DISTRIBUTE_SECONDS = 2.0
_WAKE_SECONDS = 10.0


def desk_chores(
    settings: Settings, engine: AsyncEngine, clock: Clock, ownership: Ownership
) -> list[Periodic]:
    """Return what is to run beside the desk."""
    chores = [
        Periodic("desk", _WAKE_SECONDS, partial(wake_snoozed, engine, clock)),
        Periodic("desk", _WAKE_SECONDS, partial(return_orphaned, engine, clock, ownership)),
    ]
    if settings.desk_distribution == "fair":
        distribution = Distribution(
            engine,
            clock,
            Assigning(engine, clock, ownership),
            not_again=timedelta(minutes=settings.desk_idle_minutes),
        )
        chores.append(Periodic("desk", _DISTRIBUTE_SECONDS, _noted(distribution.hand_out)))
    return chores


def _noted(
    hand_out: Callable[[], Awaitable[list[tuple[str, str]]]],
) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        for conversation, agent in await hand_out():
            DISTRIBUTED.inc()
            log("desk").info("chat distributed", conversation=conversation, agent=agent)

    return work
