"""Renews a conversation and stops between the two steps, to be killed: ``FILE SENDER``."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from bot.without_tensorflow import serve_without_tensorflow


async def main() -> None:
    """Say ``deleted`` when the old events are gone and none of the new ones is there, and wait."""
    # Half the time of the start, as in the engine.
    serve_without_tensorflow()
    from sqlalchemy import event

    from bot.renewal import renewed, stored
    from bot.tests.support.conversations import sql_store

    store, sender = sql_store(Path(sys.argv[1])), sys.argv[2]
    tracker = await store.retrieve(sender)
    assert tracker is not None
    fresh = renewed(tracker)
    assert fresh is not None

    def wait(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT"):
            print("deleted", flush=True)
            sys.stdin.read()

    event.listen(store.engine, "before_cursor_execute", wait)
    stored(store)[0].replace(sender, fresh)


if __name__ == "__main__":
    asyncio.run(main())
