"""Files that come over LINE's own client, as its stand-in hands them out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from madoguchi.channels.line.client import LineClient
from madoguchi.conversations.channel import Fetched, Incident, MediaRef
from madoguchi.media.attachments import Attachment, Claim, State
from madoguchi.media.fetcher import MediaWorker
from madoguchi.media.limits import largest
from tests.line_platform import faults
from tests.line_platform.content import Content
from tests.line_platform.fake import FakeLine
from tests.line_platform.people import DEMO_TOKEN
from tests.media import samples
from tests.media.conftest import Inbox, MachineClock

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass
class FilesOfLine:
    """Fetches as the LINE channel does."""

    client: LineClient

    async def fetch(self, media: MediaRef, limit: int) -> Fetched:
        """Return a file, or raise."""
        return await self.client.content(media.external_id, limit)


@dataclass
class Customer:
    """Sends a file over LINE, which is tried once."""

    inbox: Inbox
    line: FakeLine
    worker: MediaWorker

    async def sends(self, content: Content, kind: Incident) -> tuple[Claim, Attachment]:
        """Send it; return how it stands."""
        self.line.platform.contents.keep("m1", content)
        claim = await self.inbox.claimed(MediaRef("m1"), kind)
        await self.worker.fetch(claim)
        return claim, await self.inbox.file_of(claim)


@pytest.fixture
async def customer(inbox: Inbox) -> AsyncIterator[Customer]:
    """Somebody with files."""
    async with FakeLine() as line:
        client = LineClient(DEMO_TOKEN, url=line.url, data_url=line.data_url)
        yield Customer(inbox, line, MediaWorker(inbox.attachments, {"line": FilesOfLine(client)}))
        await client.close()


@pytest.mark.parametrize(
    ("kind", "content", "found"),
    [
        (Incident.IMAGE, Content(samples.JPEG, "image/jpeg"), "image/jpeg"),
        (Incident.AUDIO, Content(samples.M4A, "audio/x-m4a", "audio"), "audio/mp4"),
        (Incident.VIDEO, Content(samples.MP4, "video/mp4", "video"), "video/mp4"),
        (
            Incident.FILE,
            Content(samples.PDF, "application/octet-stream", "file"),
            "application/pdf",
        ),
    ],
)
async def test_what_customers_send_over_line_is_kept(
    customer: Customer, kind: Incident, content: Content, found: str
) -> None:
    _, file = await customer.sends(content, kind)
    assert (file.state, file.content_type) == (State.KEPT, found)


async def test_a_film_that_line_prepares_comes_later(
    customer: Customer, time: MachineClock
) -> None:
    film = Content(samples.MP4, "video/mp4", "video", preparation="processing")
    claim, file = await customer.sends(film, Incident.VIDEO)
    assert file.state is State.WAITING

    film.preparation = "succeeded"
    time.advance(timedelta(minutes=10))
    [again] = await customer.inbox.attachments.claim(["line"], 1)
    await customer.worker.fetch(again)

    assert (await customer.inbox.file_of(claim)).state is State.KEPT


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (Content(gone=True), "gone"),
        (Content(samples.MP4, "video/mp4", "video", preparation="failed"), "gone"),
        (Content(samples.JPEG, size=largest("video") + 1), "too_large"),
        (Content(samples.JPEG, size=largest("video") + 1, tells_length=False), "too_large"),
        (Content(samples.SVG, "video/mp4", "video"), "type"),
    ],
)
async def test_what_cannot_be_had_of_line_says_why(
    customer: Customer, content: Content, reason: str
) -> None:
    _, file = await customer.sends(content, Incident.VIDEO)
    assert (file.state, file.reason) == (State.REFUSED, reason)


@pytest.mark.parametrize(
    "fault",
    [faults.server_error(503), faults.rate_limit(), faults.resets(), faults.unauthorized()],
    ids=["503", "429", "reset", "401"],
)
async def test_trouble_with_line_means_later(customer: Customer, fault: faults.Fault) -> None:
    customer.line.fail("content", fault, times=None)
    _, file = await customer.sends(Content(samples.JPEG, "image/jpeg"), Incident.IMAGE)
    assert file.state is State.WAITING
