"""Messaging channels put together: what comes in, what goes out, files, and silence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.channels.asking import finding_ways
from madoguchi.channels.needs import Needs
from madoguchi.channels.opening import open_channels
from madoguchi.clock import Clock
from madoguchi.conversations.arrivals import Arrivals, Parts
from madoguchi.conversations.calling import Calling
from madoguchi.conversations.channel import MEDIA, WEB, Incident, MessagingChannel, RawEvent
from madoguchi.conversations.channel_events import EventStore
from madoguchi.conversations.delivery import DeliveryWorker
from madoguchi.conversations.intake import IntakeWorker
from madoguchi.conversations.leases import Exclusion
from madoguchi.conversations.model import Draft, Inbound, Owner
from madoguchi.conversations.outbox import Outbox
from madoguchi.conversations.people import People
from madoguchi.conversations.silence import SilenceWorker
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.withdrawals import Withdrawals
from madoguchi.conversations.worker import InboxWorker
from madoguchi.desk.ratings import FindWay
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import Engine
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.reactions import reactions
from madoguchi.knowledge.sentences import Sentences
from madoguchi.media.attachments import Attachments
from madoguchi.media.fetcher import MediaWorker
from madoguchi.media.links import FileLinks
from madoguchi.settings import Settings

# They are answered with a sentence of ours; the engine knows only words.
_NO_WORDS = MEDIA | {Incident.STICKER, Incident.LOCATION, Incident.FOLLOW}
# Where adding an account makes it a friend.
_WITH_FRIENDS = frozenset({"line"})
# A customer who waits longer is told so, while the reply token is still good.
_SLOW_SECONDS = 20.0


class _Worker(Protocol):
    async def start(self) -> None: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class Basis:
    """What messaging is built on."""

    settings: Settings
    database: AsyncEngine
    clock: Clock
    store: ConversationStore
    streams: Streams
    engine: Engine
    sentences: Sentences
    dialogues: DialogueStore
    leases: Exclusion
    links: FileLinks
    calling: Calling | None = None


@dataclass(frozen=True)
class Messaging:
    """The running parts."""

    channels: dict[str, MessagingChannel]
    routers: list[APIRouter]
    outbox: Outbox
    people: People
    attachments: Attachments
    delivery: DeliveryWorker
    intake: IntakeWorker
    media: MediaWorker
    silence: SilenceWorker


@asynccontextmanager
async def running_messaging(
    basis: Basis,
) -> AsyncIterator[tuple[InboxWorker, Messaging]]:
    """Open the channels and run their workers and the inbox'; stop them in the opposite order."""
    settings, database, clock = basis.settings, basis.database, basis.clock
    events = EventStore(database)
    people = People(database, clock)
    outbox = Outbox(database, attempts=settings.delivery_attempts)
    wakers: list[Callable[[], None]] = []

    async def store_events(channel: str, found: list[RawEvent]) -> set[str]:
        known = await events.store(channel, found)
        for wake in wakers:
            wake()
        return known

    opened = open_channels(
        settings, Needs(database, clock, people, outbox, store_events, basis.links)
    )
    senders = {name: channel.sender for name, channel in opened.by_name.items()}
    delivery = DeliveryWorker(outbox, people, basis.store, senders)
    worker = _inbox_worker(basis, delivery, served=bool(senders))
    arrivals = Arrivals(
        Parts(
            database=database,
            clock=clock,
            store=basis.store,
            events=events,
            people=people,
            outbox=outbox,
            withdrawals=Withdrawals(database, clock, reactions().withdrawn),
            streams=basis.streams,
            reactions=reactions(),
            wake=worker.wake,
            wake_delivery=delivery.wake,
            forget=basis.engine.forget,
        )
    )
    attachments = Attachments(database)
    running = Messaging(
        channels=opened.by_name,
        routers=opened.routers,
        outbox=outbox,
        people=people,
        attachments=attachments,
        delivery=delivery,
        intake=IntakeWorker(events, arrivals, people, opened.by_name, basis.leases),
        media=MediaWorker(attachments, opened.by_name),
        silence=SilenceWorker(
            database,
            clock,
            basis.streams,
            after=timedelta(hours=settings.close_after_hours),
            forget=_ending(basis),
        ),
    )
    wakers.append(running.intake.wake)
    workers: list[_Worker] = [worker, running.silence]
    if opened.by_name:
        workers += [delivery, running.intake, running.media, *opened.chores]
    try:
        for each in workers:
            await each.start()
        yield worker, running
    finally:
        for each in reversed(workers):
            await each.stop()
        await opened.close()


def _inbox_worker(basis: Basis, delivery: DeliveryWorker, *, served: bool) -> InboxWorker:
    thinking = slowly(basis.store, basis.sentences, delivery) if served else None
    return InboxWorker(
        basis.store,
        basis.streams,
        basis.engine,
        catalogue(),
        basis.sentences,
        dialogues=basis.dialogues,
        leases=basis.leases,
        reactions=reacting(basis.store, basis.sentences),
        calling=basis.calling,
        thinking=thinking,
        stored=delivery.wake if served else None,
    )


def ways_to_ask(settings: Settings) -> FindWay:
    """Return what finds, on each channel, the way to ask a customer for a rating."""
    return finding_ways(settings)


def _ending(basis: Basis) -> Callable[[str], Awaitable[None]]:
    async def end(conversation_id: str) -> None:
        await basis.dialogues.drop(conversation_id)
        await basis.engine.forget(conversation_id)

    return end


def reacting(
    store: ConversationStore, sentences: Sentences
) -> Callable[[Inbound], Awaitable[list[Draft] | None]]:
    """Return what answers messages without words."""

    async def react(inbound: Inbound) -> list[Draft] | None:
        if inbound.kind not in _NO_WORDS:
            return None
        conversation = await store.get(inbound.conversation_id)
        if inbound.kind == Incident.FOLLOW and conversation.channel not in _WITH_FRIENDS:
            return [sentences.greeting(conversation.site)]
        waiting = f"{inbound.kind}_waiting"
        if conversation.owner is Owner.QUEUE and reactions().knows(waiting):
            return [reactions().to(waiting, conversation.site)]
        return [reactions().to(inbound.kind, conversation.site)]

    return react


def slowly(
    store: ConversationStore, sentences: Sentences, delivery: DeliveryWorker
) -> Callable[[str], Awaitable[None]]:
    """Return what shows a messaging channel's customer that an answer is being made.

    First the platform's own animation; when it takes long, a word that the answer comes later.
    """

    async def waiting(conversation_id: str) -> Inbound | None:
        conversation = await store.get(conversation_id)
        return None if conversation.channel == WEB else await store.next_pending(conversation_id)

    async def thinking(conversation_id: str) -> None:
        # Cancelled while it reads, it would tear the database's connection down.
        inbound = await asyncio.shield(waiting(conversation_id))
        if inbound is None:
            return
        await asyncio.shield(delivery.thinking(conversation_id))
        await asyncio.sleep(_SLOW_SECONDS)
        channel = (await store.get(conversation_id)).channel
        if await store.tell_to_wait(inbound, sentences.engine_away(channel)):
            delivery.wake()

    return thinking
