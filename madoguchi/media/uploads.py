"""Files that come to the service whole: from agents at the desk, from customers on the web.

They are checked before anything is stored, so a stored one is kept. An agent's waits as number 0
until a message takes it along; a customer's is stored with its message.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from madoguchi.conversations.outbox import machine_time
from madoguchi.media.attachments import State
from madoguchi.media.checks import check, content_type
from madoguchi.media.limits import LARGEST_CONVERSATION
from madoguchi.media.metadata import without_metadata
from madoguchi.media.names import clean_name
from madoguchi.media.signatures import MacrosError
from madoguchi.media.tables import AttachmentContentRow, AttachmentRow

# What an agent has not sent by then was not meant to be.
UNSENT = timedelta(days=1)
# With one message. LINE itself takes five objects at once.
MOST_FILES = 5
_UNSENT_SEQ = 0
_KINDS = ("image", "video", "audio")


class RefusedError(Exception):
    """A file that is not kept; ``reason`` as in ``messages/media.yml``, ``kind`` what it seems."""

    def __init__(self, reason: str, kind: str) -> None:
        """Say why."""
        super().__init__(reason)
        self.reason = reason
        self.kind = kind


class UnknownFileError(Exception):
    """A file is not there, or not this agent's to send (any more)."""


@dataclass(frozen=True)
class Upload:
    """A file that was found good, as it is kept; ``digest`` is its SHA-256."""

    content: bytes
    kind: str
    content_type: str
    name: str | None
    digest: str


async def examined(content: bytes, name: str | None) -> Upload:
    """Return a file as what its bytes say it is. Raises RefusedError."""
    # Large enough to hold every chat up for a moment.
    return await asyncio.to_thread(examine, content, name)


def examine(content: bytes, name: str | None) -> Upload:
    """Return a file as what its bytes say it is, a picture without its notes.

    Raises RefusedError.
    """
    kind = kind_of(content, name)
    verdict = check(content, kind, name)
    if not verdict.kept or verdict.content_type is None:
        raise RefusedError(verdict.reason or "type", kind)
    content = without_metadata(content, verdict.content_type)
    digest = hashlib.sha256(content).hexdigest()
    return Upload(content, kind, verdict.content_type, clean_name(name), digest)


def kind_of(content: bytes, name: str | None) -> str:
    """Return whether a file is an image, a video, audio, or any other file."""
    try:
        found = content_type(content, name) or ""
    except MacrosError:
        found = ""
    return next((kind for kind in _KINDS if found.startswith(f"{kind}/")), "file")


async def store(
    session: AsyncSession,
    conversation_id: str,
    upload: Upload,
    channel: str,
    *,
    seq: int = _UNSENT_SEQ,
    agent_id: str | None = None,
    most: int = LARGEST_CONVERSATION,
) -> str:
    """Store a file and return its id; the caller has locked the conversation.

    Raises RefusedError when the conversation's files would be more than ``most`` bytes together.
    """
    kept = await session.scalar(
        select(func.coalesce(func.sum(AttachmentRow.size), 0)).where(
            AttachmentRow.conversation_id == conversation_id, AttachmentRow.state == State.KEPT
        )
    )
    if int(kept or 0) + len(upload.content) > most:
        raise RefusedError("too_much", upload.kind)
    now = machine_time()
    row = AttachmentRow(
        id=uuid4().hex,
        conversation_id=conversation_id,
        seq=seq,
        channel=channel,
        kind=upload.kind,
        source=None,
        name=upload.name,
        state=State.KEPT,
        content_type=upload.content_type,
        size=len(upload.content),
        agent_id=agent_id,
        digest=upload.digest,
        attempts=0,
        next_at=now,
        created_at=now,
    )
    session.add(row)
    await session.flush()
    session.add(AttachmentContentRow(attachment_id=row.id, content=upload.content))
    await session.flush()
    return row.id


async def take_along(
    session: AsyncSession, conversation_id: str, agent_id: str, seq: int, files: Sequence[str]
) -> None:
    """Give an agent's waiting files to their message, in the transaction that writes it.

    Raises UnknownFileError, upon which that transaction has to be given up.
    """
    taken = await session.execute(
        update(AttachmentRow)
        .where(
            AttachmentRow.id.in_(files),
            AttachmentRow.conversation_id == conversation_id,
            waits_for(agent_id),
        )
        .values(seq=seq)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != len(set(files)):  # type: ignore[attr-defined]  # a CursorResult
        raise UnknownFileError


def waits_for(agent_id: str) -> ColumnElement[bool]:
    """Return what an agent has uploaded and not sent."""
    return and_(AttachmentRow.agent_id == agent_id, AttachmentRow.seq == _UNSENT_SEQ)


def left_unsent() -> ColumnElement[bool]:
    """Return what agents have uploaded and not sent for a day."""
    return and_(
        AttachmentRow.agent_id.is_not(None),
        AttachmentRow.seq == _UNSENT_SEQ,
        AttachmentRow.created_at < machine_time() - UNSENT,
    )
