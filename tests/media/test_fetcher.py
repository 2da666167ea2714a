"""Fetching customers' files from a platform that is slow, odd, broken or away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import pytest

from madoguchi.conversations.channel import Fetched, Incident, MediaRef
from madoguchi.media.attachments import Attachment, Claim, State
from madoguchi.media.fetcher import MediaWorker
from madoguchi.media.limits import LARGEST_CONVERSATION, largest
from madoguchi.media.metadata import without_metadata
from tests.line_platform import faults
from tests.line_platform.content import Content
from tests.line_platform.fake import FakeLine
from tests.media import samples
from tests.media.channel import FilesOverHttp
from tests.media.conftest import Inbox, MachineClock
from tests.media.test_metadata import photo

# What is of the database is tested on both in test_attachments.py.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

_PATIENCE_SECONDS = 60
_ATTEMPTS = 4
PHOTO = Content(samples.JPEG, "image/jpeg")


@dataclass
class Settled:
    """What the worker says has come to an end."""

    told: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    def __call__(self, conversation_id: str) -> None:
        """Note it."""
        self.told.put_nowait(conversation_id)

    async def next(self) -> str:
        """Return the conversation of the next file that is kept or refused."""
        return await asyncio.wait_for(self.told.get(), _PATIENCE_SECONDS)


@pytest.fixture
async def line() -> AsyncIterator[FakeLine]:
    """The stand-in for LINE."""
    async with FakeLine() as platform:
        yield platform


@pytest.fixture
def settled() -> Settled:
    """What has come to an end."""
    return Settled()


@pytest.fixture
def worker(inbox: Inbox, line: FakeLine, settled: Settled) -> MediaWorker:
    """A worker that is not started: it does what it is told to."""
    channels = {"line": FilesOverHttp(line.data_url)}
    return MediaWorker(inbox.attachments, channels, settled=settled, attempts=_ATTEMPTS)


@dataclass
class Sent:
    """A file that a customer has sent and a worker has claimed."""

    inbox: Inbox
    line: FakeLine
    worker: MediaWorker
    time: MachineClock

    async def claim(
        self, content: Content | None, kind: Incident = Incident.IMAGE, name: str | None = None
    ) -> Claim:
        """Have a customer send it."""
        if content is not None:
            self.line.platform.contents.keep("m1", content)
        return await self.inbox.claimed(MediaRef("m1", name=name), kind)

    async def fetched(
        self, content: Content | None, kind: Incident = Incident.IMAGE, name: str | None = None
    ) -> Attachment:
        """Have a customer send it, try once, and return how it stands then."""
        claim = await self.claim(content, kind, name)
        await self.worker.fetch(claim)
        return await self.inbox.file_of(claim)

    async def try_again(self) -> None:
        """Let the longest wait pass and try what is due; fails when nothing is."""
        self.time.advance(timedelta(minutes=10))
        [claim] = await self.inbox.attachments.claim(["line"], 10)
        await self.worker.fetch(claim)


@pytest.fixture
def sent(inbox: Inbox, line: FakeLine, worker: MediaWorker, time: MachineClock) -> Sent:
    """Files of customers."""
    return Sent(inbox, line, worker, time)


async def test_a_photo_is_fetched_and_kept(sent: Sent, settled: Settled) -> None:
    file = await sent.fetched(PHOTO)

    assert (file.state, file.content_type) == (State.KEPT, "image/jpeg")
    assert await sent.inbox.attachments.content(file.id) == (file, samples.JPEG)
    assert settled.told.get_nowait() == file.conversation_id


async def test_a_photo_is_kept_without_where_it_was_taken(sent: Sent) -> None:
    taken = photo("JPEG", 6)
    file = await sent.fetched(Content(taken, "image/jpeg"))

    found = await sent.inbox.attachments.content(file.id)
    assert found is not None
    assert (found[1], found[0].size) == (clean := without_metadata(taken, "image/jpeg"), len(clean))
    assert b"Hidden" in taken
    assert b"Hidden" not in clean


@pytest.mark.parametrize("said", ["text/html", "application/x-msdownload", "image/svg+xml", "x"])
async def test_what_the_sender_says_it_is_counts_for_nothing(sent: Sent, said: str) -> None:
    file = await sent.fetched(Content(samples.PNG, said))
    assert (file.state, file.content_type) == (State.KEPT, "image/png")


async def test_a_page_that_is_said_to_be_a_photo_is_refused(sent: Sent, settled: Settled) -> None:
    file = await sent.fetched(Content(samples.HTML, "image/jpeg"))

    assert (file.state, file.reason, file.content_type) == (State.REFUSED, "type", None)
    assert await sent.inbox.attachments.content(file.id) is None
    assert settled.told.get_nowait() == file.conversation_id


async def test_a_film_that_is_still_prepared_is_fetched_later(sent: Sent, settled: Settled) -> None:
    film = Content(samples.MP4, "video/mp4", "video", preparation="processing")
    waiting = await sent.fetched(film, Incident.VIDEO)
    assert (waiting.state, settled.told.empty()) == (State.WAITING, True)

    film.preparation = "succeeded"
    await sent.try_again()

    [kept] = await sent.inbox.attachments.of_conversation(waiting.conversation_id)
    assert (kept.state, kept.content_type) == (State.KEPT, "video/mp4")


async def test_a_film_that_is_never_ready_is_given_up(sent: Sent) -> None:
    film = Content(samples.MP4, "video/mp4", "video", preparation="processing")
    waiting = await sent.fetched(film, Incident.VIDEO)
    for _ in range(_ATTEMPTS - 1):
        await sent.try_again()
    [given_up] = await sent.inbox.attachments.of_conversation(waiting.conversation_id)
    assert (given_up.state, given_up.reason) == (State.REFUSED, "not_ready")


@pytest.mark.parametrize("content", [None, Content(gone=True)])
async def test_what_the_platform_does_not_have_any_more_is_gone(
    sent: Sent, content: Content | None
) -> None:
    file = await sent.fetched(content)
    assert (file.state, file.reason) == (State.REFUSED, "gone")


@pytest.mark.parametrize("tells_length", [True, False])
async def test_a_photo_that_is_too_large_is_refused(sent: Sent, *, tells_length: bool) -> None:
    size = largest("image") + 1
    photo = Content(samples.JPEG, "image/jpeg", size=size, tells_length=tells_length)
    file = await sent.fetched(photo)
    assert (file.state, file.reason) == (State.REFUSED, "too_large")


async def test_what_is_said_to_be_too_large_is_not_even_fetched(
    sent: Sent, worker: MediaWorker, line: FakeLine
) -> None:
    claim = await sent.inbox.claimed(MediaRef("m1", size=largest("file") + 1), Incident.FILE)
    await worker.fetch(claim)
    assert (await sent.inbox.file_of(claim)).reason == "too_large"
    assert line.calls("content") == []


async def test_a_channel_that_hands_out_too_much_is_not_believed(
    inbox: Inbox, line: FakeLine
) -> None:
    class Careless:
        async def fetch(self, media: MediaRef, limit: int) -> Fetched:
            return Fetched(samples.JPEG.ljust(limit + 1), "image/jpeg")

    claim = await inbox.claimed(MediaRef("m1"))
    await MediaWorker(inbox.attachments, {"line": Careless()}).fetch(claim)
    assert (await inbox.file_of(claim)).reason == "too_large"


@pytest.mark.parametrize(
    "fault",
    [faults.server_error(), faults.rate_limit(), faults.unauthorized(), faults.resets()],
    ids=["500", "429", "401", "reset"],
)
async def test_trouble_with_the_platform_means_later(
    sent: Sent, line: FakeLine, fault: faults.Fault
) -> None:
    line.fail("content", fault)
    waiting = await sent.fetched(PHOTO)
    assert waiting.state is State.WAITING

    await sent.try_again()

    [kept] = await sent.inbox.attachments.of_conversation(waiting.conversation_id)
    assert kept.state is State.KEPT


async def test_a_platform_that_is_away_is_given_up_after_some_tries(
    sent: Sent, line: FakeLine
) -> None:
    line.fail("content", faults.server_error(), times=None)
    waiting = await sent.fetched(PHOTO)
    for _ in range(_ATTEMPTS - 1):
        await sent.try_again()
    [given_up] = await sent.inbox.attachments.of_conversation(waiting.conversation_id)
    assert (given_up.state, given_up.reason) == (State.REFUSED, "unreachable")
    assert len(line.calls("content")) == _ATTEMPTS


@pytest.mark.parametrize("stalls", ["between two pieces", "as a whole"])
async def test_a_file_that_stops_on_its_way_is_tried_again(
    inbox: Inbox, line: FakeLine, stalls: Literal["between two pieces", "as a whole"]
) -> None:
    photo = Content(samples.JPEG, "image/jpeg", size=200_000, stalls_after=100_000)
    line.platform.contents.keep("m1", photo)
    pause = 0.05 if stalls == "between two pieces" else 30.0
    worker = MediaWorker(
        inbox.attachments, {"line": FilesOverHttp(line.data_url, pause)}, try_seconds=0.5
    )
    claim = await inbox.claimed(MediaRef("m1"))

    await worker.fetch(claim)

    assert (await inbox.file_of(claim)).state is State.WAITING
    photo.resumed.set()


async def test_a_file_that_kills_every_process_is_given_up(sent: Sent) -> None:
    claim = await sent.claim(PHOTO)
    for _ in range(_ATTEMPTS):  # each of them dies and says nothing
        sent.time.advance(timedelta(minutes=10))
        [claim] = await sent.inbox.attachments.claim(["line"], 10)

    await sent.worker.fetch(claim)

    assert (await sent.inbox.file_of(claim)).reason == "unreachable"


async def test_the_name_that_the_customer_gave_is_kept(sent: Sent) -> None:
    file = await sent.fetched(Content(samples.PDF, "x/y"), Incident.FILE, "C:\\領収書.pdf")
    assert (file.name, file.content_type) == ("領収書.pdf", "application/pdf")


async def test_a_script_is_known_by_its_name_too(sent: Sent) -> None:
    file = await sent.fetched(Content(b"alert(1)", "text/plain"), Incident.FILE, "a.js")
    assert (file.state, file.reason) == (State.REFUSED, "type")


async def test_one_customer_cannot_fill_the_disk(inbox: Inbox, line: FakeLine) -> None:
    channels = {"line": FilesOverHttp(line.data_url)}
    worker = MediaWorker(inbox.attachments, channels, conversation_bytes=2 * len(samples.JPEG))
    conversation, other = await inbox.conversation(), await inbox.conversation()
    line.platform.contents.keep("m1", PHOTO)
    for owner in (conversation, conversation, conversation, other):
        await inbox.send(owner, MediaRef("m1"))

    for claim in await inbox.attachments.claim(["line"], 10):
        await worker.fetch(claim)

    found = await inbox.attachments.of_conversation(conversation)
    assert [each.reason for each in found] == [None, None, "too_much"]
    [kept] = await inbox.attachments.of_conversation(other)
    assert kept.state is State.KEPT
    assert largest("video") < LARGEST_CONVERSATION


# --- the worker by itself


@pytest.fixture
async def running(worker: MediaWorker) -> AsyncIterator[MediaWorker]:
    """The worker, started."""
    await worker.start()
    yield worker
    await worker.stop()


async def test_a_started_worker_fetches_what_waited_and_what_comes(
    inbox: Inbox, worker: MediaWorker, line: FakeLine, settled: Settled
) -> None:
    line.platform.contents.keep("m1", PHOTO)
    first, second = await inbox.conversation(), await inbox.conversation()
    await inbox.send(first, MediaRef("m1"))
    await worker.start()
    try:
        assert await settled.next() == first
        await inbox.send(second, MediaRef("m1"))
        worker.wake()
        assert await settled.next() == second
    finally:
        await worker.stop()
    assert await inbox.attachments.waiting() == []


async def test_a_slow_film_does_not_hold_up_a_photo(
    inbox: Inbox, running: MediaWorker, line: FakeLine, settled: Settled
) -> None:
    film = Content(samples.MP4, "video/mp4", "video", size=200_000, stalls_after=100_000)
    line.platform.contents.keep("film", film)
    line.platform.contents.keep("photo", PHOTO)
    slow, quick = await inbox.conversation(), await inbox.conversation()
    await inbox.send(slow, MediaRef("film"), Incident.VIDEO)
    running.wake()
    await line.called("content")
    await inbox.send(quick, MediaRef("photo"))
    running.wake()

    assert await settled.next() == quick
    [other] = await inbox.attachments.of_conversation(slow)
    assert other.state is State.FETCHING

    film.resumed.set()
    assert await settled.next() == slow


async def test_what_a_stopped_worker_was_fetching_is_given_back(
    inbox: Inbox, worker: MediaWorker, line: FakeLine
) -> None:
    line.fail("content", faults.hangs(accepted=False))
    conversation = await inbox.conversation()
    await inbox.send(conversation, MediaRef("m1"))
    await worker.start()
    await line.called("content")

    await worker.stop()

    [claim] = await inbox.attachments.claim(["line"], 10)
    assert claim.attempt == 1


async def test_files_of_a_channel_that_is_not_set_up_wait(
    inbox: Inbox, running: MediaWorker, line: FakeLine, settled: Settled
) -> None:
    line.platform.contents.keep("m1", PHOTO)
    conversation = await inbox.conversation()
    await inbox.send(conversation, MediaRef("m1"), channel="webhook")
    await inbox.send(conversation, MediaRef("m1"), channel="line")
    running.wake()

    await settled.next()

    [waiting] = await inbox.attachments.waiting()
    assert (waiting.channel, waiting.state) == ("webhook", State.WAITING)


async def test_two_workers_fetch_each_file_once(
    inbox: Inbox, line: FakeLine, settled: Settled
) -> None:
    line.platform.contents.keep("m1", PHOTO)
    conversation = await inbox.conversation()
    for _ in range(12):
        await inbox.send(conversation, MediaRef("m1"))
    channels = {"line": FilesOverHttp(line.data_url)}
    workers = [MediaWorker(inbox.attachments, channels, settled=settled) for _ in range(2)]
    for worker in workers:
        await worker.start()

    for _ in range(12):
        await settled.next()
    for worker in workers:
        await worker.stop()

    states = {each.state for each in await inbox.attachments.of_conversation(conversation)}
    assert states == {State.KEPT}
    assert len(line.calls("content")) == 12
