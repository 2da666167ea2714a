"""Customers' files: noted with their message, fetched later, then kept or refused.

A file is claimed by a conditional update, so two processes never fetch the same one. Times are the
machine's own: a service whose clock is fixed still has to try again later.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from madoguchi.clock import as_utc
from madoguchi.conversations.channel import MediaRef
from madoguchi.conversations.outbox import machine_time
from madoguchi.conversations.tables import InboxRow
from madoguchi.database import only_reading
from madoguchi.desk.tables import DeskChangeRow
from madoguchi.media.names import clean_name
from madoguchi.media.removal import remove_files
from madoguchi.media.tables import AttachmentContentRow, AttachmentRow

# Longer than a try may take, so that a claim ends only with its process.
CLAIM = timedelta(minutes=3)


class State(StrEnum):
    """How far a file is."""

    WAITING = "waiting"
    FETCHING = "fetching"
    KEPT = "kept"
    REFUSED = "refused"


_OPEN = (State.WAITING, State.FETCHING)


@dataclass(frozen=True)
class Attachment:
    """A file as the desk sees it, without its bytes.

    ``reason`` says why it was refused (``messages/media.yml``); ``content_type`` is what it was
    found to be, ``digest`` its SHA-256, ``size`` its bytes: all three only when it is kept.
    """

    id: str
    conversation_id: str
    seq: int
    channel: str
    kind: str
    name: str | None
    state: State
    reason: str | None
    content_type: str | None
    size: int | None
    digest: str | None
    created_at: datetime
    # Who at the desk sends it; as long as ``seq`` is 0 it is not sent, and theirs alone.
    agent_id: str | None = None


@dataclass(frozen=True)
class Claim:
    """A file that this process, and no other, may fetch now; ``attempt`` counts from 1."""

    id: str
    conversation_id: str
    channel: str
    kind: str
    media: MediaRef
    attempt: int


async def attach(
    session: AsyncSession, inbound_id: int, channel: str, kind: str, media: MediaRef
) -> None:
    """Note a customer's file, in the transaction that stores its message in the inbox.

    The inbox takes an event once, so the file is noted once. Raises LookupError when the message
    is not in the inbox.
    """
    found = await session.execute(
        select(InboxRow.conversation_id, InboxRow.seq).where(InboxRow.id == inbound_id)
    )
    inbound = found.one_or_none()
    if inbound is None:
        raise LookupError(f"there is no message {inbound_id} in the inbox")
    conversation_id, seq = inbound
    now = machine_time()
    session.add(
        AttachmentRow(
            id=uuid4().hex,
            conversation_id=conversation_id,
            seq=seq,
            channel=channel,
            kind=str(kind),
            source=asdict(media),
            name=clean_name(media.name),
            state=State.WAITING,
            attempts=0,
            next_at=now,
            created_at=now,
        )
    )


class Attachments:
    """Customers' files, on SQLite or PostgreSQL."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime] = machine_time) -> None:
        """Keep them in the database."""
        self._engine = engine
        self._reads = only_reading(engine)
        self._now = now

    async def waiting(self) -> list[Attachment]:
        """Return the files that are not fetched yet, the oldest first."""
        return await self._list(AttachmentRow.state.in_(_OPEN))

    async def of_conversation(self, conversation_id: str) -> list[Attachment]:
        """Return a conversation's files in the order of its messages."""
        return await self._list(AttachmentRow.conversation_id == conversation_id)

    async def _list(self, which: ColumnElement[bool]) -> list[Attachment]:
        order = (AttachmentRow.created_at, AttachmentRow.seq, AttachmentRow.id)
        async with AsyncSession(self._reads) as session:
            rows = await session.scalars(select(AttachmentRow).where(which).order_by(*order))
            return [_attachment(row) for row in rows]

    async def content(self, attachment_id: str) -> tuple[Attachment, bytes] | None:
        """Return a kept file with its bytes, None when there is none."""
        async with AsyncSession(self._reads) as session:
            found = await session.execute(
                select(AttachmentRow, AttachmentContentRow.content)
                .join(AttachmentContentRow, AttachmentContentRow.attachment_id == AttachmentRow.id)
                .where(AttachmentRow.id == attachment_id, AttachmentRow.state == State.KEPT)
            )
            row = found.one_or_none()
            return (_attachment(row[0]), row[1]) if row is not None else None

    async def kept_bytes(self, conversation_id: str) -> int:
        """Return how many bytes of a conversation's files are kept."""
        async with AsyncSession(self._reads) as session:
            total = await session.scalar(
                select(func.coalesce(func.sum(AttachmentRow.size), 0)).where(
                    AttachmentRow.conversation_id == conversation_id,
                    AttachmentRow.state == State.KEPT,
                )
            )
            return int(total or 0)

    async def claim(self, channels: Sequence[str], limit: int) -> list[Claim]:
        """Return files of the channels to be fetched now by this process, the longest due first."""
        async with AsyncSession(self._reads) as session:
            due = await session.scalars(
                select(AttachmentRow.id)
                .where(AttachmentRow.channel.in_(channels), self._due())
                .order_by(AttachmentRow.next_at, AttachmentRow.id)
                .limit(limit)
            )
            candidates = list(due)
        claims = [await self._claim(each) for each in candidates]
        return [claim for claim in claims if claim is not None]

    def _due(self) -> ColumnElement[bool]:
        """Return what is due: a file being fetched is again when its claim has ended."""
        return and_(AttachmentRow.state.in_(_OPEN), AttachmentRow.next_at <= self._now())

    async def _claim(self, attachment_id: str) -> Claim | None:
        async with AsyncSession(self._engine) as session, session.begin():
            row = await session.scalar(
                update(AttachmentRow)
                .where(AttachmentRow.id == attachment_id, self._due())
                .values(
                    state=State.FETCHING,
                    attempts=AttachmentRow.attempts + 1,
                    next_at=self._now() + CLAIM,
                )
                .returning(AttachmentRow)
                .execution_options(synchronize_session=False)
            )
            return _claimed(row) if row is not None else None

    async def keep(
        self, claim: Claim, content: bytes, content_type: str, name: str | None = None
    ) -> bool:
        """Keep a file; False when it is not this process's any more, or was taken back."""
        # Large enough to hold every chat up for a moment.
        digest = await asyncio.to_thread(lambda: hashlib.sha256(content).hexdigest())
        values = {
            "state": State.KEPT,
            "content_type": content_type,
            "size": len(content),
            "digest": digest,
            "source": None,
        }
        if name is not None:
            values["name"] = clean_name(name)
        async with AsyncSession(self._engine) as session, session.begin():
            if not await self._finish(session, claim, values):
                return False
            session.add(AttachmentContentRow(attachment_id=claim.id, content=content))
            await self._tell_desk(session, claim)
            return True

    async def refuse(self, claim: Claim, reason: str) -> bool:
        """Give a file up for good; False as for ``keep``."""
        values = {"state": State.REFUSED, "reason": reason, "source": None}
        async with AsyncSession(self._engine) as session, session.begin():
            given_up = await self._finish(session, claim, values)
            if given_up:
                await self._tell_desk(session, claim)
            return given_up

    async def put_off(self, claim: Claim, wait: timedelta) -> bool:
        """Try a file again after a while; False as for ``keep``."""
        values = {"state": State.WAITING, "next_at": self._now() + wait}
        async with AsyncSession(self._engine) as session, session.begin():
            return await self._finish(session, claim, values)

    async def release(self, claim: Claim) -> bool:
        """Give a claim back unused: the try does not count. False as for ``keep``."""
        values = {
            "state": State.WAITING,
            "next_at": self._now(),
            "attempts": claim.attempt - 1,
        }
        async with AsyncSession(self._engine) as session, session.begin():
            return await self._finish(session, claim, values)

    async def _finish(self, session: AsyncSession, claim: Claim, values: dict[str, Any]) -> bool:
        """Change a file whose claim is still the given one; the number of the try tells."""
        done = await session.execute(
            update(AttachmentRow)
            .where(
                AttachmentRow.id == claim.id,
                AttachmentRow.state == State.FETCHING,
                AttachmentRow.attempts == claim.attempt,
            )
            .values(**values)
            .execution_options(synchronize_session=False)
        )
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # a CursorResult

    async def _tell_desk(self, session: AsyncSession, claim: Claim) -> None:
        """Have open desks show the file, or that it cannot be had."""
        seq = await session.scalar(select(AttachmentRow.seq).where(AttachmentRow.id == claim.id))
        session.add(
            DeskChangeRow(
                conversation_id=claim.conversation_id, kind="file", seq=seq, at=self._now()
            )
        )

    async def remove(self, conversation_id: str, seq: int) -> int:
        """Take the files of a message out of the database; returns how many those were."""
        async with AsyncSession(self._engine) as session, session.begin():
            return await remove_files(session, conversation_id, seq)


def _claimed(row: AttachmentRow) -> Claim:
    return Claim(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        kind=row.kind,
        media=MediaRef(**(row.source or {})),
        attempt=row.attempts,
    )


def _attachment(row: AttachmentRow) -> Attachment:
    return Attachment(
        id=row.id,
        conversation_id=row.conversation_id,
        seq=row.seq,
        channel=row.channel,
        kind=row.kind,
        name=row.name,
        state=State(row.state),
        reason=row.reason,
        content_type=row.content_type,
        size=row.size,
        digest=row.digest,
        created_at=as_utc(row.created_at),
        agent_id=row.agent_id,
    )
