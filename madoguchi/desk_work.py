"""The desk put together: what calls people, what its routes use, and what it does by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.clock import Clock
from madoguchi.desk.assigning import Assigning
from madoguchi.desk.audit import Audit
from madoguchi.desk.changes import Changes
from madoguchi.desk.chat import ChatReader
from madoguchi.desk.chores import desk_chores
from madoguchi.desk.feed import Feed, desk_feed
from madoguchi.desk.files import AgentFiles
from madoguchi.desk.giving_back import GivingBack
from madoguchi.desk.handing import Handing
from madoguchi.desk.identification import Identification
from madoguchi.desk.idle import IDLE_LOOK_SECONDS, return_idle
from madoguchi.desk.inquiries import DeskInquiries
from madoguchi.desk.merging import Merging
from madoguchi.desk.notebook import Notebook
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.parts import DeskParts
from madoguchi.desk.person_words import PersonWords
from madoguchi.desk.ratings import Ratings
from madoguchi.desk.reception import Reception
from madoguchi.desk.search import Search
from madoguchi.desk.seeing import Seeing
from madoguchi.desk.summaries import Summaries
from madoguchi.desk.unanswered import UNANSWERED_LOOK_SECONDS, Unanswered
from madoguchi.desk.workload import Workload
from madoguchi.dialogue.context import Context
from madoguchi.knowledge.business import Business
from madoguchi.knowledge.sentences import sentences
from madoguchi.knowledge.words import words
from madoguchi.media.links import FileLinks
from madoguchi.media.sendable import Sendable, sendable
from madoguchi.messaging import Basis, Messaging
from madoguchi.notifications.setup import Notifying, running_notifications
from madoguchi.periodic import Periodic


@dataclass(frozen=True)
class CallingParts:
    """What calls people; the assistant's side needs it before the desk is there."""

    ownership: Ownership
    handing: Handing
    words: PersonWords
    reception: Reception


def calling_parts(
    database: AsyncEngine, clock: Clock, ownership: Ownership, shop: Business
) -> CallingParts:
    """Return what calls people, for the shop's hours and telephones."""
    handing = Handing(database, clock)
    person_words = PersonWords(words(), sentences(), shop)
    reception = Reception(database, clock, ownership, handing, person_words)
    return CallingParts(ownership, handing, person_words, reception)


@asynccontextmanager
async def running_desk(
    basis: Basis, messaging: Messaging, context: Context, calling: CallingParts, audit: Audit
) -> AsyncIterator[DeskParts]:
    """Give the desk's parts and have it do what it does by itself; stopped at the end."""
    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(
            desk_feed(basis.database, basis.clock, basis.streams)
        )
        notifying = await stack.enter_async_context(
            running_notifications(basis.settings, basis.database, basis.clock, context.business)
        )
        desk = _parts(
            basis, messaging, context, calling, audit=audit, feed=feed, notifying=notifying
        )
        for chore in _chores(basis, calling, desk):
            await stack.enter_async_context(chore)
        yield desk


def _parts(
    basis: Basis,
    messaging: Messaging,
    context: Context,
    calling: CallingParts,
    *,
    audit: Audit,
    feed: Feed,
    notifying: Notifying,
) -> DeskParts:
    database, clock, ownership = basis.database, basis.clock, calling.ownership
    return DeskParts(
        clock=clock,
        streams=basis.streams,
        ownership=ownership,
        handing=calling.handing,
        giving_back=GivingBack(ownership, calling.words.given_back(), basis.engine.forget),
        seeing=Seeing(database),
        workload=Workload(database, clock),
        assigning=Assigning(database, clock, ownership),
        merging=Merging(database, clock, ownership),
        summaries=Summaries(database, clock),
        search=Search(database),
        chats=ChatReader(database),
        notebook=Notebook(database, clock),
        ratings=Ratings(database),
        identification=Identification(
            database, clock, basis.streams, context.systems, context.proofs
        ),
        inquiries=DeskInquiries(database, clock, context.catalogue, mail=notifying.mail),
        changes=Changes(database),
        feed=feed,
        audit=audit,
        outbox=messaging.outbox,
        attachments=messaging.attachments,
        files=AgentFiles(database, _sendable(basis.links)),
        catalogue=context.catalogue,
        notifying=notifying,
        wake_delivery=messaging.delivery.wake,
    )


def _chores(basis: Basis, calling: CallingParts, desk: DeskParts) -> list[Periodic]:
    """Return what is done now and then, in the order in which it begins."""
    used, database, clock = basis.settings, basis.database, basis.clock
    idle = partial(
        return_idle,
        desk.ownership,
        timedelta(minutes=used.desk_idle_minutes),
        calling.words.returned(),
        desk.notifying.notifier,
        desk.wake_delivery,
    )
    unanswered = partial(
        Unanswered(database, clock, desk.ownership, calling.reception, calling.words).call_for,
        timedelta(seconds=used.desk_call_after_seconds),
        desk.wake_delivery,
    )
    return [
        Periodic("desk", IDLE_LOOK_SECONDS, idle),
        Periodic("desk", UNANSWERED_LOOK_SECONDS, unanswered),
        *desk_chores(used, database, clock, desk.ownership),
    ]


def _sendable(links: FileLinks) -> Callable[[str], Sendable]:
    return lambda channel: sendable(channel, reaches_platforms=links.reaches_platforms)
