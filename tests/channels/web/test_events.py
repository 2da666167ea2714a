"""The event stream: nothing is missed, nothing comes twice, and it ends when it should."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest

from madoguchi.conversations.stream import Event
from tests.support.chat import Chat, StreamedEvent, messages_of
from tests.support.problems import assert_problem
from tests.support.server import LiveService


async def test_from_the_beginning_the_stream_tells_everything(service: LiveService) -> None:
    chat = await Chat.open(service.http, site="store")
    [reply] = await chat.say("送料は？", key="key-1")
    async with chat.events(after=0) as stream:
        assert stream.response.headers["content-type"].startswith("text/event-stream")
        assert stream.response.headers["x-accel-buffering"] == "no"
        events = await stream.until(lambda seen: len(messages_of(seen)) == 3)
    assert events[0] == StreamedEvent(
        "owner", {"owner": "bot", "agent": None, "waiting": None}, None
    )
    told = events[1:]
    assert [(event.name, event.id) for event in told] == [("message", n) for n in (1, 2, 3)]
    assert messages_of(told)[0] == chat.greeting
    assert messages_of(told)[2] == reply


async def test_what_a_customer_writes_carries_the_key_it_was_sent_with(
    service: LiveService,
) -> None:
    chat = await Chat.open(service.http)
    async with chat.events(after=1) as stream:
        await chat.say("送料は？", key="key-1")
        live = await stream.messages(2)
    async with chat.events(after=1) as stream:
        stored = await stream.messages(2)
    assert live == stored
    said, reply = live
    assert (said["from"], said["text"], said["client_id"]) == ("customer", "送料は？", "key-1")
    assert reply["client_id"] is None


@pytest.mark.parametrize(
    ("after", "last_event_id", "first"),
    [
        (None, None, 1),
        (0, None, 1),
        (2, None, 3),
        (None, "2", 3),
        (0, "2", 3),
        (2, "1", 3),
        (1, "2", 3),
        (2, "", 3),
        (2, "x", 3),
        (2, "-1", 3),
        (2, "²", 3),
        (2, "9" * 30, 3),
    ],
)
async def test_the_stream_goes_on_after_the_last_message_that_was_seen(
    service: LiveService, after: int | None, last_event_id: str | None, first: int
) -> None:
    chat = await Chat.open(service.http)
    await chat.say("送料は？")
    async with chat.events(after, last_event_id) as stream:
        [message] = await stream.messages(1)
    assert message["seq"] == first


@pytest.mark.parametrize("after", ["-1", "x", "1.5", "2147483648", ""])
async def test_a_place_that_is_no_number_is_refused(service: LiveService, after: str) -> None:
    chat = await Chat.open(service.http)
    answer = await service.http.get(
        f"{chat.path}/events", params={"after": after}, headers=chat.authorization
    )
    assert "after" in assert_problem(answer, 422, "body_invalid")["detail"]


async def test_reconnecting_misses_nothing_and_repeats_nothing(service: LiveService) -> None:
    """Three writers write while a page reads a few messages, goes away and comes back."""
    chat = await Chat.open(service.http)

    async def write(writer: int) -> None:
        for number in range(8):
            await chat.say(f"質問{writer}-{number}")

    writers = [asyncio.create_task(write(writer)) for writer in range(3)]
    total = 1 + 2 * 8 * 3
    seen: list[int] = []
    while len(seen) < total:
        last = seen[-1] if seen else 0
        by_header = len(seen) % 2 == 1
        reconnected = chat.events(0, str(last)) if by_header else chat.events(after=last)
        async with reconnected as stream:
            count = min(1 + len(seen) % 5, total - len(seen))
            seen += [message["seq"] for message in await stream.messages(count)]
    await asyncio.gather(*writers)
    assert seen == list(range(1, total + 1))


async def unpublished(service: LiveService, chat: Chat, *texts: str) -> list[Event]:
    """Store messages that no page has heard of, and that nobody answers meanwhile."""
    await service.parts.worker.stop()
    events = []
    for text in texts:
        _, message = await service.parts.store.receive(chat.id, text, text=text)
        assert message is not None
        events.append(Event("message", message))
    return events


async def test_two_messages_that_are_told_in_the_wrong_order_come_in_the_right_one(
    service: LiveService,
) -> None:
    """Two writers may publish in another order than they stored."""
    chat = await Chat.open(service.http)
    async with chat.events() as stream:
        await stream.messages(1)
        first, second = await unpublished(service, chat, "一", "二")
        for event in (second, first, second):
            service.parts.streams.publish(chat.id, event)
        service.parts.streams.close()
        events = await stream.until(lambda _: False)
    assert [message["text"] for message in messages_of(events)] == ["一", "二"]


async def test_a_page_that_fell_behind_reads_on_from_what_is_stored(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    async with chat.events() as stream:
        await stream.messages(1)
        events = await unpublished(service, chat, "一", "二")
        for event in [Event("typing", {"from": "bot", "on": True})] * 300 + events:
            service.parts.streams.publish(chat.id, event)
        messages = await stream.messages(2)
    assert [message["seq"] for message in messages] == [2, 3]


async def test_every_page_hears_the_same(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    async with AsyncExitStack() as pages:
        streams = [await pages.enter_async_context(chat.events(after=1)) for _ in range(3)]
        await asyncio.gather(*(chat.say(f"質問{number}") for number in range(5)))
        heard = await asyncio.gather(*(stream.messages(10) for stream in streams))
    assert [message["seq"] for message in heard[0]] == list(range(2, 12))
    assert heard[0] == heard[1] == heard[2]


@pytest.mark.parametrize(
    ("behaviour", "times", "kind"),
    [
        ("answers", 1, "answer"),
        ("fails", 1, "answer"),
        ("fails", 3, "fallback"),
        ("is_away", 1, "notice"),
    ],
)
async def test_whoever_begins_to_type_also_ends(
    service: LiveService, behaviour: str, times: int, kind: str
) -> None:
    service.engine.will(*[getattr(service.engine, behaviour)] * times)
    chat = await Chat.open(service.http)
    async with chat.events(after=1) as stream:
        await chat.say("送料は？")
        events = await stream.until(lambda seen: len(seen) == 5)
    owner, said, begins, *rest = events
    assert (owner.name, said.name) == ("owner", "message")
    assert (begins.name, begins.data) == ("typing", {"from": "bot", "on": True})
    [ends] = [event.data for event in rest if event.name == "typing"]
    assert ends == {"from": "bot", "on": False}
    [reply] = messages_of(rest)
    assert reply["kind"] == kind


async def test_too_many_pages_of_one_conversation_are_put_off(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    async with AsyncExitStack() as pages:
        streams = [await pages.enter_async_context(chat.events()) for _ in range(20)]
        async with chat.events() as refused:
            await refused.response.aread()
        assert_problem(refused.response, 429, "too_many_streams")
        assert refused.response.headers["retry-after"] == "10"
        async with (await Chat.open(service.http)).events() as other:
            assert await other.messages(1)
        assert [len(await stream.messages(1)) for stream in streams] == [1] * 20


async def test_a_page_that_goes_away_leaves_no_stream_behind(service: LiveService) -> None:
    """Pages that are closed again at once too: 60 of them are more than may be open."""
    chat = await Chat.open(service.http)

    async def look_in(number: int) -> None:
        async with chat.events() as stream:
            if number % 2:
                await stream.messages(1)

    for start in range(0, 60, 10):
        await asyncio.gather(*(look_in(start + number) for number in range(10)))
    async with asyncio.timeout(30):
        while True:
            figures = (await service.http.get("/metrics")).text
            if "madoguchi_open_streams 0.0" in figures:
                break
            await asyncio.sleep(0.05)
    async with AsyncExitStack() as pages:
        streams = [await pages.enter_async_context(chat.events()) for _ in range(20)]
        assert [len(await stream.messages(1)) for stream in streams] == [1] * 20


async def test_streams_end_when_the_service_stops(service: LiveService) -> None:
    chat = await Chat.open(service.http)
    async with chat.events() as stream:
        await stream.messages(1)
        service.parts.streams.close()
        assert await stream.until(lambda _: False) == []
    async with chat.events() as late:
        events = await late.until(lambda _: False)
    assert [event.name for event in events] == ["owner", "message"]
