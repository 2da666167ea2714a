"""``madoguchi notifications``: what was not told by e-mail or webhook, and telling it again."""

from __future__ import annotations

from madoguchi.clock import TOKYO
from madoguchi.commands.resending import Resending
from madoguchi.notifications.model import Entry, State
from madoguchi.notifications.outbox import NotificationOutbox


def _line(entry: Entry) -> str:
    since = entry.created_at.astimezone(TOKYO).strftime("%Y-%m-%d %H:%M")
    reason = ": ".join(part for part in (entry.code, entry.detail) if part) or "-"
    return (
        f"{entry.id:>8}  {entry.state:9}  {entry.kind:13}  {entry.to.via:7}  "
        f"{entry.attempts:>5}  {since:16}  {entry.to.address or '-':30}  {reason}"
    )


NOTIFICATIONS = Resending(
    store=NotificationOutbox,
    stuck=(State.PARKED, State.WAITING, State.SENDING),
    parked=State.PARKED,
    head=(
        f"{'number':>8}  {'state':9}  {'kind':13}  {'via':7}  {'tries':>5}  {'since':16}  "
        f"{'to':30}  reason"
    ),
    line=_line,
    nothing="nothing is waiting: everything was told",
    left_alone="not parked",
)
