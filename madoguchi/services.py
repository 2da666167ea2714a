"""The parts of one running service, put together in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import cast

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.access.proofs import Proofs
from madoguchi.clock import Clock, clock_at
from madoguchi.conversations.bus import Bus, LocalBus, RedisBus
from madoguchi.conversations.leases import Leases
from madoguchi.conversations.outbox import process_name
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.worker import InboxWorker
from madoguchi.database import migrate, open_database
from madoguchi.desk.demo_agents import ensure_demo_agents, refuse_demo_agents
from madoguchi.desk.gate import DeskAuth, desk_auth
from madoguchi.desk.ownership import Ownership
from madoguchi.desk.parts import DeskParts
from madoguchi.desk.passwords import Passwords
from madoguchi.desk.reception import Reception
from madoguchi.desk_work import calling_parts, running_desk
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import Engine, RasaEngine
from madoguchi.housekeeping import TIDY_SECONDS, tidy
from madoguchi.inquiries.store import InquiryStore
from madoguchi.knowledge.business import business
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import Sentences, sentences
from madoguchi.knowledge.words import words
from madoguchi.media.links import FileLinks
from madoguchi.media.receiving import Room
from madoguchi.messaging import Basis, Messaging, running_messaging, ways_to_ask
from madoguchi.notifications.setup import Notifying
from madoguchi.periodic import Periodic
from madoguchi.ratelimits import RateLimits
from madoguchi.settings import Settings, SettingsError
from madoguchi.systems.choice import open_systems

_SIGN_INS_PER_MINUTE = 30


@dataclass(frozen=True)
class Services:
    """What the routes use."""

    settings: Settings
    clock: Clock
    database: AsyncEngine
    store: ConversationStore
    streams: Streams
    worker: InboxWorker
    engine: Engine
    sentences: Sentences
    limits: RateLimits
    links: FileLinks
    uploads: Room
    context: Context
    messaging: Messaging
    notifying: Notifying
    desk: DeskParts
    desk_auth: DeskAuth


def engine_client(settings: Settings) -> RasaEngine:
    """Return the client of the engine that the settings name. Raises SettingsError."""
    if settings.engine_url is None:
        raise SettingsError("MADOGUCHI_ENGINE_URL is not set; 'make run' starts an engine itself")
    return RasaEngine(
        str(settings.engine_url),
        settings.engine_secret.get_secret_value(),
        settings.engine_timeout_seconds,
    )


@asynccontextmanager
async def running_services(
    settings: Settings, engine: Engine | None = None
) -> AsyncIterator[Services]:
    """Open the database and start all workers; stop them in the opposite order."""
    clock = clock_at(settings.now)
    async with AsyncExitStack() as stack:
        own_engine = engine_client(settings) if engine is None else None
        if own_engine is not None:
            stack.push_async_callback(own_engine.close)
        used_engine: Engine = own_engine or cast("Engine", engine)
        database = open_database(settings.database_url)
        stack.push_async_callback(database.dispose)
        await migrate(database)
        bus = _bus(settings)
        streams = Streams(bus=bus)
        await bus.start(streams)
        stack.push_async_callback(bus.close)
        leases = Leases(database, process_name())
        await stack.enter_async_context(leases)
        ownership = Ownership(database, clock, streams, ways_to_ask(settings))
        calling = calling_parts(database, clock, ownership, business(settings.business_file))
        context = await _context(settings, database, clock, calling.reception)
        stack.push_async_callback(context.systems.close)
        store = ConversationStore(database, clock)
        limits = RateLimits(
            settings.rate_limit_per_minute, settings.conversation_limit_per_minute, _redis(settings)
        )
        stack.push_async_callback(limits.close)
        links = file_links(settings, clock)
        basis = Basis(
            settings,
            database,
            clock,
            store,
            streams,
            used_engine,
            context.sentences,
            context.dialogues,
            leases,
            links,
            calling.reception,
        )
        worker, messaging = await stack.enter_async_context(running_messaging(basis))
        auth = await _desk_auth(settings, database, clock)
        stack.push_async_callback(auth.limits.close)
        desk = await stack.enter_async_context(
            running_desk(basis, messaging, context, calling, auth.audit)
        )
        await stack.enter_async_context(
            Periodic("housekeeping", TIDY_SECONDS, lambda: tidy(database))
        )
        stack.callback(streams.close)
        yield Services(
            settings,
            clock,
            database,
            store,
            streams,
            worker,
            used_engine,
            context.sentences,
            limits,
            links,
            Room(),
            context,
            messaging,
            desk.notifying,
            desk,
            auth,
        )


def file_links(settings: Settings, clock: Clock) -> FileLinks:
    """Return what makes files' addresses: the same in every process of one service."""
    public = str(settings.public_url) if settings.public_url is not None else None
    return FileLinks(settings.identity_secret.get_secret_value(), clock, public)


async def _desk_auth(settings: Settings, database: AsyncEngine, clock: Clock) -> DeskAuth:
    passwords = Passwords()
    await refuse_demo_agents(settings, database, passwords)
    limits = RateLimits(
        _SIGN_INS_PER_MINUTE, _SIGN_INS_PER_MINUTE, _redis(settings), prefix="madoguchi-desk"
    )
    auth = desk_auth(database, clock, limits, passwords, secrets=settings.desk_secrets)
    await ensure_demo_agents(settings, auth.agents, passwords)
    return auth


async def _context(
    settings: Settings, database: AsyncEngine, clock: Clock, desk: Reception
) -> Context:
    shop = business(settings.business_file)
    return Context(
        systems=await open_systems(settings, database, clock, shop),
        dialogues=DialogueStore(database, clock),
        proofs=Proofs(database, clock),
        inquiries=InquiryStore(database, clock, shop.calendar),
        business=shop,
        clock=clock,
        catalogue=catalogue(),
        sentences=sentences(),
        words=words(),
        desk=desk,
    )


def _redis(settings: Settings) -> str | None:
    return settings.redis_url.get_secret_value() if settings.redis_url is not None else None


def _bus(settings: Settings) -> Bus:
    url = _redis(settings)
    return RedisBus(url) if url is not None else LocalBus()


def services(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    found: Services = request.app.state.services
    return found
