"""The desk's parts, as its routes use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from madoguchi.clock import Clock
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.stream import Streams
from madoguchi.desk.audit import Audit
from madoguchi.desk.changes import Changes
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.handing import Handing
from madoguchi.desk.inquiries import DeskInquiries
from madoguchi.desk.notebook import Notebook
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.summaries import Summaries
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.media.attachments import Attachments


@dataclass(frozen=True)
class DeskParts:
    """What the desk's routes work with, at ``app.state.desk``."""

    clock: Clock
    streams: Streams
    ownership: Ownership
    handing: Handing
    summaries: Summaries
    chats: ChatReader
    notebook: Notebook
    inquiries: DeskInquiries
    changes: Changes
    audit: Audit
    outbox: Outbox
    attachments: Attachments
    catalogue: Catalogue
    # Wakes the worker that delivers, once an agent has said something.
    wake_delivery: Callable[[], None]


def parts_of(request: Request) -> DeskParts:
    """Return the parts of the application that a request came to."""
    found: DeskParts = request.app.state.desk
    return found
