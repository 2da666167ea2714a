"""The desk's parts, as its routes use them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request

from madoguchi.clock import Clock
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.stream import Streams
from madoguchi.desk.assigning import Assigning
from madoguchi.desk.audit import Audit
from madoguchi.desk.changes import Changes
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.feed import Feed
from madoguchi.desk.files import AgentFiles
from madoguchi.desk.giving_back import GivingBack
from madoguchi.desk.handing import Handing
from madoguchi.desk.identification import Identification
from madoguchi.desk.inquiries import DeskInquiries
from madoguchi.desk.merging import Merging
from madoguchi.desk.notebook import Notebook
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.ratings import Ratings
from madoguchi.desk.search import Search
from madoguchi.desk.seeing import Seeing
from madoguchi.desk.summaries import Summaries
from madoguchi.desk.workload import Workload
from madoguchi.knowledge.catalogue import Catalogue
from madoguchi.media.attachments import Attachments
from madoguchi.notifications.setup import Notifying


@dataclass(frozen=True)
class DeskParts:
    """What the desk's routes work with, at ``app.state.desk``."""

    clock: Clock
    streams: Streams
    ownership: Ownership
    handing: Handing
    giving_back: GivingBack
    seeing: Seeing
    workload: Workload
    assigning: Assigning
    merging: Merging
    summaries: Summaries
    search: Search
    chats: ChatReader
    notebook: Notebook
    ratings: Ratings
    identification: Identification
    inquiries: DeskInquiries
    changes: Changes
    feed: Feed
    audit: Audit
    outbox: Outbox
    attachments: Attachments
    files: AgentFiles
    catalogue: Catalogue
    notifying: Notifying
    # Wakes the worker that delivers, once an agent has said something.
    wake_delivery: Callable[[], None]


def parts_of(request: Request) -> DeskParts:
    """Return the parts of the application that a request came to."""
    found: DeskParts = request.app.state.desk
    return found
