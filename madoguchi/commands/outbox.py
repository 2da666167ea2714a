"""``madoguchi outbox``: what did not reach customers, and sending it again."""

from __future__ import annotations

from madoguchi.clock import TOKYO
from madoguchi.commands.resending import Resending
from madoguchi.conversations.outbox import Entry, Outbox, State


def _line(entry: Entry) -> str:
    since = entry.created_at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    reason = ": ".join(part for part in (entry.code, entry.detail) if part) or "-"
    if entry.state is State.SENT:
        reason = f"{entry.via}, {entry.counted} counted" if entry.counted else f"{entry.via}, free"
    return (
        f"{entry.id:>8}  {entry.state:9}  {entry.channel:10}  {entry.attempts:>5}  "
        f"{since:16}  {reason}"
    )


OUTBOX = Resending(
    store=Outbox,
    stuck=(State.PARKED, State.HELD, State.WAITING, State.SENDING),
    parked=State.PARKED,
    head=f"{'number':>8}  {'state':9}  {'channel':10}  {'tries':>5}  {'since':16}  reason",
    line=_line,
    nothing="nothing is waiting: every message has reached its platform",
    left_alone="arrived, being sent, or next in any case",
)
