"""Colleagues learn who has the same chat open; others, and the customer, do not."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

from madoguchi.conversations.stream import AGENT_LOOKS, Event
from madoguchi.desk.looking import Look, Looks
from tests.desk.floor import Floor, events_on


async def first(events: Any, name: str) -> dict[str, Any]:
    """Return the first event of a name."""
    async with asyncio.timeout(30):
        async for event in events:
            if event["event"] == name:
                return dict(event["data"])
    raise AssertionError(f"the stream ended without {name}")


async def agent_id(agent: Any) -> str:
    """Return who an agent is."""
    answer = await agent.http.get("/desk/api/session", headers={"X-Desk": "1"})
    return str(answer.json()["agent"]["id"])


async def test_a_colleague_is_told_who_looks_at_a_waiting_chat_and_writes(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    async with aclosing(events_on(sato)) as events:
        await first(events, "hello")
        await suzuki.post(f"/chats/{chat}/looking", {"on": True, "writes": True})
        seen = await first(events, "looking")
    who = await agent_id(suzuki)
    assert seen == {"chat_id": chat, "agent_id": who, "on": True, "writes": True}


async def test_an_agent_is_no_colleague_of_their_own_second_window(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    async with aclosing(events_on(sato)) as events:
        await first(events, "hello")
        await sato.post(f"/chats/{chat}/looking", {"on": True})
        await suzuki.post(f"/chats/{chat}/looking", {"on": True})
        seen = await first(events, "looking")
    assert seen["agent_id"] == await agent_id(suzuki)


async def test_who_may_not_see_a_chat_cannot_say_that_they_look_nor_hear_of_it(
    floor: Floor,
) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    other, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    assert (await suzuki.post(f"/chats/{chat}/looking", {"on": True})).status_code == 404
    async with aclosing(events_on(suzuki)) as events:
        await first(events, "hello")
        await sato.post(f"/chats/{chat}/looking", {"on": True})
        await sato.post(f"/chats/{other}/looking", {"on": True})
        seen = await first(events, "looking")
    assert seen["chat_id"] == other


async def test_who_has_lost_a_chat_can_still_say_that_they_look_no_more(floor: Floor) -> None:
    sato, suzuki = await floor.agent("sato"), await floor.agent("suzuki")
    chat, _ = await floor.waiting()
    await sato.post(f"/chats/{chat}/take")
    async with aclosing(events_on(sato)) as events:
        await first(events, "hello")
        assert (await suzuki.post(f"/chats/{chat}/looking", {"on": False})).status_code == 200
        seen = await first(events, "looking")
    assert (seen["chat_id"], seen["on"]) == (chat, False)


async def test_the_customer_s_page_is_told_nothing_of_it(floor: Floor) -> None:
    sato = await floor.agent("sato")
    chat, _ = await floor.waiting()
    streams = floor.service.parts.desk.streams
    with streams.subscribe(chat) as stream:
        await sato.post(f"/chats/{chat}/looking", {"on": True})
        streams.publish(chat, Event("typing", {"from": "agent", "on": True}))
        event = await stream.next(30)
    assert event is not None
    assert event.name == "typing"


def test_only_the_last_word_of_an_agent_counts() -> None:
    heard = Looks()
    heard.hear("c1", Look("a", on=True, writes=True))
    heard.hear("c1", Look("a", on=False, writes=False))
    heard.hear("gone", Look("a", on=True, writes=False))
    [told] = heard.take({"c1": ("queue", None)})
    assert told.as_json() == {"chat_id": "c1", "agent_id": "a", "on": False, "writes": False}
    assert heard.take({"c1": ("queue", None)}) == ()


def test_what_makes_no_sense_is_not_heard() -> None:
    assert Look.of(Event(AGENT_LOOKS, {"on": True})) is None
    assert Look.of(Event("typing", {"agent": "a", "on": True})) is None
