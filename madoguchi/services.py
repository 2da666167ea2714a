"""The parts of one running service, put together in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.access.proofs import Proofs
from madoguchi.clock import Clock, clock_at
from madoguchi.conversations.store import ConversationStore
from madoguchi.conversations.stream import Streams
from madoguchi.conversations.worker import InboxWorker
from madoguchi.database import migrate, open_database
from madoguchi.dialogue.context import Context
from madoguchi.dialogue.store import DialogueStore
from madoguchi.engine.client import Engine, RasaEngine
from madoguchi.inquiries.store import InquiryStore
from madoguchi.knowledge.business import business
from madoguchi.knowledge.catalogue import catalogue
from madoguchi.knowledge.sentences import Sentences, sentences
from madoguchi.knowledge.words import words
from madoguchi.ratelimits import RateLimits
from madoguchi.settings import Settings, SettingsError
from madoguchi.systems.choice import open_systems


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
    context: Context


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
    """Open the database and start the inbox worker; stop them in the opposite order."""
    clock = clock_at(settings.now)
    own_engine = engine_client(settings) if engine is None else None
    used_engine: Engine = own_engine or cast("Engine", engine)
    database = open_database(settings.database_url)
    await migrate(database)
    store, streams, said = ConversationStore(database, clock), Streams(), sentences()
    shop = business(settings.business_file)
    context = Context(
        systems=await open_systems(settings, database, clock, shop),
        dialogues=DialogueStore(database, clock),
        proofs=Proofs(database, clock),
        inquiries=InquiryStore(database, clock, shop.calendar),
        business=shop,
        clock=clock,
        catalogue=catalogue(),
        sentences=said,
        words=words(),
    )
    worker = InboxWorker(
        store, streams, used_engine, catalogue(), said, dialogues=context.dialogues
    )
    limits = RateLimits(settings.rate_limit_per_minute, settings.conversation_limit_per_minute)
    await worker.start()
    try:
        yield Services(
            settings, clock, database, store, streams, worker, used_engine, said, limits, context
        )
    finally:
        streams.close()
        await worker.stop()
        if own_engine is not None:
            await own_engine.close()
        await context.systems.close()
        await database.dispose()


def services(request: Request) -> Services:
    """Return the services of the application that a request came to."""
    found: Services = request.app.state.services
    return found
