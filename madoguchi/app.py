"""The service as an ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from madoguchi import __version__
from madoguchi.channels.web import (
    chat,
    customer_typing,
    events,
    files,
    health,
    identification,
    pages,
    rating,
    transcript,
)
from madoguchi.desk.refusals import handle_desk_problems
from madoguchi.desk.routes import ROUTERS as DESK_ROUTERS
from madoguchi.engine.client import Engine
from madoguchi.guards import BodyLimit, LastResort, RequestLog, SecurityHeaders
from madoguchi.logs import log
from madoguchi.problems import handle_problems
from madoguchi.services import running_services
from madoguchi.settings import Settings


def create_app(settings: Settings, engine: Engine | None = None) -> FastAPI:
    """Return the service; ``engine`` takes the place of the one that the settings name."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            try:
                running = await stack.enter_async_context(running_services(settings, engine))
            except Exception as error:
                # The server ends without saying why; who runs it finds the reason here.
                app.state.failure = error
                log("app").exception("cannot start")
                raise
            app.state.services = running
            app.state.desk, app.state.desk_auth = running.desk, running.desk_auth
            for router in running.messaging.routers:
                app.router.routes.extend(router.routes)
            yield

    app = FastAPI(
        title="Madoguchi Chat API",
        version=__version__,
        lifespan=lifespan,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    shared = (
        chat.router,
        customer_typing.router,
        events.router,
        files.router,
        health.router,
        identification.router,
        pages.router,
        rating.router,
        transcript.router,
    )
    demo = (pages.demo_router,) if settings.demo else ()
    for router in (*shared, *DESK_ROUTERS, *demo):
        # Taken as they are: including would build each route anew, half a second at the start.
        app.router.routes.extend(router.routes)
    app.mount("/static", StaticFiles(directory=pages.WEB / "static"), name="static")
    handle_problems(app)
    handle_desk_problems(app)
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(LastResort)
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.origins,
        allow_methods=["GET", "POST"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "Last-Event-ID",
            "X-File-Name",
        ],
        expose_headers=["Retry-After"],
        max_age=600,
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(RequestLog)
    return app
