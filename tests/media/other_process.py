"""A process that fetches files until it is killed, given a database's and a platform's address."""

from __future__ import annotations

import asyncio
import sys

from madoguchi.database import open_database
from madoguchi.media.attachments import Attachments
from madoguchi.media.fetcher import MediaWorker
from tests.media.channel import FilesOverHttp


async def fetch_for_ever(database_url: str, line_url: str) -> None:
    """Fetch what waits."""
    attachments = Attachments(open_database(database_url))
    await MediaWorker(attachments, {"line": FilesOverHttp(line_url)}).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(fetch_for_ever(sys.argv[1], sys.argv[2]))
