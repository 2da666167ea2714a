"""What an ended process held does not keep its host's next start waiting."""

from __future__ import annotations

import asyncio
import socket
import sys

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.deliveries import process_name
from madoguchi.conversations.leases import Leases


async def test_it_is_free_at_the_next_start_and_other_hosts_keep_theirs(
    database: AsyncEngine,
) -> None:
    ended = await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")
    await ended.wait()
    dead = Leases(database, f"{socket.gethostname()[:40]}:{ended.pid}:x")
    elsewhere = Leases(database, "another-host:1:x")
    assert await dead.take("a")
    assert await elsewhere.take("b")
    async with Leases(database, process_name()) as mine:
        assert await mine.take("a")
        assert not await mine.take("b")
