"""Systems behind the API of docs/systems.openapi.yml on real HTTP, and a client of it."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from madoguchi.systems.http.client import HttpSystems
from madoguchi.systems.http.transport import Bounds
from madoguchi.systems.interfaces import Systems
from madoguchi.systems.reference import create_reference_app
from tests.support.server import serving
from tests.systems.http.described import Described

TOKEN = "the-shops-token"
# As patient as a test may need; the ones about time limits say their own.
PATIENT = Bounds(connect=30, read=30, whole=60)
# Made once: reading the machine's certificates takes longer than many a test.
TLS = ssl.create_default_context()


@asynccontextmanager
async def over_http(systems: Systems) -> AsyncIterator[HttpSystems]:
    """Give a client of the systems; everything that passes has to be as it is described."""
    described = Described(create_reference_app(systems, TOKEN))
    async with serving(described) as address:
        client = HttpSystems(address, TOKEN, bounds=PATIENT, tls=TLS)
        yield client
        await client.close()
    assert described.deviations == []
