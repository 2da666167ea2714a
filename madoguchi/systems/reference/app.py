"""Any systems behind the API of docs/systems.openapi.yml."""

from __future__ import annotations

from fastapi import FastAPI

from madoguchi import __version__
from madoguchi.guards import BodyLimit
from madoguchi.systems.http.wire import Status
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.reference.orders import order_routes
from madoguchi.systems.reference.problems import BearerToken, handle_problems
from madoguchi.systems.reference.rentals import rental_routes
from madoguchi.systems.reference.stores import store_routes

_LARGEST_BODY = 1_048_576


def create_reference_app(systems: Systems, token: str) -> FastAPI:
    """Return the systems as an application that wants the token with every request."""
    app = FastAPI(
        title="Madoguchi systems API, reference",
        version=__version__,
        openapi_url=None,  # the description is docs/systems.openapi.yml
        docs_url=None,
        redoc_url=None,
    )

    @app.get("/status")
    async def status() -> Status:
        await systems.check()
        return Status(status="ok")

    app.include_router(order_routes(systems.orders))
    app.include_router(rental_routes(systems.rentals))
    app.include_router(store_routes(systems.stores))
    handle_problems(app)
    app.add_middleware(BodyLimit, limit=_LARGEST_BODY)
    app.add_middleware(BearerToken, token=token)
    return app
