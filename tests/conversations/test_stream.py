"""Every open page hears everything, in order, or hears that it has missed something."""

from __future__ import annotations

import pytest

from madoguchi.conversations.stream import Event, Streams, TooManyStreamsError


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
