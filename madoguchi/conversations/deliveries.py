"""Deliveries as the rest of the service sees them, and which process holds them."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from madoguchi.clock import as_utc
from madoguchi.conversations.channel_tables import OutboxRow


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "sending"
    HELD = "held"
    SENT = "sent"
    PARKED = "parked"
    CANCELLED = "cancelled"
    # It went, or goes, with a later delivery.
    MERGED = "merged"


@dataclass(frozen=True)
class Claim:
    """A delivery that this process, and no other, may try now."""

    id: int
    conversation_id: str
    channel: str
    inbound_id: int | None
    seqs: tuple[int, ...]
    attempt: int
    unsure: bool
    retry_key: UUID
    created_at: datetime
    last_code: str | None


@dataclass(frozen=True)
class Entry:
    """A delivery as the shop sees it: no message text, only how it fares."""

    id: int
    conversation_id: str
    channel: str
    seqs: tuple[int, ...]
    state: State
    attempts: int
    via: str | None
    counted: int
    code: str | None
    detail: str | None
    created_at: datetime
    ended_at: datetime | None


def machine_time() -> datetime:
    """Return the machine's time in UTC."""
    return datetime.now(UTC)


def process_name() -> str:
    """Return this process's name: the host and the number of the process, and some chance."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{uuid4().hex[:8]}"


def gone_from_here(holder: str) -> bool:
    """Return whether a process of this host has ended; of other hosts nothing is known."""
    host, _, rest = holder.partition(":")
    number = rest.partition(":")[0]
    if host != socket.gethostname()[:40] or not number.isdecimal():
        return False
    if int(number) == os.getpid():
        return True  # the number came round again: it is not this process that held it
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def claim_of(row: OutboxRow) -> Claim:
    """Return the claim of a row that this process has taken."""
    return Claim(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        inbound_id=row.inbound_id,
        seqs=tuple(row.seqs),
        attempt=row.attempts,
        unsure=row.unsure,
        retry_key=UUID(row.retry_key),
        created_at=as_utc(row.created_at),
        last_code=row.code,
    )


def entry_of(row: OutboxRow) -> Entry:
    """Return a row as the shop sees it; times are in UTC."""
    return Entry(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        seqs=tuple(row.seqs),
        state=State(row.state),
        attempts=row.attempts,
        via=row.via,
        counted=row.counted,
        code=row.code,
        detail=row.detail,
        created_at=as_utc(row.created_at),
        ended_at=as_utc(row.ended_at) if row.ended_at is not None else None,
    )
