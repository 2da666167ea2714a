"""``madoguchi notifications``: what was not told by e-mail or webhook, and telling it again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from madoguchi.clock import TOKYO
from madoguchi.database import migrate, open_database
from madoguchi.notifications.model import Entry, State
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.settings import Settings

_STUCK = (State.PARKED, State.WAITING, State.SENDING)
_MOST = 200


async def list_notifications(settings: Settings, *, everything: bool = False) -> str:
    """Return what has not been told, or the newest of all, a line each."""
    states: Sequence[State] = list(State) if everything else _STUCK
    async with _opened(settings) as outbox:
        entries = await outbox.entries(states, _MOST)
    if not entries:
        return "nothing is waiting: everything was told"
    return "\n".join([_HEAD, *map(_line, reversed(entries))])


async def resend_notifications(
    settings: Settings, numbers: Sequence[int], *, parked: bool = False
) -> str:
    """Try notifications anew: those named, or all that are parked. Returns what was done."""
    async with _opened(settings) as outbox:
        if parked:
            numbers = [entry.id for entry in await outbox.entries([State.PARKED], 10_000)]
        done = [number for number in numbers if await outbox.resend(number)]
    left = sorted(set(numbers) - set(done))
    words = [f"{len(done)} will be sent again by the running service"]
    if left:
        words.append(f"not parked, so left alone: {', '.join(map(str, left))}")
    return "; ".join(words)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[NotificationOutbox]:
    database = open_database(settings.database_url)
    try:
        await migrate(database)
        yield NotificationOutbox(database)
    finally:
        await database.dispose()


_HEAD = (
    f"{'number':>8}  {'state':9}  {'kind':13}  {'via':7}  {'tries':>5}  {'since':16}  "
    f"{'to':30}  reason"
)


def _line(entry: Entry) -> str:
    since = entry.created_at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    reason = ": ".join(part for part in (entry.code, entry.detail) if part) or "-"
    return (
        f"{entry.id:>8}  {entry.state:9}  {entry.kind:13}  {entry.to.via:7}  "
        f"{entry.attempts:>5}  {since:16}  {entry.to.address or '-':30}  {reason}"
    )
