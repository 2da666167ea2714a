"""Every open page hears everything, in order, or hears that it has missed something."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from madoguchi.conversations.bus import LocalBus, Notice
from madoguchi.conversations.model import Kind, Message, Sender
from madoguchi.conversations.stream import (
    CUSTOMER_TYPING,
    Event,
    Stored,
    Streams,
    TooManyStreamsError,
)

MESSAGE = Message(7, Sender.BOT, Kind.ANSWER, "送料は無料です。", datetime(2026, 12, 1, tzinfo=UTC))


def typing(number: int) -> Event:
    return Event("typing", {"number": number})


async def test_every_page_of_a_conversation_hears_it_in_order() -> None:
    streams = Streams()
    with streams.subscribe("one") as first, streams.subscribe("one") as second:
        for number in range(3):
            streams.publish("one", typing(number))
        for stream in (first, second):
            assert [await stream.next(1) for _ in range(3)] == [typing(n) for n in range(3)]


async def test_another_conversations_page_hears_nothing_of_it() -> None:
    streams = Streams()
    with streams.subscribe("other") as other:
        streams.publish("one", typing(1))
        with pytest.raises(TimeoutError):
            await other.next(0.01)


async def test_what_is_published_to_no_page_is_no_error() -> None:
    streams = Streams()
    streams.publish("one", typing(1))
    with streams.subscribe("one") as later, pytest.raises(TimeoutError):
        await later.next(0.01)


async def test_a_conversation_has_so_many_streams_and_no_more() -> None:
    streams = Streams(per_conversation=2)
    with streams.subscribe("one"), streams.subscribe("other"):
        with (
            streams.subscribe("one"),
            pytest.raises(TooManyStreamsError),
            streams.subscribe("one"),
        ):
            pass
        with streams.subscribe("one"):
            pass


async def test_a_page_that_is_closed_hears_no_more() -> None:
    streams = Streams()
    with streams.subscribe("one") as stream:
        pass
    streams.publish("one", typing(1))
    with pytest.raises(TimeoutError):
        await stream.next(0.01)


async def test_a_page_that_falls_behind_is_told_so() -> None:
    streams = Streams()
    with streams.subscribe("one") as stream:
        for number in range(300):
            streams.publish("one", typing(number))
        assert stream.lagged
        heard = [await stream.next(1) for _ in range(256)]
        with pytest.raises(TimeoutError):
            await stream.next(0.01)
    assert heard == [typing(number) for number in range(256)]


async def test_all_streams_end_when_the_service_stops() -> None:
    streams = Streams()
    with streams.subscribe("one") as first, streams.subscribe("other") as second:
        streams.publish("one", typing(1))
        streams.close()
        assert await first.next(1) == typing(1)
        assert await first.next(1) is None
        assert await second.next(1) is None


async def test_a_stream_ends_even_when_its_page_fell_behind() -> None:
    streams = Streams()
    with streams.subscribe("one") as stream:
        for number in range(300):
            streams.publish("one", typing(number))
        streams.close()
        while await stream.next(1) is not None:
            pass


async def test_a_stream_that_opens_while_the_service_stops_ends_at_once() -> None:
    streams = Streams()
    streams.close()
    with streams.subscribe("one") as stream:
        assert await stream.next(1) is None


class Eavesdropper:
    """A process that writes down what comes over the bus."""

    def __init__(self) -> None:
        self.notices: list[Notice] = []

    def heard(self, notice: Notice) -> None:
        self.notices.append(notice)

    def missed(self) -> None:
        """Miss nothing."""


@pytest.fixture
async def hub() -> AsyncIterator[set[LocalBus]]:
    """What several processes are on."""
    hub: set[LocalBus] = set()
    yield hub
    for bus in list(hub):
        await bus.close()


async def on(hub: set[LocalBus]) -> Streams:
    bus = LocalBus(hub)
    streams = Streams(bus=bus)
    await bus.start(streams)
    return streams


async def test_a_page_of_another_process_hears_that_a_message_is_stored(
    hub: set[LocalBus],
) -> None:
    here, there = await on(hub), await on(hub)
    with here.subscribe("one") as near, there.subscribe("one") as far, there.subscribe("other"):
        here.publish("one", Event("message", MESSAGE))
        assert await near.next(1) == Event("message", MESSAGE)
        assert await far.next(1) == Event("message", Stored(7))


async def test_what_passes_reaches_a_page_of_another_process_as_it_is(hub: set[LocalBus]) -> None:
    here, there = await on(hub), await on(hub)
    with there.subscribe("one") as far:
        here.publish("one", typing(1))
        assert await far.next(1) == typing(1)


async def test_no_message_leaves_the_process(hub: set[LocalBus]) -> None:
    bus, eavesdropper = LocalBus(hub), Eavesdropper()
    await bus.start(eavesdropper)
    here = await on(hub)
    here.publish("one", Event("message", replace(MESSAGE, card={"title": "注文"})))
    here.publish("one", Event("message", Stored(8)))
    assert eavesdropper.notices == [Notice("one", "message", seq=7)]


async def test_whoever_watches_hears_of_messages_of_other_processes(hub: set[LocalBus]) -> None:
    here, there = await on(hub), await on(hub)
    seen: list[str | None] = []
    there.watch(seen.append)
    here.publish("one", typing(1))
    here.publish("one", Event("message", MESSAGE))
    there.publish("other", Event("message", MESSAGE))
    assert seen == ["one"]


async def test_when_something_may_be_missing_everyone_looks(hub: set[LocalBus]) -> None:
    here = await on(hub)
    seen: list[str | None] = []
    here.watch(seen.append)
    with here.subscribe("one") as first, here.subscribe("other") as second:
        here.missed()
        for stream in (first, second):
            assert await stream.next(1) == Event("message", Stored())
    assert seen == [None]


async def test_that_a_customer_writes_reaches_agents_everywhere_and_no_page_of_the_customer(
    hub: set[LocalBus],
) -> None:
    here, there = await on(hub), await on(hub)
    followed: list[tuple[str, Event]] = []
    there.follow(lambda conversation, event: followed.append((conversation, event)))
    writing = Event(CUSTOMER_TYPING, {"on": True})
    with here.subscribe("one") as own, there.subscribe("one") as other:
        here.publish("one", writing)
        here.publish("one", typing(1))
        for stream in (own, other):
            assert await stream.next(1) == typing(1)
    assert followed == [("one", writing), ("one", typing(1))]
