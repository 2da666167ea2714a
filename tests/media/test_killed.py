"""A process that is killed while it fetches a customer's file."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from madoguchi.conversations.channel import MediaRef
from madoguchi.media.attachments import CLAIM, State
from madoguchi.media.fetcher import MediaWorker
from tests.line_platform.content import Content
from tests.line_platform.fake import FakeLine
from tests.media import samples
from tests.media.channel import FilesOverHttp
from tests.media.conftest import Inbox, MachineClock

ROOT = Path(__file__).resolve().parents[2]


async def test_the_file_is_fetched_by_another_process_when_the_claim_has_ended(
    inbox: Inbox, database: AsyncEngine, time: MachineClock
) -> None:
    async with FakeLine() as line:
        photo = Content(samples.JPEG, "image/jpeg", size=200_000, stalls_after=100_000)
        line.platform.contents.keep("m1", photo)
        conversation = await inbox.conversation()
        await inbox.send(conversation, MediaRef("m1"))

        await _kill_while_fetching(database, line)

        assert await inbox.attachments.claim(["line"], 10) == []
        photo.resumed.set()
        time.advance(CLAIM + timedelta(seconds=1))
        [claim] = await inbox.attachments.claim(["line"], 10)
        await MediaWorker(inbox.attachments, {"line": FilesOverHttp(line.data_url)}).fetch(claim)

        [kept] = await inbox.attachments.of_conversation(conversation)
        assert (kept.state, kept.size, claim.attempt) == (State.KEPT, 200_000, 2)


async def _kill_while_fetching(database: AsyncEngine, line: FakeLine) -> None:
    address = database.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.media.other_process", address, line.data_url, cwd=ROOT
    )
    try:
        await line.called("content")
    finally:
        process.kill()
        await process.wait()
