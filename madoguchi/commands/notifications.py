"""``madoguchi notifications``: what was not told by e-mail or webhook, and telling it again."""

from __future__ import annotations

from collections.abc import Sequence

from madoguchi.clock import TOKYO
from madoguchi.commands.resending import ALL, opened_database, resent
from madoguchi.notifications.model import Entry, State
from madoguchi.notifications.outbox import NotificationOutbox
from madoguchi.settings import Settings

_STUCK = (State.PARKED, State.WAITING, State.SENDING)
_MOST = 200


async def list_notifications(settings: Settings, *, everything: bool = False) -> str:
    """Return what has not been told, or the newest of all, a line each."""
    states: Sequence[State] = list(State) if everything else _STUCK
    async with opened_database(settings) as database:
        entries = await NotificationOutbox(database).entries(states, _MOST)
    if not entries:
        return "nothing is waiting: everything was told"
    return "\n".join([_HEAD, *map(_line, reversed(entries))])


async def resend_notifications(
    settings: Settings, numbers: Sequence[int], *, parked: bool = False
) -> str:
    """Try notifications anew: those named, or all that are parked. Returns what was done."""
    async with opened_database(settings) as database:
        outbox = NotificationOutbox(database)
        if parked:
            numbers = [entry.id for entry in await outbox.entries([State.PARKED], ALL)]
        return await resent(outbox, numbers, "not parked")


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
