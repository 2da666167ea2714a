"""``madoguchi outbox``: what did not reach customers, and sending it again."""

from __future__ import annotations

from collections.abc import Sequence

from madoguchi.clock import TOKYO
from madoguchi.commands.resending import ALL, opened_database, resent
from madoguchi.conversations.outbox import Entry, Outbox, State
from madoguchi.settings import Settings

_STUCK = (State.PARKED, State.HELD, State.WAITING, State.SENDING)
_MOST = 200


async def list_outbox(settings: Settings, *, everything: bool = False) -> str:
    """Return the deliveries that have not arrived, or the newest of all, a line each."""
    states: Sequence[State] = list(State) if everything else _STUCK
    async with opened_database(settings) as database:
        entries = await Outbox(database).entries(states, limit=_MOST)
    if not entries:
        return "nothing is waiting: every message has reached its platform"
    return "\n".join([_HEAD, *map(_line, reversed(entries))])


async def resend(settings: Settings, numbers: Sequence[int], *, parked: bool = False) -> str:
    """Try deliveries anew: those named, or all that are parked. Returns what was done, in words."""
    async with opened_database(settings) as database:
        outbox = Outbox(database)
        if parked:
            numbers = [entry.id for entry in await outbox.entries([State.PARKED], limit=ALL)]
        return await resent(outbox, numbers, "not parked, cancelled or held")


_HEAD = f"{'number':>8}  {'state':9}  {'channel':10}  {'tries':>5}  {'since':16}  reason"


def _line(entry: Entry) -> str:
    since = entry.created_at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    reason = ": ".join(part for part in (entry.code, entry.detail) if part) or "-"
    if entry.state is State.SENT:
        reason = f"{entry.via}, {entry.counted} counted" if entry.counted else f"{entry.via}, free"
    return (
        f"{entry.id:>8}  {entry.state:9}  {entry.channel:10}  {entry.attempts:>5}  "
        f"{since:16}  {reason}"
    )
